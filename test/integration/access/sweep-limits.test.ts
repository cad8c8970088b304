/** What a sweep leaves alone, what it costs, and that it can end at any call. */

import { expect, test } from "vitest";
import { roleNamesOf } from "../../../operator/access/sweep/names.ts";
import { API_VERSION, BUCKET_ACCESSES } from "../../../operator/api/names.ts";
import type { BucketAccess } from "../../../operator/api/types.ts";
import { operatorCalls } from "../support/expect/invariants.ts";
import { accessesOf, GRANTS } from "../support/world/access.ts";
import { createWorld, type World } from "../support/world/world.ts";
import { addManagedRole, addRoleAt, addRoleOf, directSweep, OPERATOR_CLUSTER } from "./sweeping.ts";

const OTHER_ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/OTHER";

function ownerIn({ name: namespace }: World, name = "app") {
  return { namespace, kind: "ServiceAccount", name } as const;
}

function isThere({ account }: World, { arn }: { arn: string }): boolean {
  return account.roles.has(arn);
}

test("roles of another cluster of the same name, and those that only look like the operator's, stay", async () => {
  await using world = await createWorld();
  const ours = addManagedRole(world, { owner: ownerIn(world, "ours") });
  const stays = [
    addManagedRole(world, { owner: ownerIn(world, "a"), issuer: OTHER_ISSUER }),
    addManagedRole(world, { owner: ownerIn(world, "b"), eksCluster: "another" }),
    addManagedRole(world, { owner: ownerIn(world, "c"), path: "/platform/" }),
  ];
  const untagged = addManagedRole(world, { owner: ownerIn(world, "d") });
  untagged.tags = new Map();
  const copied = addManagedRole(world, { owner: ownerIn(world, "e") });
  copied.tags.set("s3-operator.io/service-account", "another");
  using direct = await directSweep(world);
  await direct.sweep();
  expect(isThere(world, ours)).toBe(false);
  expect([...stays, untagged, copied].map((role) => isThere(world, role))).toEqual(Array(5).fill(true));

  // Roles of others are not read again.
  world.simulator.calls.clear();
  await direct.sweep();
  expect(world.simulator.calls.byAction()).toEqual({ "iam:ListRoles": 1, "eks:ListPodIdentityAssociations": 1 });
});

test("a BucketAccess of another operator keeps its role, and one that only the API server has keeps it too", async () => {
  await using world = await createWorld();
  using accesses = await accessesOf(world);
  await accesses.apply("reader", {});
  const role = addRoleOf(world, await accesses.get("reader"));
  // The cache is empty. In its own scope the access is wanted; for another selector it is another operator's.
  for (const watchSelector of [world.selector, "team=another", undefined]) {
    using direct = await directSweep(world, [], { watchSelector });
    await direct.sweep();
    expect(isThere(world, role), watchSelector).toBe(true);
  }
});

test("a BucketAccess that is being deleted does not keep its role, and neither does one of a bucket that is gone", async () => {
  await using world = await createWorld();
  using accesses = await accessesOf(world);
  for (const name of ["reader", "lost"])
    await accesses.apply(name, {
      bucketRef: { name: name === "lost" ? "x" : "docs" },
      serviceAccountRefs: [{ name }],
    });
  const roles = [addRoleOf(world, await accesses.get("reader")), addRoleOf(world, await accesses.get("lost"))];
  await world.kube.mergePatch(
    BUCKET_ACCESSES,
    { namespace: world.name, name: "reader" },
    { metadata: { finalizers: ["example.com/keep"] } },
  );
  await accesses.delete("reader");
  using direct = await directSweep(world);
  await direct.sweep();
  expect(roles.filter((role) => isThere(world, role))).toEqual([]);
  await world.kube.mergePatch(
    BUCKET_ACCESSES,
    { namespace: world.name, name: "reader" },
    { metadata: { finalizers: null } },
  );
});

test("roles of a namespace that the operator does not watch stay", async () => {
  await using world = await createWorld();
  const [inside, outside] = [addManagedRole(world, { owner: ownerIn(world) }), addManagedRole(world, elsewhere())];
  using direct = await directSweep(world, [], { watchNamespaces: [world.name] });
  await direct.sweep();
  expect([isThere(world, inside), isThere(world, outside)]).toEqual([false, true]);
});

function elsewhere() {
  return { owner: { namespace: "elsewhere", kind: "ServiceAccount", name: "app" } as const };
}

test("two sweeps at once delete a role once, and neither fails", async () => {
  await using world = await createWorld();
  const roles = ["a", "b", "c"].map((name) => addManagedRole(world, { owner: ownerIn(world, name) }));
  using one = await directSweep(world);
  using other = await directSweep(world);
  world.simulator.latencyMs = 20;
  await Promise.all([one.sweep(), one.sweep(), other.sweep()]);
  expect(roles.filter((role) => isThere(world, role))).toEqual([]);
  const events = [...one.events, ...other.events];
  expect(events.filter(({ reason }) => reason === "SweepIncomplete")).toEqual([]);
});

test("a sweep that ends at any of its calls leaves a state that the next sweep completes", async () => {
  await using world = await createWorld();
  using accesses = await accessesOf(world);
  await accesses.apply("reader", {});
  const reader = await accesses.get("reader");
  let calls = Infinity;
  for (let failing = 1; failing <= calls; failing += 1) {
    const surplus = addManagedRole(world, { owner: ownerIn(world, "gone") });
    surplus.attachedPolicies.add("arn:aws:iam::aws:policy/ReadOnlyAccess");
    const kept = addRoleOf(world, reader);
    {
      // A new process, whose connection breaks: before the call is applied, or after.
      using direct = await directSweep(world, [reader]);
      let seen = 0;
      const remove = world.simulator.faults.onCall(({ service }, phase) => {
        if (service === "sts") return undefined;
        if (phase === "before") seen += 1;
        return seen >= failing && (phase === "before" || seen > failing) ? "drop" : undefined;
      });
      await direct.sweep();
      remove();
      if (direct.events.every(({ reason }) => reason !== "SweepIncomplete")) calls = 0;
    }
    using direct = await directSweep(world, [reader]);
    await direct.sweep();
    expect([isThere(world, surplus), isThere(world, kept)], `failing at call ${failing}`).toEqual([false, true]);
    expect([...kept.inlinePolicies.keys()]).toEqual(["s3-operator-grants"]);
    world.account.roles.delete(kept.arn);
  }
  expect(calls).toBe(0);
});

test("a sweep revokes at most 100 roles, and the next one does the others", async () => {
  await using world = await createWorld();
  const roles = Array.from({ length: 130 }, (_, index) =>
    addManagedRole(world, { owner: ownerIn(world, `app-${index}`) }),
  );
  using direct = await directSweep(world, [], { pollIntervalMs: 60_000 });
  await direct.sweep();
  expect(roles.filter((role) => isThere(world, role))).toHaveLength(30);
  await direct.sweep();
  expect(roles.filter((role) => isThere(world, role))).toHaveLength(0);
  const before = operatorCalls(world).length;
  expect(await direct.sweep()).toBeGreaterThan(0);
  expect(operatorCalls(world), "the next sweep is not due").toHaveLength(before);
});

test("a sweep of 1,000 roles that are asked for costs a call per page of IAM", async () => {
  await using world = await createWorld();
  const accesses = Array.from({ length: 1_000 }, (_, index): BucketAccess => ({
    apiVersion: API_VERSION,
    kind: "BucketAccess",
    metadata: { namespace: world.name, name: `reader-${index}` },
    spec: { bucketRef: { name: "docs" }, grants: GRANTS, serviceAccountRefs: [{ name: `app-${index}` }] },
  }));
  const template = addManagedRole(world, elsewhere());
  world.account.roles.delete(template.arn);
  for (const access of accesses) {
    const [name = ""] = roleNamesOf(OPERATOR_CLUSTER, access);
    addRoleAt(world.account, "/s3-operator/", name).assumeRolePolicy = template.assumeRolePolicy;
  }
  using direct = await directSweep(world, accesses);
  world.simulator.calls.clear();
  await direct.sweep();
  const { "sts:GetCallerIdentity": _, ...calls } = world.simulator.calls.byAction();
  expect(calls).toEqual({ "iam:ListRoles": 1, "eks:ListPodIdentityAssociations": 1 });
  expect(world.account.roles.size).toBe(1_000);
});

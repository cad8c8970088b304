/** Several BucketAccesses of one ServiceAccount, which share its role, and several ServiceAccounts of one BucketAccess. */

import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { BucketAccess, BucketAccessSpec } from "../../../operator/api/types.ts";
import type { Role } from "../../aws/index.ts";
import { operatorCalls } from "../support/expect/invariants.ts";
import { condition, isReady, isStalled } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessCalls,
  accessesOf,
  associations,
  clusterOf,
  expectAccessInvariants,
  inlinePolicy,
  policyNameFor,
  roleOf,
  workloadAccount,
  worldWithBucket,
  type Accesses,
} from "../support/world/access.ts";
import { s3As } from "../support/world/workloads.ts";
import { createWorld } from "../support/world/world.ts";

const NAMES = ["a", "b", "c"] as const;

function below(prefix: string): BucketAccessSpec["grants"] {
  return [{ prefix: `${prefix}/`, permissions: ["Read", "Write"] }];
}

/** Three BucketAccesses of ServiceAccount "app", each with a prefix of its own. */
async function threeReady(accesses: Accesses, spec: Partial<BucketAccessSpec> = {}): Promise<BucketAccess[]> {
  for (const name of NAMES) await accesses.apply(name, { grants: below(name), ...spec });
  return Promise.all(NAMES.map((name) => accesses.when(name, isReady)));
}

function prefixesIn(role: Role): string[] {
  const text = [...role.inlinePolicies.values()].join();
  return ["a", "b", "c", "next"].filter((prefix) => text.includes(`/${prefix}/*`));
}

function messageOf(access: BucketAccess): string {
  return condition(access, "Ready")?.message ?? "";
}

test("three BucketAccesses of one ServiceAccount have an inline policy each in one role; the last one takes it with it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const three = await threeReady(accesses);
  const role = roleOf(world, three[0] as BucketAccess);
  expect([...world.account.roles.values()]).toEqual([role]);
  expect([...role.inlinePolicies.keys()].toSorted()).toEqual(three.map(policyNameFor).toSorted());
  for (const each of three) expect(JSON.stringify(inlinePolicy(role, each))).toContain(`/${each.metadata.name}/*`);
  await expectAccessInvariants(world, accesses);

  await accesses.readyAfter("b", { grants: below("next") });
  expect(prefixesIn(role)).toEqual(["a", "c", "next"]);
  await accesses.remove("a");
  expect(prefixesIn(role)).toEqual(["c", "next"]);
  await accesses.remove("b");
  expect(prefixesIn(role)).toEqual(["c"]);
  await expectAccessInvariants(world, accesses);
  await accesses.remove("c");
  expect(world.account.roles.size).toBe(0);
});

test.for(["Own", "Shared"] as const)(
  "%s: Pods keep the access of two BucketAccesses while a third one is changed and deleted",
  async (type) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    using accesses = await accessesOf(world);
    const shared = world.account.addRole("pods");
    const principal = { Service: "pods.eks.amazonaws.com" };
    const Statement = [{ Effect: "Allow", Principal: principal, Action: ["sts:AssumeRole", "sts:TagSession"] }];
    shared.assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement });
    shared.inlinePolicies.set(
      "s3",
      JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] }),
    );
    const { workloadIdentity } = workloadAccount(world);
    if (workloadIdentity === undefined) throw new Error("The account has no workloadIdentity");
    await worldWithBucket(
      world,
      {},
      { workloadIdentity: { ...workloadIdentity, type: "PodIdentity", sharedRoleArn: shared.arn } },
    );
    await threeReady(accesses, { role: { type } });
    const Bucket = world.bucketName("docs");
    for (const prefix of [...NAMES, "next"])
      await world.person.send(new PutObjectCommand({ Bucket, Key: `${prefix}/x` }));
    const reach = async () => {
      world.simulator.evaluatePolicies = true;
      const pod = s3As(world, await world.simulator.podIdentityCredentials(clusterOf(world), world.name, "app"));
      const reached: string[] = [];
      for (const prefix of [...NAMES, "next"]) {
        const answer = pod.send(new GetObjectCommand({ Bucket, Key: `${prefix}/x` }));
        if (
          await answer.then(
            () => true,
            () => false,
          )
        )
          reached.push(prefix);
      }
      world.simulator.evaluatePolicies = false;
      pod.destroy();
      return reached;
    };
    expect(await reach()).toEqual(["a", "b", "c"]);
    expect(associations(world)).toHaveLength(1);

    const gaps: string[] = [];
    world.simulator.faults.onCall(async ({ write, service, operation }, phase) => {
      if (!write || phase === "before" || !["iam", "eks"].includes(service)) return;
      const reached = await reach();
      if (!reached.includes("a") || !reached.includes("c")) gaps.push(`${operation}: ${reached.join()}`);
    });
    await accesses.readyAfter("b", { grants: below("next") });
    expect(await reach()).toEqual(["a", "c", "next"]);
    await accesses.remove("b");
    expect(await reach()).toEqual(["a", "c"]);
    expect(gaps).toEqual([]);
    expect(associations(world)).toHaveLength(1);
    await expectAccessInvariants(world, accesses);
  },
);

test("a BucketAccess whose wishes exclude those of an older one is told which and where, and takes over after it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await accesses.ready("older", { identity: "IRSA", grants: below("a") });
  await accesses.apply("younger", { identity: "PodIdentity", grants: below("b") });
  const refused = await accesses.when("younger", isStalled("ConflictsWithOlderAccess"));
  expect(messageOf(refused)).toContain("'older'");
  expect(messageOf(refused)).toContain("spec.identity");
  const role = roleOf(world, await accesses.get("older"));
  expect(prefixesIn(role)).toEqual(["a"]);
  expect(associations(world)).toEqual([]);
  await expectAccessInvariants(world, accesses);

  await accesses.remove("older");
  await accesses.when("younger", isReady);
  expect(associations(world)).toHaveLength(1);
  expect(prefixesIn(roleOf(world, await accesses.get("younger")))).toEqual(["b"]);
  await expectAccessInvariants(world, accesses);
});

test("a BucketAccess that is made to differ from an older one loses its part, and the older one keeps its own", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await threeReady(accesses);
  await accesses.edit("c", { identity: "PodIdentity" });
  await accesses.when("c", isStalled("ConflictsWithOlderAccess"));
  const role = roleOf(world, await accesses.get("a"));
  expect(prefixesIn(role)).toEqual(["a", "b"]);
  await accesses.remove("c");
  expect(prefixesIn(role)).toEqual(["a", "b"]);
  await expectAccessInvariants(world, accesses);
});

test("the part of a paused BucketAccess stays as it is, and the others go on", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await threeReady(accesses);
  await accesses.annotate("a", { "s3-operator.io/paused": "true" });
  await accesses.when("a", (each) => condition(each, "Paused") !== undefined);
  await accesses.edit("a", { grants: below("next") });
  await accesses.readyAfter("b", { grants: below("b2") });
  const role = roleOf(world, await accesses.get("c"));
  expect(prefixesIn(role)).toEqual(["a", "c"]);
  for (const name of ["b", "c"]) await accesses.remove(name);
  expect(prefixesIn(role)).toEqual(["a"]);
  expect(world.account.roles.has(role.arn)).toBe(true);
});

test("policies that do not fit into one role: the youngest is told, the others have theirs", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const long = (name: string): BucketAccessSpec["grants"] =>
    Array.from({ length: 18 }, (_, index) => ({
      prefix: `${name}/${String(index).padStart(200, "x")}/`,
      permissions: ["Read"],
    }));
  for (const name of ["a", "b"]) await accesses.ready(name, { grants: long(name) });
  await accesses.apply("c", { grants: long("c") });
  const refused = await accesses.when("c", isStalled("PolicyTooLarge"));
  expect(messageOf(refused)).toContain("'a', 'b'");
  const role = roleOf(world, await accesses.get("a"));
  expect(role.inlinePolicies.size).toBe(2);
  await expectAccessInvariants(world, accesses);
  await accesses.remove("a");
  await accesses.when("c", isReady);
  expect(role.inlinePolicies.size).toBe(2);
});

test("managed policies: the role has what its BucketAccesses ask for, and nothing else", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { settleWindowMs: 0 });
  using accesses = await accessesOf(world);
  const arns = ["one", "two", "theirs"].map((name) =>
    world.account.addManagedPolicy(name, { Version: "2012-10-17", Statement: [] }),
  );
  const [one = "", two = "", theirs = ""] = arns;
  await worldWithBucket(world, {}, { access: { rules: [{ policyArns: [one, two] }] } });
  await accesses.ready("a", { grants: below("a"), role: { policyArns: [one] } });
  await accesses.ready("b", { grants: below("b"), role: { policyArns: [one, two] } });
  const role = roleOf(world, await accesses.get("a"));
  expect([...role.attachedPolicies].toSorted()).toEqual([one, two].toSorted());
  role.attachedPolicies.delete(one);
  role.attachedPolicies.add(theirs);
  await accesses.reconcileAgain("a");
  await accesses.when("a", (each) => isReady(each) && each.status?.drift?.lastCorrectedTime !== undefined);
  expect([...role.attachedPolicies].toSorted()).toEqual([one, two].toSorted());
  await accesses.remove("b");
  expect([...role.attachedPolicies]).toEqual([one]);
  await accesses.readyAfter("a", { role: null });
  expect([...role.attachedPolicies]).toEqual([]);
  await expectAccessInvariants(world, accesses);
});

test("several ServiceAccounts have a role each; one that is no longer named loses it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const named = (...names: string[]) => names.map((name) => ({ name }));
  const { status } = await accesses.ready("reader", { serviceAccountRefs: named("web", "worker") });
  expect(status?.roles?.map(({ serviceAccount }) => serviceAccount)).toEqual(["web", "worker"]);
  expect(new Set(world.account.roles.keys())).toEqual(new Set(status?.roles?.map(({ arn }) => arn)));
  await expectAccessInvariants(world, accesses);
  const after = await accesses.readyAfter("reader", { serviceAccountRefs: named("worker", "cron") });
  expect(after.status?.roles?.map(({ serviceAccount }) => serviceAccount)).toEqual(["worker", "cron"]);
  expect(after.status?.roles?.[0]).toEqual(status?.roles?.[1]);
  expect(new Set(world.account.roles.keys())).toEqual(new Set(after.status?.roles?.map(({ arn }) => arn)));
  await accesses.remove("reader");
  expect(world.account.roles.size).toBe(0);
});

test("three BucketAccesses of one ServiceAccount cost less than three times one", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { pollIntervalMs: 1_000 });
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await threeReady(accesses);
  const polls = () => operatorCalls(world).filter(({ operation }) => operation === "GetRolePolicy").length;
  const [calls, before] = [accessCalls(world).length, polls()];
  await eventually(
    async () => polls(),
    (count) => count >= before + 15,
    String,
  );
  const [cost, looks] = [accessCalls(world).length - calls, polls() - before];
  // One BucketAccess alone costs four calls at each look.
  expect(cost).toBeLessThan(4 * looks * 0.8);
});

import { expect, test } from "vitest";
import type { BucketAccess } from "../../../operator/api/types.ts";
import type { Role } from "../../aws/index.ts";
import { eventWhen } from "../support/expect/events.ts";
import { isReady, isStalled } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessesOf,
  associations,
  clusterOf,
  CONFIG_MAPS,
  createServiceAccount,
  expectAccessInvariants,
  findConfigMap,
  roleOf,
  roleStatusOf,
  SERVICE_ACCOUNTS,
  workloadAccount,
  worldWithBucket,
  type Accesses,
} from "../support/world/access.ts";
import { createWorld, type World } from "../support/world/world.ts";

const EMPTY = { Version: "2012-10-17", Statement: [] };
const BOUNDARY = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] };

interface Drift {
  setting: string;
  tamper: (role: Role, world: World) => void;
}

/** Changes that a user with rights at AWS can make to a role. */
const DRIFTS: Drift[] = [
  { setting: "permissions", tamper: ({ inlinePolicies }) => inlinePolicies.clear() },
  {
    setting: "permissions",
    tamper: ({ inlinePolicies }) => {
      for (const [name, policy] of inlinePolicies) inlinePolicies.set(name, policy.replace("/raw/*", "/*"));
    },
  },
  {
    setting: "otherPolicies",
    tamper: ({ inlinePolicies }) => void inlinePolicies.set("theirs", JSON.stringify(EMPTY)),
  },
  {
    setting: "otherPolicies",
    tamper: ({ attachedPolicies }, { account }) =>
      void attachedPolicies.add(account.addManagedPolicy("theirs", BOUNDARY)),
  },
  {
    setting: "trust",
    tamper: (role) => {
      role.assumeRolePolicy = role.assumeRolePolicy.replace(":app", ":other");
    },
  },
  {
    setting: "permissionsBoundary",
    tamper: (role) => {
      role.permissionsBoundary = undefined;
    },
  },
  { setting: "tags", tamper: ({ tags }) => void tags.set("team", "theirs") },
  {
    setting: "maxSessionDuration",
    tamper: (role) => {
      role.maxSessionSeconds = 43_200;
    },
  },
];

async function readyAccess(world: World, accesses: Accesses, identity: "IRSA" | "PodIdentity"): Promise<BucketAccess> {
  const permissionsBoundaryArn = world.account.addManagedPolicy("boundary", BOUNDARY);
  await worldWithBucket(world, {}, { iam: { permissionsBoundaryArn, tags: { team: "platform" } } });
  await accesses.apply("reader", { identity });
  return accesses.when("reader", isReady);
}

test.for(DRIFTS)("a changed $setting of a role is corrected and reported", async ({ setting, tamper }) => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { settleWindowMs: 0 });
  using accesses = await accessesOf(world);
  const access = await readyAccess(world, accesses, "IRSA");
  const role = roleOf(world, access);
  const before = copyOf(role);
  tamper(role, world);
  expect(copyOf(role)).not.toEqual(before);
  await accesses.reconcileAgain("reader");
  const after = await accesses.when("reader", (each) => each.status?.drift?.lastCorrectedTime !== undefined);
  expect(copyOf(role)).toEqual(before);
  expect(after.status?.drift?.changes?.map((change) => change.setting)).toEqual(expect.arrayContaining([setting]));
  expect((await eventWhen(world, "reader", "DriftDetected")).note).toContain(setting);
  await eventWhen(world, "reader", "DriftCorrected");
  await expectAccessInvariants(world, accesses);
});

test("a role that a user deleted is created again, with the same ARN", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  const access = await readyAccess(world, accesses, "IRSA");
  const before = copyOf(roleOf(world, access));
  world.account.roles.delete(access.status?.roles?.[0]?.arn ?? "");
  await accesses.reconcileAgain("reader");
  const after = await accesses.when("reader", (each) => each.status?.drift?.lastCorrectedTime !== undefined);
  expect(after.status?.roles?.[0]?.arn).toBe(access.status?.roles?.[0]?.arn);
  expect(copyOf(roleOf(world, after))).toEqual(before);
  expect(after.status?.drift?.changes).toEqual([
    { setting: "role", path: "", desired: access.status?.roles?.[0]?.name },
  ]);
  await expectAccessInvariants(world, accesses);
});

test("a role that a user deleted and created again is not taken over", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  const access = await readyAccess(world, accesses, "IRSA");
  const { arn: roleArn, name: roleName = "" } = roleStatusOf(access);
  world.account.roles.delete(roleArn);
  const theirs = world.account.addRole(roleName, { path: "/s3-operator/" });
  const before = copyOf(theirs);
  await accesses.reconcileAgain("reader");
  await accesses.when("reader", isStalled("RoleNotOwned"));
  await accesses.remove("reader");
  expect(copyOf(theirs)).toEqual(before);
  expect(world.account.roles.has(roleArn)).toBe(true);
});

test("tags that leave the account leave its roles, and tags of other tools stay", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  const tagged = (tags: Record<string, string>) => world.applyAccount(workloadAccount(world, { iam: { tags } }));
  await worldWithBucket(world, {}, { iam: { tags: { team: "platform", stage: "dev" } } });
  const access = await accesses.ready("reader", {});
  const role = roleOf(world, access);
  role.tags.set("theirs", "1");
  await tagged({ stage: "prod" });
  const after = await accesses.when(
    "reader",
    (each) => isReady(each) && each.status?.roles?.[0]?.tagKeys?.join() === "stage",
  );
  expect(Object.fromEntries(role.tags)).toMatchObject({
    stage: "prod",
    theirs: "1",
    "s3-operator.io/service-account": "app",
  });
  expect(role.tags.has("team")).toBe(false);
  expect(after.status?.drift).toBeUndefined();
  // The operator no longer owns the tag that left.
  role.tags.set("team", "another");
  await expectAccessInvariants(world, accesses);
  expect(role.tags.get("team")).toBe("another");
});

test("an association that a user changed or deleted is restored", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { settleWindowMs: 0 });
  using accesses = await accessesOf(world);
  const access = await readyAccess(world, accesses, "PodIdentity");
  const [association] = associations(world);
  if (association === undefined) throw new Error("No association");
  association.roleArn = world.account.addRole("other").arn;
  // Only every other reconcile reads the association.
  await accesses.reconcileAgain("reader");
  await accesses.reconcileAgain("reader");
  await accesses.when("reader", isReady);
  expect(associations(world)).toMatchObject([{ id: association.id, roleArn: access.status?.roles?.[0]?.arn }]);

  clusterOf(world).podIdentityAssociations.clear();
  await accesses.reconcileAgain("reader");
  await accesses.reconcileAgain("reader");
  const after = await accesses.when("reader", isReady);
  expect(associations(world)).toMatchObject([{ arn: after.status?.roles?.[0]?.associationArn, serviceAccount: "app" }]);
  expect(after.status?.roles?.[0]?.associationArn).not.toBe(association.arn);
  await expectAccessInvariants(world, accesses);
});

test("outputs that a user changed or deleted are restored, and additions of other tools stay", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await createServiceAccount(world, world.name, "app");
  const access = await accesses.ready("reader", { annotateServiceAccount: true });
  const key = { namespace: world.name, name: "reader" };
  const before = (await findConfigMap(world, world.name, "reader"))?.data;
  await world.kube.mergePatch(CONFIG_MAPS, key, { data: { BUCKET_NAME: "theirs", MORE: "kept" } });
  const annotations = { "eks.amazonaws.com/role-arn": null };
  await world.kube.mergePatch(SERVICE_ACCOUNTS, { ...key, name: "app" }, { metadata: { annotations } });
  await accesses.reconcileAgain("reader");
  const corrected = (each: BucketAccess) => each.status?.drift?.lastCorrectedTime !== undefined && isReady(each);
  const after = await accesses.when("reader", corrected);
  expect(after.status?.drift?.changes?.map(({ setting }) => setting)).toEqual(["configMap", "serviceAccount"]);
  expect((await findConfigMap(world, world.name, "reader"))?.data).toEqual({ ...before, MORE: "kept" });
  const account = await world.kube.get(SERVICE_ACCOUNTS, { ...key, name: "app" });
  expect(account.metadata.annotations).toMatchObject({ "eks.amazonaws.com/role-arn": access.status?.roles?.[0]?.arn });

  await world.kube.delete(CONFIG_MAPS, key);
  await accesses.reconcileAgain("reader");
  await accesses.when("reader", isReady);
  expect((await findConfigMap(world, world.name, "reader"))?.data).toEqual(before);
  await expectAccessInvariants(world, accesses);
});

/** Documents in canonical form, without fields that a new role always has. */
function copyOf(role: Role): object {
  const { uniqueId: _id, createdAt: _at, assumeRolePolicy, inlinePolicies, ...rest } = role;
  const inline = [...inlinePolicies].map(([name, document]) => [name, JSON.parse(document)]);
  return structuredClone({ ...rest, trust: JSON.parse(assumeRolePolicy) as object, inline });
}

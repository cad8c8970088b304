import { expect, test } from "vitest";
import type { BucketAccess, BucketAccessSpec } from "../../../operator/api/types.ts";
import { condition, isReady, isReconciling, isStalled } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessCalls,
  accessesOf,
  associations,
  clusterOf,
  expectAccessInvariants,
  inlinePolicy,
  roleOf,
  roleStatusOf,
  worldWithBucket,
  type Accesses,
} from "../support/world/access.ts";
import { createWorld, type World } from "../support/world/world.ts";

const BOUNDARY = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] };

type Identity = NonNullable<BucketAccessSpec["identity"]>;

async function readyAccess(world: World, accesses: Accesses, identity: Identity = "IRSA"): Promise<BucketAccess> {
  await worldWithBucket(world);
  await accesses.apply("reader", { identity });
  return accesses.when("reader", isReady);
}

function denial(access: BucketAccess): string | undefined {
  return condition(access, "Ready")?.message;
}

interface Case {
  action: string;
  identity?: Identity;
  /** The change after which the action is needed; absent for the creation. */
  tamper?: (world: World, access: BucketAccess) => void;
}

const CASES: Case[] = [
  { action: "iam:GetRole" },
  { action: "iam:CreateRole" },
  { action: "iam:AttachRolePolicy" },
  { action: "iam:TagRole" },
  { action: "iam:PutRolePolicy" },
  { action: "iam:GetRolePolicy" },
  { action: "iam:ListRolePolicies" },
  { action: "iam:ListAttachedRolePolicies" },
  { action: "eks:ListPodIdentityAssociations", identity: "PodIdentity" },
  { action: "eks:CreatePodIdentityAssociation", identity: "PodIdentity" },
  { action: "eks:TagResource", identity: "PodIdentity" },
  { action: "iam:PassRole", identity: "PodIdentity" },
  { action: "eks:DescribePodIdentityAssociation", identity: "PodIdentity" },
  {
    action: "iam:UpdateAssumeRolePolicy",
    tamper: (world, access) => {
      const role = roleOf(world, access);
      role.assumeRolePolicy = role.assumeRolePolicy.replace(":app", ":other");
    },
  },
  {
    action: "iam:DeleteRolePolicy",
    tamper: (world, access) => void roleOf(world, access).inlinePolicies.set("b", "{}"),
  },
  {
    action: "iam:DetachRolePolicy",
    tamper: (world, access) =>
      void roleOf(world, access).attachedPolicies.add(world.account.addManagedPolicy("b", BOUNDARY)),
  },
  {
    action: "iam:DeleteRolePermissionsBoundary",
    tamper: (world, access) => {
      roleOf(world, access).permissionsBoundary = world.account.addManagedPolicy("boundary", BOUNDARY);
    },
  },
  {
    action: "iam:UpdateRole",
    tamper: (world, access) => {
      roleOf(world, access).maxSessionSeconds = 43_200;
    },
  },
  { action: "iam:TagRole", tamper: (world, access) => void roleOf(world, access).tags.delete("team") },
  {
    action: "eks:UpdatePodIdentityAssociation",
    identity: "PodIdentity",
    tamper: (world) => {
      const [association] = associations(world);
      if (association !== undefined) association.roleArn = world.account.addRole("other").arn;
    },
  },
];

test.for(CASES)(
  "$action denied: the message names it and the statement to allow it",
  async ({ action, identity = "IRSA", tamper }) => {
    await using world = await createWorld();
    await using _operator = startOperator(world, { settleWindowMs: 0 });
    using accesses = await accessesOf(world);
    const policyArn = world.account.addManagedPolicy("theirs", BOUNDARY);
    const account = { iam: { tags: { team: "a" } }, access: { rules: [{ policyArns: [policyArn] }] } };
    await worldWithBucket(world, {}, account);
    if (tamper !== undefined) {
      await accesses.apply("reader", { identity, role: { policyArns: [policyArn] } });
      tamper(world, await accesses.when("reader", isReady));
    }
    const allow = world.simulator.faults.deny(action);
    await accesses.apply("reader", { identity, role: { policyArns: [policyArn] } });
    if (tamper !== undefined) for (let round = 0; round < 2; round += 1) await accesses.reconcileAgain("reader");
    const denied = await accesses.when("reader", isReconciling("AccessDenied"));
    expect(denial(denied)).toContain(action);
    expect(denial(denied)).toMatch(/arn:aws:(iam|eks):/);
    allow();
    await accesses.reconcileAgain("reader");
    await accesses.when("reader", isReady);
    await expectAccessInvariants(world, accesses);
  },
);

const AT_DELETION: Case[] = [
  { action: "iam:GetRole" },
  { action: "iam:ListRolePolicies" },
  { action: "iam:ListAttachedRolePolicies" },
  { action: "iam:DeleteRolePolicy" },
  { action: "iam:DeleteRole" },
  { action: "eks:DescribePodIdentityAssociation", identity: "PodIdentity" },
  { action: "eks:DeletePodIdentityAssociation", identity: "PodIdentity" },
];

test.for(AT_DELETION)("$action denied at deletion: the deletion waits and names it", async ({ action, identity }) => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  const access = await readyAccess(world, accesses, identity);
  const allow = world.simulator.faults.deny(action);
  await accesses.delete("reader");
  const denied = await accesses.when("reader", isReconciling("AccessDenied"));
  expect(denial(denied)).toContain(action);
  allow();
  await accesses.annotate("reader", { "s3-operator.io/reconcile-requested-at": "now" });
  await accesses.statuses.whenGone("reader");
  expect(world.account.roles.has(access.status?.roles?.[0]?.arn ?? "")).toBe(false);
  expect(associations(world)).toEqual([]);
});

test("a role of that name that belongs to another owner is never changed", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  const first = await readyAccess(world, accesses);
  const { name: roleName = "", arn: roleArn } = roleStatusOf(first);
  await accesses.remove("reader");
  const theirs = world.account.addRole(roleName, { path: "/theirs/" });
  theirs.tags.set("s3-operator.io/cluster", "elsewhere").set("s3-operator.io/name", "reader");
  const calls = accessCalls(world).length;
  await accesses.apply("reader", {});
  const access = await accesses.when("reader", isStalled("RoleNotOwned"));
  expect(denial(access)).toContain(roleName);
  expect(denial(access)).not.toContain("elsewhere");
  await accesses.remove("reader");
  expect(
    accessCalls(world)
      .slice(calls)
      .filter(({ write }) => write),
  ).toEqual([]);
  expect(world.account.roles.has(theirs.arn)).toBe(true);
  expect(world.account.roles.has(roleArn)).toBe(false);
});

test("an association that belongs to another owner is never changed", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await readyAccess(world, accesses, "PodIdentity");
  const [association] = associations(world);
  if (association === undefined) throw new Error("No association");
  association.tags.set("s3-operator.io/cluster", "another");
  const before = structuredClone(association);
  await accesses.apply("other", { identity: "PodIdentity" });
  await accesses.when("other", isStalled("AssociationNotOwned"));
  for (const name of ["reader", "other"]) {
    await accesses.remove(name);
  }
  expect(clusterOf(world).podIdentityAssociations.get(association.id)).toEqual(before);
});

test.for(["CreateRole", "PutRolePolicy", "CreatePodIdentityAssociation"])(
  "a lost response to %s causes no duplicate",
  async (operation) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    using accesses = await accessesOf(world);
    await worldWithBucket(world);
    world.simulator.faults.loseAnswer({ operation, times: 1 });
    const access = await accesses.ready("reader", { identity: "PodIdentity" });
    expect(world.account.roles.size).toBe(1);
    expect(associations(world)).toHaveLength(1);
    expect(inlinePolicy(roleOf(world, access))).not.toBeNull();
    await expectAccessInvariants(world, accesses);
  },
);

test("a new role that EKS does not know yet is waited for", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  world.account.newRolesUnknownFor = Infinity;
  await worldWithBucket(world);
  await accesses.apply("reader", { identity: "PodIdentity" });
  await accesses.when("reader", isReconciling("NotYetVisible"));
  for (const role of world.account.roles.values()) role.unknownFor = 0;
  await accesses.reconcileAgain("reader");
  await accesses.when("reader", isReady);
  await expectAccessInvariants(world, accesses);
});

test("an account without workloadIdentity is reported", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
  await world.bucketWhen("docs", isReady);
  await accesses.apply("reader", { identity: "IRSA" });
  const access = await accesses.when("reader", isStalled("WorkloadIdentityNotConfigured"));
  expect(denial(access)).toContain("oidcProviderArn");
  await worldWithBucket(world);
  await accesses.when("reader", isReady);
});

test("a policy that exceeds the size limit is refused before any call", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const grants: BucketAccessSpec["grants"] = Array.from({ length: 60 }, (_, index) => ({
    prefix: `${String(index).padStart(200, "x")}/`,
    permissions: ["Read"],
  }));
  await accesses.apply("reader", { grants });
  const access = await accesses.when("reader", isStalled("PolicyTooLarge"));
  expect(denial(access)).toContain("10,240");
  expect(accessCalls(world)).toEqual([]);
});

/**
 * Access that must be revoked: when consent is withdrawn, the bucket is lost, or the BucketAccess is deleted, whatever
 * its namespace does.
 */

import { expect, test } from "vitest";
import type { PodIdentityAssociation, Role } from "../../aws/index.ts";
import { condition, isReady, isReconciling, isStalled } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessesOf,
  associations,
  clusterOf,
  createServiceAccount,
  expectAccessInvariants,
  findConfigMap,
  roleOf,
  workloadAccount,
  worldWithBucket,
} from "../support/world/access.ts";
import { defaultAlias, keyByAlias, managedKeySpec } from "../support/world/keys.ts";
import { otherNamespace } from "../support/world/namespace.ts";
import { createWorld } from "../support/world/world.ts";

const READER = "333344445555";

test("a paused access is revoked too when the other namespace withdraws its consent", async () => {
  await using world = await createWorld();
  const { name } = await otherNamespace(world);
  await using _operator = startOperator(world, { watchNamespaces: [world.name, name] });
  using accesses = await accessesOf(world, name);
  await worldWithBucket(world, { access: { rules: [{ namespaces: { names: [name] } }] } });
  const { status } = await accesses.ready("reader", {
    bucketRef: { name: "docs", namespace: world.name },
    identity: "PodIdentity",
  });
  await accesses.annotate("reader", { "s3-operator.io/paused": "true" });
  await world.editSpec("docs", { access: null });
  const after = await accesses.when("reader", isReconciling("BucketNotAvailable"));
  expect(world.account.roles.has(status?.roles?.[0]?.arn ?? "")).toBe(false);
  expect(associations(world)).toEqual([]);
  expect(await findConfigMap(world, name, "reader")).toBeUndefined();
  expect(after.status).not.toHaveProperty("roleArn");
});

test("without consent, status no longer lists annotated ServiceAccounts", async () => {
  await using world = await createWorld();
  const { name } = await otherNamespace(world);
  await using _operator = startOperator(world, { watchNamespaces: [world.name, name] });
  using accesses = await accessesOf(world, name);
  await worldWithBucket(world, { access: { rules: [{ namespaces: { names: [name] } }] } });
  await createServiceAccount(world, name, "app");
  const bucketRef = { name: "docs", namespace: world.name };
  await accesses.apply("reader", { bucketRef, annotateServiceAccount: true });
  await accesses.when("reader", (each) => condition(each, "ServiceAccountAnnotated")?.status === "True");
  await world.editSpec("docs", { access: null });
  const after = await accesses.when("reader", isReconciling("BucketNotAvailable"));
  expect(condition(after, "ServiceAccountAnnotated")).toBeUndefined();
});

test("a role that IAM does not show yet is not left behind by a deletion", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const { roles } = world.account;
  const hidden = new Map<string, Role>();
  let isStale = true;
  let reads = 0;
  world.simulator.faults.onCall(({ operation }, phase) => {
    if (operation !== "GetRole") return;
    if (phase === "before" && isStale) {
      reads += 1;
      for (const [arn, role] of roles) hidden.set(arn, role);
      roles.clear();
    } else {
      for (const [arn, role] of hidden) roles.set(arn, role);
      hidden.clear();
    }
  });
  await accesses.apply("reader", {});
  const { status } = await accesses.when("reader", isReconciling("Settling"));
  const before = reads;
  await accesses.delete("reader");
  await eventually(
    async () => reads,
    (count) => count > before,
    (count) => `${count} reads`,
  );
  await accesses.when("reader", ({ metadata }) => metadata.deletionTimestamp !== undefined);
  isStale = false;
  await accesses.annotate("reader", { "s3-operator.io/reconcile-requested-at": "now" });
  await accesses.statuses.whenGone("reader");
  expect(status?.roles?.[0]?.arn).toBeDefined();
  expect([...roles.keys()]).toEqual([]);
});

test("a policy that IAM does not list yet does not delay the deletion of its role", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await accesses.apply("reader", {});
  const role = roleOf(world, await accesses.when("reader", isReady));
  const written = new Map(role.inlinePolicies);
  world.simulator.faults.onCall(({ operation }, phase) => {
    if (operation !== "ListRolePolicies") return;
    if (phase === "before") role.inlinePolicies.clear();
    else for (const [name, policy] of written) role.inlinePolicies.set(name, policy);
  });
  await accesses.remove("reader");
  expect([...world.account.roles.keys()]).toEqual([]);
});

test("an association that EKS does not show yet is waited for, and not taken for another owner's", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const all = clusterOf(world).podIdentityAssociations;
  const hidden = new Map<string, PodIdentityAssociation>();
  let isStale = true;
  world.simulator.faults.onCall(({ operation }, phase) => {
    if (operation !== "ListPodIdentityAssociations") return;
    if (phase === "before" && isStale) {
      for (const [id, association] of all) hidden.set(id, association);
      all.clear();
    } else {
      for (const [id, association] of hidden) all.set(id, association);
      hidden.clear();
    }
  });
  world.simulator.faults.loseAnswer({ operation: "CreatePodIdentityAssociation", times: 3 });
  await accesses.apply("reader", { identity: "PodIdentity" });
  await accesses.when("reader", isReconciling("Settling"));
  isStale = false;
  await accesses.reconcileAgain("reader");
  await accesses.when("reader", isReady);
  expect(associations(world)).toHaveLength(1);
  await expectAccessInvariants(world, accesses);
});

test("an S3Bucket that has lost its bucket to another owner grants no access to it", async () => {
  await using world = await createWorld();
  const { name } = await otherNamespace(world);
  await using _operator = startOperator(world, { watchNamespaces: [world.name, name] });
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const bucket = world.account.buckets.get(world.bucketName("docs"));
  bucket?.tags?.set("s3-operator.io/namespace", name);
  await world.annotate("docs", { "s3-operator.io/reconcile-requested-at": "now" });
  await world.bucketWhen("docs", isStalled("BucketNotOwned"));
  await accesses.apply("reader", { grants: [{ prefix: "*", permissions: ["Read"] }] });
  await accesses.when("reader", isStalled("BucketNotOwned"));
  expect([...world.account.roles.keys()]).toEqual([]);
});

test("an S3Bucket in mode Observe grants no access to a bucket that it has not adopted", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await world.applyAccount(workloadAccount(world, { allowAdoption: true }));
  const bucketName = world.bucketName("legacy");
  world.account.createBucket(bucketName, "eu-central-1");
  await world.applyBucket("docs", { bucketName, adoptionPolicy: "Adopt", mode: "Observe" });
  await world.bucketWhen("docs", isReconciling("ChangesPlanned"));
  await accesses.apply("reader", {});
  await accesses.when("reader", isStalled("NotAllowedByAccount"));
  expect([...world.account.roles.keys()]).toEqual([]);
  await world.editSpec("docs", { mode: "Enforce" });
  await accesses.when("reader", isReady);
});

test("a principal that AWS does not know does not prevent the revocation of another principal's access to the key", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world, managedKeySpec());
  await accesses.ready("reader", { principals: [world.simulator.account(READER).addRole("reader").arn] });
  await accesses.apply("missing", { principals: [`arn:aws:iam::${READER}:role/missing`] });
  await accesses.when("missing", isReconciling("NotYetVisible"));
  await accesses.remove("reader");
  expect(keyByAlias(world.account, defaultAlias(world, "docs"))?.policy).not.toContain("S3OperatorAccess");
});

test("an access that exceeds the size of a bucket policy does not displace the bucket's own statements, nor those of other accesses", async () => {
  await using world = await createWorld();
  const { name } = await otherNamespace(world);
  await using _operator = startOperator(world, { watchNamespaces: [world.name, name] });
  using own = await accessesOf(world);
  using theirs = await accessesOf(world, name);
  await worldWithBucket(world, { access: { rules: [{ namespaces: { names: [name] }, principals: true }] } });
  const principals = [world.simulator.account(READER).addRole("reader").arn];
  await own.ready("reader", { principals });
  const grants = Array.from({ length: 60 }, (_, index) => ({
    prefix: `${String(index).padStart(400, "x")}/`,
    permissions: ["Read" as const],
  }));
  await theirs.apply("greedy", { bucketRef: { name: "docs", namespace: world.name }, principals, grants });
  await theirs.when("greedy", isStalled("PolicyTooLarge"));
  await world.bucketWhen("docs", isReady);
  await world.editSpec("docs", { policy: { minimumTLSVersion: "1.3" } });
  const policy = () => world.account.buckets.get(world.bucketName("docs"))?.policy ?? "";
  await eventually(
    async () => policy(),
    (text) => text.includes('"1.3"'),
    (text) => String(text),
  );
  expect(policy()).toContain("S3OperatorAccess");
  await own.ready("late", { principals });
  await expectAccessInvariants(world, own);
});

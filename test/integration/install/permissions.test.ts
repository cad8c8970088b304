import { expect, test } from "vitest";
import policy from "../../../docs/iam-policy.json" with { type: "json" };
import { AWS_ACCOUNTS, CONFIRM_DELETE_CONTENTS, RECONCILE_REQUESTED_AT } from "../../../operator/api/names.ts";
import type { AWSAccount, S3Bucket, S3BucketSpec } from "../../../operator/api/types.ts";
import { objectLockDocument } from "../../aws/s3/object-lock.ts";
import { expectInvariants, operatorCalls, reconcileAgain } from "../support/expect/invariants.ts";
import { condition, isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessesOf,
  associations,
  roleOf,
  workloadAccount,
  worldWithBucket,
  type Accesses,
} from "../support/world/access.ts";
import { atAws, readyBucket } from "../support/world/buckets.ts";
import { managedKeySpec } from "../support/world/keys.ts";
import { prerequisites } from "../support/world/prerequisites.ts";
import { everySetting } from "../support/world/setting-cases.ts";
import { createWorld, type World } from "../support/world/world.ts";

const NOTHING = { Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }] };

/** An S3Bucket's life with every setting, then with only those that object lock keeps. */
async function settings(world: World): Promise<void> {
  const least: S3BucketSpec = { baseline: "None", deletionPolicy: "DeleteIfEmpty", versioning: "Enabled" };
  const every = everySetting(await prerequisites(world));
  await readyBucket(world, "docs", { ...every, ...least });
  await readyBucket(world, "docs", least);
  await world.deleteBucket("docs");
  await world.gone("docs");
}

/** A bucket in a region where S3 Control has no tags. */
async function classicTagging(world: World): Promise<void> {
  world.account.regionsWithoutResourceTags.add("eu-west-1");
  await readyBucket(world, "classic", { region: "eu-west-1" });
}

/** A managed key: its creation gets no response, it is deleted with its bucket, and returns with the manifest. */
async function managedKey(world: World): Promise<void> {
  const spec: S3BucketSpec = { deletionPolicy: "DeleteIfEmpty", ...managedKeySpec({ deletionWindowInDays: 7 }) };
  world.simulator.faults.loseAnswer({ operation: "CreateKey", times: 1 });
  await readyBucket(world, "encrypted", spec);
  await world.deleteBucket("encrypted");
  await world.gone("encrypted");
  await readyBucket(world, "encrypted", spec);
}

/** A bucket that is deleted with its contents, once a retained object is free. */
async function contents(world: World): Promise<void> {
  await world.applyAccount({ allowedDeletionPolicies: ["DeleteWithContents"] });
  const bucketName = world.bucketName("full");
  const annotations = { [CONFIRM_DELETE_CONTENTS]: bucketName };
  const spec: S3BucketSpec = { bucketName, deletionPolicy: "DeleteWithContents", versioning: "Enabled" };
  await world.applyBucket("full", spec, { annotations });
  await world.bucketWhen("full", ({ status }) => status?.arn !== undefined && status.settings !== undefined);
  const bucket = atAws(world, bucketName);
  bucket.fillWith({ keys: 3, versionsPerKey: 2, deleteMarkers: true, uploads: 2 });
  bucket.objectLock = objectLockDocument();
  const locked = bucket.objects.get("object-0000001")?.find(({ deleteMarker }) => !deleteMarker);
  if (locked === undefined) throw new Error("The bucket was filled with it");
  locked.retention = { mode: "GOVERNANCE", until: Date.UTC(2099, 0, 1) };
  await world.deleteBucket("full");
  const waitsFor = (reason: string) => (object: S3Bucket) => condition(object, "Ready")?.reason === reason;
  await world.bucketWhen("full", waitsFor("ObjectLocked"));

  locked.retention = undefined;
  locked.legalHold = "ON";
  await reconcileAgain(world, "full");
  await world.bucketWhen("full", waitsFor("ObjectOnLegalHold"));
  locked.legalHold = "OFF";
  await world.annotate("full", { [RECONCILE_REQUESTED_AT]: "now" });
  await world.gone("full");
}

/** A role and an association that are created, changed by a user, edited and deleted. */
async function workloads(world: World, accesses: Accesses): Promise<void> {
  const permissionsBoundaryArn = world.account.addManagedPolicy("boundary", NOTHING);
  const queueArn = world.account.addManagedPolicy("queue", NOTHING);
  const access = { rules: [{ policyArns: [queueArn] }] };
  await worldWithBucket(world, {}, { iam: { permissionsBoundaryArn, tags: { team: "a" } }, access });
  await accesses.apply("app", { identity: "PodIdentity", role: { policyArns: [queueArn] } });
  const role = roleOf(world, await accesses.when("app", isReady));
  role.inlinePolicies.set("theirs", JSON.stringify(NOTHING));
  role.attachedPolicies.add(world.account.addManagedPolicy("theirs", NOTHING));
  role.assumeRolePolicy = role.assumeRolePolicy.replace(":app", ":other");
  role.maxSessionSeconds = 43_200;
  role.permissionsBoundary = undefined;
  for (const association of associations(world)) association.roleArn = world.account.addRole("theirs").arn;
  await accesses.reconcileAgain("app");
  await accesses.reconcileAgain("app");
  await accesses.when("app", (access) => isReady(access) && associations(world)[0]?.roleArn === role.arn);

  await world.applyAccount(workloadAccount(world, { iam: { tags: { stage: "b" } }, access }));
  await accesses.when("app", (access) => isReady(access) && access.status?.roles?.[0]?.tagKeys?.join() === "stage");
  await accesses.edit("app", { identity: "IRSA" });
  await accesses.when("app", (access) => isReady(access) && access.status?.roles?.[0]?.associationArn === undefined);
  await accesses.remove("app");
}

/** A managed key that is shared with a role of another account, and then no longer. */
async function principals(world: World, accesses: Accesses): Promise<void> {
  await world.editSpec("docs", { ...managedKeySpec() });
  await accesses.ready("reader", { principals: [world.simulator.account("333344445555").addRole("reader").arn] });
  await accesses.remove("reader");
}

/** Block Public Access of the account, set and removed again. */
async function publicAccessBlock(world: World): Promise<void> {
  const block = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };
  for (const spec of [{ publicAccessBlock: block }, {}]) {
    const { metadata } = await world.applyAccount(spec);
    await eventually(
      () => world.kube.get<AWSAccount>(AWS_ACCOUNTS, { name: world.name }),
      (account) => account.status?.observedGeneration === metadata.generation && isReady(account),
    );
  }
}

test("every action of the shipped IAM policy is used, and no other action", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await settings(world);
  await classicTagging(world);
  await managedKey(world);
  await contents(world);
  using accesses = await accessesOf(world);
  await workloads(world, accesses);
  await principals(world, accesses);
  await publicAccessBlock(world);
  const used = new Set(operatorCalls(world).flatMap(({ actions }) => actions));
  // GetCallerIdentity needs no permission.
  used.delete("sts:GetCallerIdentity");
  const shipped = new Set(policy.Statement.flatMap(({ Action }) => Action));
  expect([...used].sort()).toEqual([...shipped].sort());
  await expectInvariants(world);
});

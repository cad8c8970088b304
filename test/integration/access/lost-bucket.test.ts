/** Roles do not outlive the loss of the bucket or of the account. With the real calls of a Pod before and after. */

import { CreateBucketCommand, DeleteObjectCommand, PutBucketPolicyCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { AWS_ACCOUNTS } from "../../../operator/api/names.ts";
import type { AWSAccount, BucketAccessSpec } from "../../../operator/api/types.ts";
import { operatorWrites } from "../support/expect/invariants.ts";
import { condition, isReady, isReconciling, isStalled } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { accessesOf, roleOf, workloadAccount, worldWithBucket } from "../support/world/access.ts";
import { retag } from "../support/world/buckets.ts";
import { loseAccount } from "../support/world/lost-account.ts";
import { runningPod } from "../support/world/pods.ts";
import { s3As } from "../support/world/workloads.ts";
import { createWorld, PERSON, type World } from "../support/world/world.ts";

const EVERYTHING: Partial<BucketAccessSpec> = {
  identity: "PodIdentity",
  grants: [{ prefix: "*", permissions: ["Read", "Write"] }],
};
const OTHERS = { "s3-operator.io/namespace": "others" };
const NONE = {
  "s3-operator.io/cluster": undefined,
  "s3-operator.io/namespace": undefined,
  "s3-operator.io/name": undefined,
  "s3-operator.io/origin": undefined,
};

async function fill({ person }: World, Bucket: string): Promise<void> {
  await person.send(new PutObjectCommand({ Bucket, Key: "a", Body: "a" }));
}

const request = { "s3-operator.io/reconcile-requested-at": "now" };

test.for([
  { what: "name another owner", tags: OTHERS, paused: false },
  { what: "name no owner", tags: NONE, paused: false },
  { what: "name another owner, also of a paused BucketAccess", tags: OTHERS, paused: true },
])("a bucket whose tags $what is lost to the Pods too", async ({ tags, paused }) => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const bucket = world.bucketName("docs");
  await fill(world, bucket);
  const access = await accesses.ready("reader", EVERYTHING);
  using pod = await runningPod(world);
  expect(await pod.get(bucket, "a")).toBe(200);
  if (paused) await accesses.annotate("reader", { "s3-operator.io/paused": "true" });

  await retag(world, bucket, tags);
  await world.annotate("docs", request);
  await world.bucketWhen("docs", isStalled("BucketNotOwned"));
  const refused = await accesses.when("reader", isStalled("BucketNotOwned"));
  expect(condition(refused, "Ready")?.message).toContain("everything granted is revoked");
  expect(world.account.roles.has(access.status?.roles?.[0]?.arn ?? "")).toBe(false);
  expect(await pod.get(bucket, "a")).toBe(403);
});

test("an AWSAccount that no longer admits the namespace takes the roles with it; one that is missing, or ambiguous, does not", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const bucket = world.bucketName("docs");
  await fill(world, bucket);
  const access = await accesses.ready("reader", EVERYTHING);
  using pod = await runningPod(world);
  const roleArn = access.status?.roles?.[0]?.arn ?? "";

  // Without the account, it is not known what it would say.
  const { spec } = await world.kube.get<AWSAccount>(AWS_ACCOUNTS, { name: world.name });
  await loseAccount(world.kube, world.name);
  await accesses.when("reader", isReconciling("BucketNotReady"));
  expect(await pod.get(bucket, "a")).toBe(200);
  await world.applyAccount(spec);
  await accesses.when("reader", isReady);

  await world.applyAccount(workloadAccount(world, { allowedNamespaces: { names: ["others"] } }));
  await accesses.when("reader", isReconciling("BucketNotReady"));
  expect(world.account.roles.has(roleArn)).toBe(false);
  expect(await pod.get(bucket, "a")).toBe(403);

  await world.applyAccount(spec);
  await accesses.when("reader", isReady);
});

test("a bucket that another account creates under the name of a deleted one gets nothing from Pods", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const Bucket = world.bucketName("docs");
  await fill(world, Bucket);
  await accesses.ready("reader", EVERYTHING);
  using pod = await runningPod(world);
  expect(await pod.put(Bucket, "b")).toBe(200);

  const foreign = world.simulator.account("999988887777");
  const { credentials } = foreign.addUser(PERSON);
  const thief = s3As(world, credentials);
  for (const Key of ["a", "b"]) await world.person.send(new DeleteObjectCommand({ Bucket, Key }));
  world.account.buckets.delete(Bucket);
  await thief.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }),
  );
  const statement = {
    Effect: "Allow",
    Principal: { AWS: world.account.id },
    Action: "s3:*",
    Resource: `arn:aws:s3:::${Bucket}/*`,
  };
  await thief.send(
    new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) }),
  );

  expect(await pod.put(Bucket, "c")).toBe(403);
  await world.annotate("docs", request);
  const waiting = await accesses.when("reader", isReconciling("BucketNotReady"));
  expect(condition(waiting, "Ready")?.message).toContain("Waiting for S3Bucket");
  thief.destroy();
});

test("BucketAccesses of paused and of refused S3Buckets go on after a restart, with the same status", async () => {
  await using world = await createWorld();
  using accesses = await accessesOf(world);
  const guardrails = { requireKMS: true };
  let operator = startOperator(world);
  try {
    await worldWithBucket(world);
    await accesses.ready("reader", EVERYTHING);
    const before = await accesses.get("reader");
    await world.annotate("docs", { "s3-operator.io/paused": "true" });
    for (const change of ["paused", "refused"]) {
      await operator.stop();
      if (change === "refused") {
        await world.annotate("docs", { "s3-operator.io/paused": null });
        await world.applyAccount(workloadAccount(world, { guardrails }));
      }
      const writes = operatorWrites(world).length;
      const statuses = accesses.statuses.all().length;
      operator = startOperator(world);
      if (change === "refused") await world.bucketWhen("docs", isStalled("GuardrailViolated"));
      await accesses.reconcileAgain("reader");
      expect(isReady(await accesses.get("reader"))).toBe(true);
      expect(operatorWrites(world)).toHaveLength(writes);
      for (const { status } of accesses.statuses.all().slice(statuses))
        expect(status?.conditions).toEqual(before.status?.conditions);
    }
    expect(roleOf(world, before).inlinePolicies.size).toBe(1);
  } finally {
    await operator.stop();
  }
});

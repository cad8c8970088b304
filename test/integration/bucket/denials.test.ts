import { expect, test } from "vitest";
import { expectInvariants, operatorCalls, operatorWrites, reconcileAgain } from "../support/expect/invariants.ts";
import { condition, isReady, isReconciling, isStalled } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket } from "../support/world/buckets.ts";
import { createWorld } from "../support/world/world.ts";

/* The actions of each setting are denied in settings.test.ts. */

test("a denied action is retried slowly", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { pollIntervalMs: 200 });
  await readyBucket(world, "docs");
  await readyBucket(world, "other");
  world.simulator.faults.deny("s3:PutBucketVersioning");
  await world.editSpec("docs", { versioning: "Enabled" });
  await world.bucketWhen("docs", isReconciling("AccessDenied"));
  const calls = () => operatorCalls(world).filter(({ bucket }) => bucket === world.bucketName("other")).length;
  const before = calls();
  await eventually(calls, (count) => count >= before + 30);
  expect(world.simulator.calls.count("s3:PutBucketVersioning")).toBe(1);
  await expectInvariants(world);
});

test("without the tags the owner is unknown, and nothing is written", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("docs");
  await readyBucket(world, "docs", { versioning: "Enabled" });
  const writes = operatorWrites(world).length;
  const allow = world.simulator.faults.deny("s3:ListTagsForResource");
  await world.editSpec("docs", { versioning: "Suspended" });
  const denied = await world.bucketWhen("docs", isReconciling("AccessDenied"));
  expect(condition(denied, "Ready")?.message).toContain("s3:ListTagsForResource");
  expect(operatorWrites(world)).toHaveLength(writes);
  allow();
  await reconcileAgain(world, "docs");
  await world.bucketWhen("docs", isReady);
  expect(atAws(world, bucketName).versioning).toBe("Suspended");
  await expectInvariants(world);
});

test.for(["s3:CreateBucket", "s3:TagResource"])(
  "%s denied: no bucket is created, and the message names the statement to add",
  async (action) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const bucketName = world.bucketName("docs");
    const allow = world.simulator.faults.deny(action);
    await world.applyAccount();
    await world.applyBucket("docs", { bucketName });
    const denied = await world.bucketWhen("docs", isReconciling("AccessDenied"));
    expect(condition(denied, "Ready")?.message).toContain(action);
    expect(world.account.buckets.has(bucketName)).toBe(false);
    allow();
    await reconcileAgain(world, "docs");
    await world.bucketWhen("docs", isReady);
    await expectInvariants(world);
  },
);

test("s3:ListBucket denied: S3's response is that for another account's bucket, and the message names both causes", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  world.simulator.faults.deny("s3:ListBucket");
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
  const stalled = await world.bucketWhen("docs", isStalled("BucketOwnedByAnotherAccount"));
  expect(condition(stalled, "Stalled")?.message).toContain("s3:ListBucket");
  expect(operatorWrites(world)).toEqual([]);
  await expectInvariants(world);
});

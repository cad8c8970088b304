/** Denied actions and the rate limit of an account: status.denied and spec.rateLimit of its AWSAccount. */

import { expect, test } from "vitest";
import { AWS_ACCOUNTS } from "../../../operator/api/names.ts";
import type { AWSAccount } from "../../../operator/api/types.ts";
import { expectInvariants, expectSoundHistory, operatorCalls } from "../support/expect/invariants.ts";
import { isReady, isReconciling } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { readyBucket } from "../support/world/buckets.ts";
import { createWorld } from "../support/world/world.ts";

test("an action denied to a bucket is in the account's status too, with the statement to add, after one read by the account", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs");
  const reads = () => operatorCalls(world).filter(({ operation }) => operation === "GetCallerIdentity").length;
  world.simulator.faults.deny("s3:PutBucketVersioning");
  world.simulator.faults.deny("s3:GetLifecycleConfiguration");
  const before = reads();
  const rule = { id: "a", status: "Enabled" as const, expiration: { days: 1 } };
  await world.editSpec("docs", { versioning: "Enabled", lifecycle: { rules: [rule] } });
  await world.bucketWhen("docs", isReconciling("AccessDenied"));
  const { status } = await eventually(
    () => world.kube.get<AWSAccount>(AWS_ACCOUNTS, { name: world.name }),
    (account) => account.status?.denied?.length === 2,
    (last) => JSON.stringify(last?.status),
  );
  expect(status?.denied).toEqual([
    { action: "s3:GetLifecycleConfiguration", message: expect.stringContaining(`"Effect":"Allow"`) as string },
    { action: "s3:PutBucketVersioning", message: expect.stringContaining(world.bucketName("docs")) as string },
  ]);
  expect(reads() - before).toBeLessThanOrEqual(2);
  expectSoundHistory(world);
});

/** The highest number of calls of one AWS service within a second. */
function busiestSecond(starts: readonly number[]): number {
  return Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + 1_000).length));
}

test("an account's rate limit applies to its buckets, and an edit of it applies at once", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const perSecond = 4;
  await world.applyAccount({ rateLimit: { requestsPerSecond: perSecond } });
  await world.applyBucket("slow", { bucketName: world.bucketName("slow"), versioning: "Enabled" });
  await world.bucketWhen("slow", isReady);
  const slow = operatorCalls(world).filter(({ service }) => service === "s3");
  expect(slow.length).toBeGreaterThan(2 * perSecond + 1);
  // One second's calls at once, one second's calls in the second after, and one more for clock differences.
  expect(busiestSecond(slow.map(({ time }) => time))).toBeLessThanOrEqual(2 * perSecond + 1);

  await world.applyAccount({ rateLimit: { requestsPerSecond: 10_000 } });
  await world.applyBucket("fast", { bucketName: world.bucketName("fast"), versioning: "Enabled" });
  await world.bucketWhen("fast", isReady);
  const fast = operatorCalls(world).filter(
    ({ service, bucket }) => service === "s3" && bucket === world.bucketName("fast"),
  );
  expect(busiestSecond(fast.map(({ time }) => time))).toBeGreaterThan(2 * perSecond + 1);
  await expectInvariants(world);
});

import { PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { eventsOf } from "../support/expect/events.ts";
import { expectInvariants, operatorCalls, reconcileAgain } from "../support/expect/invariants.ts";
import { condition, isReady, isStalled, settingMessage, settingState } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { readyBucket } from "../support/world/buckets.ts";
import { managedKeySpec } from "../support/world/keys.ts";
import { createWorld, type World } from "../support/world/world.ts";

/* Writes that do not last: the operator stops, and says what it has seen. */

const MAX_WRITES = 5;
/** Without a settle window, each difference is written at once. */
const AT_ONCE = { settleWindowMs: 0 };

const writesOf = (world: World, operation: string) =>
  operatorCalls(world).filter((call) => call.operation === operation).length;

/** Requests reconciles until the operator has called the operation so often. */
async function writeUntil(world: World, operation: string, count: number): Promise<void> {
  await eventually(
    async () => {
      await reconcileAgain(world, "docs");
      return writesOf(world, operation);
    },
    (calls) => calls >= count,
    (calls) => `${operation} was called ${calls} times`,
  );
}

test("a setting that the endpoint accepts and does not keep is written five times", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, AT_ONCE);
  const remove = world.simulator.faults.intercept(
    { status: 200, body: "<VersioningConfiguration/>" },
    { operation: "GetBucketVersioning" },
  );
  await world.applyAccount();
  await world.applyBucket("docs", { baseline: "None", versioning: "Enabled" });
  await writeUntil(world, "PutBucketVersioning", MAX_WRITES);
  await reconcileAgain(world, "docs");
  const stalled = await world.bucketWhen("docs", isStalled("SettingKeepsChanging"));
  expect(condition(stalled, "Ready")?.message).toMatch(
    /^Written 5 times, and never read back as written: versioning\b.* The endpoint accepts it and does not keep it/,
  );
  expect(settingMessage(stalled, "versioning")).toContain("never read back as written");
  await reconcileAgain(world, "docs");
  expect(writesOf(world, "PutBucketVersioning")).toBe(MAX_WRITES);
  remove();
  await reconcileAgain(world, "docs");
  await world.bucketWhen("docs", isReady);
  await expectInvariants(world);
});

test("a setting that is read back and then changed again is written five times", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, AT_ONCE);
  await readyBucket(world, "docs", { baseline: "None", versioning: "Enabled" });
  const Bucket = world.bucketName("docs");
  const VersioningConfiguration = { Status: "Suspended" } as const;
  // A look in between, such as for a change of the AWSAccount, finds it in sync, and the count starts again.
  const stalled = await eventually(
    async () => {
      await world.person.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      return reconcileAgain(world, "docs");
    },
    isStalled("SettingKeepsChanging"),
    (last) => JSON.stringify(last?.status),
  );
  const writes = writesOf(world, "PutBucketVersioning");
  expect(writes).toBeGreaterThanOrEqual(MAX_WRITES);
  const { message } = condition(stalled, "Ready") ?? {};
  expect(message).toMatch(/^Written 5 times, read back as written, and changed after that: versioning\b/);
  expect(message).not.toMatch(/another tool/i);
  expect(settingState(stalled, "versioning")).toBe("Drifted");
  await reconcileAgain(world, "docs");
  expect(writesOf(world, "PutBucketVersioning")).toBe(writes);
});

test("the rotation of a managed key that KMS does not return is written five times, and is not drift", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, AT_ONCE);
  const headers = { "content-type": "application/x-amz-json-1.1" };
  world.simulator.faults.intercept(
    { status: 200, headers, body: '{"KeyRotationEnabled":true}' },
    { operation: "GetKeyRotationStatus" },
  );
  await world.applyAccount();
  await world.applyBucket("docs", managedKeySpec({ rotationPeriodInDays: 90 }));
  await writeUntil(world, "EnableKeyRotation", MAX_WRITES);
  await reconcileAgain(world, "docs");
  const stalled = await world.bucketWhen("docs", isStalled("SettingKeepsChanging"));
  expect(condition(stalled, "Ready")?.message).toContain(
    "never read back as written: encryption kmsKey.managed.rotationPeriodInDays",
  );
  expect(settingState(stalled, "encryption")).toBe("Drifted");
  expect(condition(stalled, "KeyUsable")?.status).toBe("True");
  await reconcileAgain(world, "docs");
  expect(writesOf(world, "EnableKeyRotation")).toBe(MAX_WRITES);
  const reasons = (await eventsOf(world, "docs")).map(({ reason }) => reason);
  expect(reasons).not.toContain("DriftDetected");
  expect(reasons).not.toContain("DriftCorrected");
});

test("statements that KMS does not keep in the policy of a managed key are written five times", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, AT_ONCE);
  const statement = { Sid: "Root", Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*" };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  world.simulator.faults.intercept(
    { status: 200, headers: { "content-type": "application/x-amz-json-1.1" }, body: JSON.stringify({ Policy }) },
    { operation: "GetKeyPolicy" },
  );
  await world.applyAccount();
  const distribution = `arn:aws:cloudfront::${world.account.id}:distribution/E1ABCDEFGHIJKL`;
  await world.applyBucket("docs", { ...managedKeySpec(), policy: { cloudFrontDistributions: [distribution] } });
  await writeUntil(world, "PutKeyPolicy", MAX_WRITES);
  await reconcileAgain(world, "docs");
  const stalled = await world.bucketWhen("docs", isStalled("SettingKeepsChanging"));
  expect(condition(stalled, "Ready")?.message).toContain("never read back as written: policy of the KMS key");
  await reconcileAgain(world, "docs");
  expect(writesOf(world, "PutKeyPolicy")).toBe(MAX_WRITES);
});

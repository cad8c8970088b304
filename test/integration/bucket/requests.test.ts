import { PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { PAUSED, POLL_INTERVAL_SECONDS, RECONCILE_REQUESTED_AT } from "../../../operator/api/names.ts";
import { kstatus } from "../../conformance/kstatus.ts";
import { expectInvariants, operatorCalls, operatorWrites } from "../support/expect/invariants.ts";
import { condition, isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket } from "../support/world/buckets.ts";
import { createWorld } from "../support/world/world.ts";

const isPaused = (bucket: Parameters<typeof condition>[0]) => condition(bucket, "Paused")?.status === "True";

test("a requested reconcile happens at once, and status records it afterwards", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const Bucket = world.bucketName("docs");
  await readyBucket(world, "docs", { versioning: "Enabled" });
  const VersioningConfiguration = { Status: "Suspended" as const };
  await world.person.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: "2026-11-22T08:00:00Z" });
  const { status } = await world.bucketWhen(
    "docs",
    (bucket) => isReady(bucket) && bucket.status?.reconcileRequestedAt === "2026-11-22T08:00:00Z",
  );
  expect(atAws(world, Bucket).versioning).toBe("Enabled");
  expect(status?.drift?.lastCorrectedTime).toBeDefined();
  await expectInvariants(world);
});

test("any new value is a request, of any length, and the same value again is none", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs");
  const long = "x".repeat(5_000);
  await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: long });
  await world.bucketWhen("docs", ({ status }) => status?.reconcileRequestedAt === long.slice(0, 256));
  const reads = () => world.simulator.calls.count("s3:GetBucketPolicy");
  const before = reads();
  await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: long });
  await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: "short" });
  await world.bucketWhen("docs", ({ status }) => status?.reconcileRequestedAt === "short");
  expect(reads() - before).toBe(1);
  await expectInvariants(world);
});

test("a request is recorded even when there is no account to reconcile with", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
  await world.bucketWhen("docs", (bucket) => condition(bucket, "Ready")?.reason === "AccountNotAvailable");
  await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: "now" });
  await world.bucketWhen("docs", ({ status }) => status?.reconcileRequestedAt === "now");
  await expectInvariants(world);
});

test("a paused object is not written to; an edit shows as not observed, and is applied when the pause ends", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { pollIntervalMs: 200 });
  const Bucket = world.bucketName("docs");
  await readyBucket(world, "docs", { versioning: "Enabled" });
  await world.annotate("docs", { [PAUSED]: "true" });
  const paused = await world.bucketWhen("docs", isPaused);
  expect(kstatus(paused), "the health is unchanged").toBe("Current");
  const writes = operatorWrites(world).length;

  await world.editSpec("docs", { versioning: "Suspended", tags: { env: "prod" } });
  // The bucket of another S3Bucket, edited later, shows that the operator has received both edits.
  await world.applyBucket("other", { bucketName: world.bucketName("other") });
  await world.bucketWhen("other", isReady);
  expect(kstatus(await world.bucket("docs"))).toBe("InProgress");
  expect(
    operatorWrites(world)
      .slice(writes)
      .filter(({ bucket }) => bucket === Bucket),
  ).toEqual([]);
  expect(atAws(world, Bucket).versioning).toBe("Enabled");

  await world.annotate("docs", { [PAUSED]: null });
  const ready = await world.bucketWhen("docs", isReady);
  expect(condition(ready, "Paused")).toBeUndefined();
  expect(atAws(world, Bucket).versioning).toBe("Suspended");
  expect(atAws(world, Bucket).tags.get("env")).toBe("prod");
  await expectInvariants(world);
});

test("only the value true pauses an object", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", { versioning: "Enabled" });
  await world.annotate("docs", { [PAUSED]: "false" });
  await world.editSpec("docs", { versioning: "Suspended" });
  const ready = await world.bucketWhen("docs", isReady);
  expect(condition(ready, "Paused")).toBeUndefined();
  await expectInvariants(world);
});

test("an object that is paused from the start is not reconciled, and not Ready", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName: world.bucketName("docs") }, { annotations: { [PAUSED]: "true" } });
  const paused = await world.bucketWhen("docs", isPaused);
  expect(kstatus(paused)).toBe("InProgress");
  expect(condition(paused, "Ready")?.status).not.toBe("True");
  expect(operatorCalls(world).filter(({ bucket }) => bucket !== undefined)).toEqual([]);
  await world.annotate("docs", { [PAUSED]: null });
  await world.bucketWhen("docs", isReady);
  await expectInvariants(world);
});

test("a paused object can be deleted", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs");
  await world.annotate("docs", { [PAUSED]: "true" });
  await world.bucketWhen("docs", isPaused);
  await world.deleteBucket("docs");
  await world.gone("docs");
  expect(atAws(world, world.bucketName("docs")).tags.has("s3-operator.io/released-by")).toBe(true);
});

test("an object's own poll interval overrides the operator's, within bounds", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { pollIntervalMs: 200 });
  await world.applyAccount();
  const [slow, fast] = ["slow", "fast"].map((name) => world.bucketName(name));
  // Ten seconds are raised to a minute, which is longer than this test.
  await world.applyBucket("slow", { bucketName: slow ?? "" }, { annotations: { [POLL_INTERVAL_SECONDS]: "10" } });
  await world.applyBucket("fast", { bucketName: fast ?? "" }, { annotations: { [POLL_INTERVAL_SECONDS]: "soon" } });
  await world.bucketWhen("slow", isReady);
  await world.bucketWhen("fast", isReady);
  const reads = (bucket?: string) =>
    operatorCalls(world).filter((call) => call.bucket === bucket && call.operation === "GetBucketPolicy").length;
  const before = { slow: reads(slow), fast: reads(fast) };
  await eventually(
    () => reads(fast),
    (count) => count >= before.fast + 5,
  );
  expect(reads(slow)).toBe(before.slow);
  await expectInvariants(world);
});

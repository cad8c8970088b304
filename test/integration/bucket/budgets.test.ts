import { expect, test } from "vitest";
import type { S3Bucket, S3BucketSpec } from "../../../operator/api/types.ts";
import { SETTINGS } from "../../../operator/bucket/settings/index.ts";
import type { Call, Normalisations } from "../../aws/index.ts";
import { eventsOf } from "../support/expect/events.ts";
import { expectInvariants, operatorCalls, operatorWrites, reconcileAgain } from "../support/expect/invariants.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { readyBucket } from "../support/world/buckets.ts";
import { prerequisites } from "../support/world/prerequisites.ts";
import { everySetting } from "../support/world/setting-cases.ts";
import { fullSpec } from "../support/world/specs.ts";
import { createWorld, type World } from "../support/world/world.ts";

/** Latency of the simulator: long enough to see which calls are concurrent. */
const LATENCY_MS = 30;

/** The settings of `fullSpec`, the same as in the measurement of other operators. */
const EIGHT = SETTINGS.filter(({ name }) => name in fullSpec("", ""));

async function fullBucket(world: World): Promise<S3Bucket> {
  const spec: S3BucketSpec = fullSpec(world.bucketName("full"), await world.createKey());
  return readyBucket(world, "full", spec);
}

/** All calls to AWS in one reconcile. */
async function callsOfOneReconcile(world: World, name: string): Promise<Call[]> {
  const before = operatorCalls(world).length;
  await reconcileAgain(world, name);
  return operatorCalls(world).slice(before);
}

test("a bucket with all eight settings is created with at most 24 calls, including those before it exists", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const ready = await fullBucket(world);
  expect(ready.status?.settings?.map(({ name, source, state }) => ({ name, source, state }))).toEqual(
    EIGHT.map(({ name }) => ({ name, source: "Spec", state: "InSync" })),
  );
  expect(world.simulator.calls.of(world.bucketName("full")).length).toBeLessThanOrEqual(24);
  expect(operatorCalls(world).length - world.simulator.calls.count("sts:GetCallerIdentity")).toBeLessThanOrEqual(24);
  await expectInvariants(world);
});

test("a reconcile of an unchanged bucket with all eight settings is eight concurrent GETs", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await fullBucket(world);
  world.simulator.latencyMs = LATENCY_MS;
  const calls = await callsOfOneReconcile(world, "full");
  expect(calls.map(({ action }) => action).toSorted()).toEqual(
    EIGHT.map(({ iamActions }) => iamActions.read[0]).toSorted(),
  );
  expect(calls.every(({ method }) => method === "GET")).toBe(true);
  expect(world.simulator.calls.maxInFlight(calls)).toBe(8);
  await expectInvariants(world);
});

const SWITCHES: Normalisations[] = [
  {},
  { reorderPolicy: true },
  { unknownExtraFields: true },
  { lifecyclePrefixForm: "EmptyFilter" },
  { lifecyclePrefixForm: "FilterPrefix" },
  { lifecyclePrefixForm: "Prefix" },
  { awsTags: { "aws:cloudformation:stack-name": "network" } },
];

test.for(SWITCHES)(
  "a reconcile of an unchanged bucket with every setting is one GET each, with %o",
  async (switches) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    world.simulator.normalise.set(switches);
    await readyBucket(world, "all", everySetting(await prerequisites(world)));
    world.simulator.latencyMs = LATENCY_MS;
    const calls = await callsOfOneReconcile(world, "all");
    expect(calls.map(({ action }) => action).toSorted()).toEqual(
      SETTINGS.map(({ iamActions }) => iamActions.read[0]).toSorted(),
    );
    expect(calls.every(({ method }) => method === "GET")).toBe(true);
    expect(world.simulator.calls.maxInFlight(calls)).toBe(SETTINGS.length);
    await expectInvariants(world);
  },
);

test("with every setting, a stale lifecycle response is waited for, and lifecycle is written once", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  world.simulator.normalise.set({ lifecycleFlap: { reads: 3 } });
  await readyBucket(world, "all", everySetting(await prerequisites(world)));
  expect(world.simulator.calls.count("s3:PutLifecycleConfiguration")).toBe(1);
  await expectInvariants(world);
});

test("a bucket with only a name costs one GET for each setting of the baseline, and one for its tags", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "plain");
  world.simulator.latencyMs = LATENCY_MS;
  const calls = await callsOfOneReconcile(world, "plain");
  expect(calls.map(({ operation }) => operation).toSorted()).toEqual([
    "GetBucketEncryption",
    "GetBucketOwnershipControls",
    "GetBucketPolicy",
    "GetPublicAccessBlock",
    "ListTagsForResource",
  ]);
  expect(world.simulator.calls.maxInFlight(calls)).toBe(5);
  await expectInvariants(world);
});

test("nothing is written over several polls, neither to AWS nor to Kubernetes", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { pollIntervalMs: 200 });
  const ready = await fullBucket(world);
  const polls = () => world.simulator.calls.count("s3:GetBucketVersioning");
  const [writes, before] = [operatorWrites(world).length, polls()];
  await eventually(polls, (count) => count >= before + 5);
  expect(operatorWrites(world)).toHaveLength(writes);
  expect((await world.bucket("full")).metadata.resourceVersion).toBe(ready.metadata.resourceVersion);
  expect((await eventsOf(world, "full")).map(({ reason }) => reason)).toEqual(["BucketCreated", "Succeeded"]);
  await expectInvariants(world);
});

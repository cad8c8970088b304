import { expect, test } from "vitest";
import { expectSoundStatus } from "../../conformance/conditions.ts";
import { isReady, settingSource, settingState } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { fullSpec } from "../support/world/specs.ts";
import { createWorld } from "../support/world/world.ts";

test("an S3Bucket with only a name creates a bucket with the secure baseline", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount({ tags: { owner: "platform" } });
  const bucketName = world.bucketName("plain");
  await world.applyBucket("plain", { bucketName, tags: { env: "prod" } });
  const ready = await world.bucketWhen("plain", isReady);
  expect(ready.status).toMatchObject({
    bucketName,
    arn: `arn:aws:s3:::${bucketName}`,
    region: "eu-central-1",
    origin: "Created",
  });
  expect(settingSource(ready, "encryption")).toBe("Baseline");
  expect(settingState(ready, "policy")).toBe("InSync");
  const bucket = world.account.buckets.get(bucketName);
  expect(Object.fromEntries(bucket?.tags ?? [])).toMatchObject({
    env: "prod",
    owner: "platform",
    "s3-operator.io/name": "plain",
  });
  world.statuses.all().forEach(expectSoundStatus);
});

test("a bucket with all eight settings is created with at most 24 calls, then costs 8 concurrent GETs and no write", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { pollIntervalMs: 1_000 });
  await world.applyAccount();
  const bucketName = world.bucketName("full");
  await world.applyBucket("full", fullSpec(bucketName, await world.createKey()));
  const ready = await world.bucketWhen("full", isReady);
  expect(world.simulator.calls.of(bucketName).length).toBeLessThanOrEqual(24);
  expect(ready.status?.settings).toHaveLength(8);
});

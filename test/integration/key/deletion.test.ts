import { expect, test } from "vitest";
import { RECONCILE_REQUESTED_AT } from "../../../operator/api/names.ts";
import type { S3BucketSpec } from "../../../operator/api/types.ts";
import { eventsOf, eventWhen } from "../support/expect/events.ts";
import { expectInvariants, operatorWrites, reconcileAgain } from "../support/expect/invariants.ts";
import { condition, isReady, isReconciling } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket } from "../support/world/buckets.ts";
import { defaultAlias, keyAt, liveKeys, managedKeySpec } from "../support/world/keys.ts";
import { createWorld, type World } from "../support/world/world.ts";

const DAY_MS = 86_400_000;

const keyOf = (world: World) => keyAt(world.account, defaultAlias(world, "docs"));

function deletable(deletionWindowInDays?: number): S3BucketSpec {
  const managed = deletionWindowInDays === undefined ? {} : { deletionWindowInDays };
  return { deletionPolicy: "DeleteIfEmpty", ...managedKeySpec(managed) };
}

async function remove(world: World, name: string): Promise<void> {
  await world.deleteBucket(name);
  await world.gone(name);
}

test("with deletionWindowInDays the key is scheduled for deletion with the bucket, and revived with the manifest", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const spec = deletable(9);
  await readyBucket(world, "docs", spec);
  const key = keyOf(world);
  await remove(world, "docs");
  expect(key.state).toBe("PendingDeletion");
  expect(Math.round(((key.deletionDate ?? 0) - Date.now()) / DAY_MS)).toBe(9);
  const event = await eventWhen(world, "docs", "KMSKeyScheduledForDeletion");
  expect(event.note).toContain(key.arn);
  expect(event.note).toContain(new Date(key.deletionDate ?? 0).toISOString().slice(0, 10));

  const ready = await readyBucket(world, "docs", spec);
  expect(ready.status?.kmsKeyArn).toBe(key.arn);
  expect(key).toMatchObject({ state: "Enabled", deletionDate: undefined, rotationPeriodInDays: 365 });
  expect([...world.account.keys.values()]).toEqual([key]);
  await expectInvariants(world);
});

const KEEPERS: [string, S3BucketSpec][] = [
  ["without deletionWindowInDays", deletable()],
  ["with deletionPolicy Retain", { ...deletable(7), deletionPolicy: "Retain" }],
];

test.for(KEEPERS)("%s the key stays, and the next bucket of that name uses it", async ([, spec]) => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", spec);
  const key = keyOf(world);
  const before = structuredClone(key);
  await remove(world, "docs");
  expect(key).toEqual(before);
  const ready = await readyBucket(world, "docs", spec);
  expect(ready.status?.kmsKeyArn).toBe(key.arn);
  expect([...world.account.keys.values()]).toEqual([before]);
  await expectInvariants(world);
});

test("mode Observe schedules no deletion of a key", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", deletable(7));
  await world.editSpec("docs", { mode: "Observe" });
  await world.bucketWhen("docs", isReady);
  const writes = operatorWrites(world).length;
  await remove(world, "docs");
  expect(operatorWrites(world)).toHaveLength(writes);
  expect(keyOf(world).state).toBe("Enabled");
});

test("a key that another S3Bucket uses is scheduled for deletion only after that one has another key", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", deletable(7));
  const key = keyOf(world);
  const byArn = { encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn: key.arn } } } as const;
  await readyBucket(world, "neighbour", byArn);
  await world.deleteBucket("docs");
  const waiting = await world.bucketWhen("docs", (it) => condition(it, "Ready")?.reason === "KMSKeyInUse");
  expect(condition(waiting, "Ready")?.message).toContain(key.arn);
  expect(condition(waiting, "Ready")?.message).not.toContain("neighbour");
  expect(world.account.buckets.has(world.bucketName("docs"))).toBe(false);
  expect(key.state).toBe("Enabled");

  await world.editSpec("neighbour", { encryption: { sseAlgorithm: "AES256", kmsKey: null } });
  await world.bucketWhen("neighbour", isReady);
  await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: "now" });
  await world.gone("docs");
  expect(key.state).toBe("PendingDeletion");
  await expectInvariants(world);
});

test("a bucket that is no longer tagged as ours keeps its key", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", deletable(7));
  atAws(world, world.bucketName("docs")).tags.clear();
  await remove(world, "docs");
  expect(world.account.buckets.has(world.bucketName("docs"))).toBe(true);
  expect(keyOf(world).state).toBe("Enabled");
  await eventWhen(world, "docs", "KMSKeyKept");
});

test("a bucket that is not empty keeps its key", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", deletable(7));
  const bucket = atAws(world, world.bucketName("docs"));
  bucket.fillWith({ keys: 1 });
  await world.deleteBucket("docs");
  await world.bucketWhen("docs", (it) => condition(it, "Ready")?.reason === "BucketNotEmpty");
  expect(keyOf(world).state).toBe("Enabled");
  bucket.objects.clear();
  await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: "now" });
  await world.gone("docs");
  expect(keyOf(world).state).toBe("PendingDeletion");
});

test("another owner's key that has the alias stays, and ours is scheduled for deletion", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", deletable(7));
  const key = keyOf(world);
  const foreign = await world.createKey();
  world.account.aliases.set(`${key.region}/${defaultAlias(world, "docs")}`, world.account.keys.get(foreign)?.id ?? "");
  await remove(world, "docs");
  expect(liveKeys(world.account).map(({ arn }) => arn)).toEqual([foreign]);
  expect(key.state).toBe("PendingDeletion");
});

test("an interrupted creation leaves no key behind", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  world.simulator.faults.deny("kms:CreateAlias");
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), ...deletable(7) });
  await world.bucketWhen("docs", (it) => condition(it, "KeyUsable")?.reason === "AccessDenied");
  expect(liveKeys(world.account)).toHaveLength(1);
  await remove(world, "docs");
  expect(liveKeys(world.account)).toEqual([]);
});

test("kms:ScheduleKeyDeletion denied: the S3Bucket waits and reports it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const allow = world.simulator.faults.deny("kms:ScheduleKeyDeletion");
  await readyBucket(world, "docs", deletable(7));
  await world.deleteBucket("docs");
  const denied = await world.bucketWhen("docs", (it) => condition(it, "Ready")?.reason === "AccessDenied");
  expect(condition(denied, "Ready")?.message).toContain("kms:ScheduleKeyDeletion");
  allow();
  await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: "now" });
  await world.gone("docs");
  expect(keyOf(world).state).toBe("PendingDeletion");
});

const REVIVAL = ["kms:CancelKeyDeletion", "kms:EnableKey"];

test.for(REVIVAL)("%s denied when the manifest returns: it is reported and retried", async (action) => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", deletable(7));
  await remove(world, "docs");
  const allow = world.simulator.faults.deny(action);
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), ...deletable(7) });
  const denied = await world.bucketWhen("docs", (it) => condition(it, "KeyUsable")?.reason === "AccessDenied");
  expect(condition(denied, "KeyUsable")?.message).toContain(action);
  allow();
  await reconcileAgain(world, "docs");
  await world.bucketWhen("docs", isReady);
  expect(liveKeys(world.account)).toEqual([keyOf(world)]);
  expect(keyOf(world).state).toBe("Enabled");
  expect((await eventsOf(world, "docs")).filter(({ reason }) => reason === "DriftDetected")).toEqual([]);
  await expectInvariants(world);
});

test("without an account, which never existed, there is no key to wait for", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyBucket("docs", deletable(7));
  await world.bucketWhen("docs", isReconciling("AccountNotAvailable"));
  await remove(world, "docs");
});

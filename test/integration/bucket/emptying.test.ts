import { PutObjectCommand, type PutObjectCommandInput } from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { CONFIRM_DELETE_CONTENTS, RECONCILE_REQUESTED_AT, S3_BUCKETS } from "../../../operator/api/names.ts";
import { EXPIRING_TAG } from "../../../operator/api/ownership.ts";
import type { AWSAccountSpec, PolicyStatement, S3Bucket, S3BucketSpec } from "../../../operator/api/types.ts";
import type { Bucket, Call } from "../../aws/index.ts";
import { objectLockDocument } from "../../aws/s3/object-lock.ts";
import { eventWhen } from "../support/expect/events.ts";
import {
  expectInvariants,
  expectSoundHistory,
  operatorCalls,
  operatorWrites,
  reconcileAgain,
} from "../support/expect/invariants.ts";
import { condition, isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { pointsOf, trapBuckets } from "../support/faults/trap.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { spawnOperator, startOperator } from "../support/process/operator.ts";
import { atAws, snapshot, tagsAt, wipeStatus } from "../support/world/buckets.ts";
import { createWorld, type World } from "../support/world/world.ts";

vi.setConfig({ testTimeout: 120_000 });

const ALLOWED: Partial<AWSAccountSpec> = { allowedDeletionPolicies: ["Retain", "DeleteWithContents"] };
const WITH_CONTENTS: S3BucketSpec = { deletionPolicy: "DeleteWithContents", versioning: "Enabled" };

let bundle: string;
beforeAll(async () => {
  bundle = await ensureBundle();
});

/** A bucket that is Ready, with a confirmed deletion of its contents. */
async function confirmedBucket(world: World, name: string, spec: S3BucketSpec = {}): Promise<Bucket> {
  await world.applyAccount(ALLOWED);
  const bucketName = world.bucketName(name);
  const annotations = { [CONFIRM_DELETE_CONTENTS]: bucketName };
  await world.applyBucket(name, { bucketName, ...WITH_CONTENTS, ...spec }, { annotations });
  await world.bucketWhen(name, isReady);
  return atAws(world, bucketName);
}

const waitsFor = (reason: string) => (bucket: S3Bucket) =>
  bucket.metadata.deletionTimestamp !== undefined && condition(bucket, "Ready")?.reason === reason;

/** The message of Ready when the deletion waits for this reason. */
async function messageWhen(world: World, name: string, reason: string): Promise<string> {
  const bucket = await world.statuses.when(name, waitsFor(reason), 60_000);
  return condition(bucket, "Ready")?.message ?? "";
}

async function goneAfterReconcile(world: World, name: string): Promise<void> {
  await world.annotate(name, { [RECONCILE_REQUESTED_AT]: String(Math.random()) });
  await world.gone(name);
}

function expectDeleted(world: World, bucketName: string): void {
  expect(world.account.buckets.has(bucketName)).toBe(false);
  expectSoundHistory(world);
}

function countVersions({ objects }: Bucket): number {
  return [...objects.values()].reduce((sum, versions) => sum + versions.length, 0);
}

/** The highest number of calls that began within one second. */
function mostPerSecond(calls: readonly Call[]): number {
  const times = calls.map(({ time }) => time).toSorted((a, b) => a - b);
  const within = (start: number) => times.filter((time) => time >= start && time < start + 1_000).length;
  return Math.max(0, ...times.map(within));
}

test("50,000 versions and delete markers are deleted, with uploads, though the process is killed twice", async () => {
  await using world = await createWorld();
  const bucketName = world.bucketName("docs");
  const first = spawnOperator(world, bundle);
  const bucket = await confirmedBucket(world, "docs");
  bucket.fillWith({ keys: 12_500, versionsPerKey: 3, deleteMarkers: true, uploads: 20 });
  world.simulator.latencyMs = 250;
  const isAt = (count: number) => () => countVersions(bucket) <= count;

  await world.deleteBucket("docs");
  const { status } = await world.statuses.when("docs", ({ status }) => (status?.deletion?.objectsDeleted ?? 0) > 0);
  await first.kill();
  expect(status?.deletion).toMatchObject({ uploadsAborted: 20, startedTime: expect.any(String) as unknown });
  const afterFirst = countVersions(bucket);
  expect(50_000 - afterFirst).toBeGreaterThanOrEqual(status?.deletion?.objectsDeleted ?? 0);

  const second = spawnOperator(world, bundle);
  await eventually(() => 0, isAt(afterFirst - 5_000), undefined, 60_000);
  await second.kill();
  const afterSecond = countVersions(bucket);
  expect(afterSecond).toBeGreaterThan(0);

  await using _third = spawnOperator(world, bundle);
  await world.statuses.whenGone("docs", 90_000);
  expectDeleted(world, bucketName);
  const counts = world.statuses.of("docs").map((state) => state.status?.deletion?.objectsDeleted ?? 0);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  const emptying = operatorCalls(world).filter(({ operation }) => /DeleteObjects|ListObjectVersions/.test(operation));
  expect(world.simulator.calls.maxInFlight(emptying)).toBeLessThanOrEqual(4);
  expect(mostPerSecond(emptying)).toBeLessThanOrEqual(20);
});

describe("contents that are not deleted", () => {
  test("contents stay until the account allows the deletion and the annotation names the bucket", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const bucketName = world.bucketName("docs");
    await world.applyAccount();
    await world.applyBucket("docs", { bucketName, ...WITH_CONTENTS });
    await world.bucketWhen("docs", isReady);
    atAws(world, bucketName).fillWith({ keys: 3, versionsPerKey: 2, uploads: 1 });
    const before = snapshot(world, bucketName);
    const writes = operatorWrites(world).length;

    await world.deleteBucket("docs");
    expect(await messageWhen(world, "docs", "DeletionPolicyNotAllowed")).toContain(
      "set spec.deletionPolicy to Retain or DeleteIfEmpty",
    );
    await world.applyAccount(ALLOWED);
    expect(await messageWhen(world, "docs", "DeletionNotConfirmed")).toContain(
      `${CONFIRM_DELETE_CONTENTS}=${bucketName}`,
    );
    await world.annotate("docs", { [CONFIRM_DELETE_CONTENTS]: "docs" });
    await reconcileAgain(world, "docs");
    expect(snapshot(world, bucketName)).toEqual(before);
    expect(operatorWrites(world)).toHaveLength(writes);

    await world.annotate("docs", { [CONFIRM_DELETE_CONTENTS]: bucketName });
    await world.gone("docs");
    expectDeleted(world, bucketName);
    expect(await eventWhen(world, "docs", "Emptying")).toMatchObject({ type: "Normal" });
    expect(await eventWhen(world, "docs", "BucketDeleted")).toMatchObject({ type: "Normal" });
  });

  test.each(["Retain", "DeleteIfEmpty"] as const)(
    "contents stay with %s where the account does not allow it",
    async (deletionPolicy) => {
      await using world = await createWorld();
      await using _operator = startOperator(world);
      const bucket = await confirmedBucket(world, "docs", { deletionPolicy });
      await world.applyAccount({ allowedDeletionPolicies: ["DeleteWithContents"] });
      const before = snapshot(world, bucket.name);
      await world.deleteBucket("docs");
      expect(await messageWhen(world, "docs", "DeletionPolicyNotAllowed")).toContain(deletionPolicy);
      expect(snapshot(world, bucket.name)).toEqual(before);
      await world.editSpec("docs", { deletionPolicy: "DeleteWithContents" });
      await world.gone("docs");
      expectDeleted(world, bucket.name);
    },
  );

  test("contents stay in a bucket that belongs to another S3Bucket", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const bucket = await confirmedBucket(world, "docs");
    bucket.fillWith({ keys: 1 });
    const annotations = { [CONFIRM_DELETE_CONTENTS]: bucket.name };
    await world.applyBucket("thief", { bucketName: bucket.name, ...WITH_CONTENTS }, { annotations });
    await world.bucketWhen("thief", (thief) => condition(thief, "Stalled")?.reason === "BucketNotOwned");
    await world.deleteBucket("thief");
    await world.gone("thief");
    expect(countVersions(bucket)).toBe(1);
  });
});

test("keys that XML cannot represent, and keys that look encoded, are deleted", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const { name: Bucket } = await confirmedBucket(world, "docs");
  for (const Key of ["\u0001\u0002", "a+b c%20d", "ü/\n\r<&>\"'", "\u{1F600}", " "]) {
    const input: PutObjectCommandInput = { Bucket, Key, Body: "x" };
    await world.person.send(new PutObjectCommand(input));
  }
  await world.deleteBucket("docs");
  await world.gone("docs");
  expectDeleted(world, Bucket);
});

describe("versions that S3 refuses to delete", () => {
  test("a denied action is named, with the statement of the bucket policy that may deny it, and the rest is deleted", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const statement: PolicyStatement = {
      sid: "KeepVersions",
      effect: "Deny",
      principals: { aws: ["*"] },
      actions: ["s3:DeleteObject*"],
      resources: ["{bucket}/*"],
      conditions: [{ operator: "StringNotEquals", key: "aws:PrincipalTag/team", values: ["platform"] }],
    };
    const bucket = await confirmedBucket(world, "docs", { policy: { statements: [statement] } });
    bucket.fillWith({ keys: 10, uploads: 2 });
    const allow = world.simulator.faults.deny("s3:DeleteObjectVersion", { bucket: bucket.name });
    await world.deleteBucket("docs");
    const message = await messageWhen(world, "docs", "AccessDenied");
    expect(message).toContain('"object-0000001"');
    expect(message).toContain("s3:DeleteObjectVersion");
    expect(message).toContain("KeepVersions");
    expect(bucket.uploads.size).toBe(0);
    const calls = operatorCalls(world).length;
    await reconcileAgain(world, "docs");
    expect(operatorCalls(world).length - calls, "one reconcile, and no loop").toBeLessThan(15);
    allow();
    await goneAfterReconcile(world, "docs");
    expectDeleted(world, bucket.name);
  });

  test.each(["GOVERNANCE", "COMPLIANCE"] as const)("a %s retention is named, with its end", async (mode) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const bucket = await confirmedBucket(world, "docs");
    bucket.fillWith({ keys: 5, versionsPerKey: 2 });
    bucket.objectLock = objectLockDocument();
    const [locked] = bucket.objects.get("object-0000003") ?? [];
    if (locked === undefined) throw new Error("The bucket was filled with it");
    locked.retention = { mode, until: Date.UTC(2099, 0, 1) };
    await world.deleteBucket("docs");
    const message = await messageWhen(world, "docs", "ObjectLocked");
    expect(message).toContain(`mode ${mode} until 2099-01-01T00:00:00.000Z`);
    expect(message).toContain("object-0000003");
    expect(countVersions(bucket)).toBe(1);
    expect(world.simulator.calls.count("s3:BypassGovernanceRetention")).toBe(0);
    locked.retention = undefined;
    await goneAfterReconcile(world, "docs");
    expectDeleted(world, bucket.name);
  });

  test("a legal hold is named", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const bucket = await confirmedBucket(world, "docs");
    bucket.fillWith({ keys: 2 });
    bucket.objectLock = objectLockDocument();
    const [held] = bucket.objects.get("object-0000001") ?? [];
    if (held === undefined) throw new Error("The bucket was filled with it");
    held.legalHold = "ON";
    await world.deleteBucket("docs");
    expect(await messageWhen(world, "docs", "ObjectOnLegalHold")).toContain("object-0000001");
    held.legalHold = "OFF";
    await goneAfterReconcile(world, "docs");
    expectDeleted(world, bucket.name);
  });

  test("MFA delete is named", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const bucket = await confirmedBucket(world, "docs");
    bucket.fillWith({ keys: 2 });
    bucket.mfaDelete = true;
    await world.deleteBucket("docs");
    expect(await messageWhen(world, "docs", "MFADeleteEnabled")).toContain("root user");
    bucket.mfaDelete = false;
    await goneAfterReconcile(world, "docs");
    expectDeleted(world, bucket.name);
  });
});

test("a writer that is as fast as the deletion is reported, and the operator does not race it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucket = await confirmedBucket(world, "docs");
  bucket.fillWith({ keys: 10 });
  const stopWriting = world.simulator.faults.onCall(({ operation }, phase) => {
    if (operation === "DeleteObjects" && phase === "after") bucket.fillWith({ keys: 20 });
  });
  await world.deleteBucket("docs");
  expect(await messageWhen(world, "docs", "BucketKeepsFilling")).toContain("stop the writers");
  const calls = operatorCalls(world).length;
  await reconcileAgain(world, "docs");
  expect(operatorCalls(world).length - calls, "one reconcile, and no race").toBeLessThan(10);
  stopWriting();
  await goneAfterReconcile(world, "docs");
  expectDeleted(world, bucket.name);
});

describe("a large bucket emptied by S3 Lifecycle", () => {
  const handedOver = async (world: World): Promise<Bucket> => {
    const bucket = await confirmedBucket(world, "docs");
    bucket.fillWith({ keys: 8_000 });
    await world.deleteBucket("docs");
    expect(await messageWhen(world, "docs", "EmptyingByLifecycle")).toContain("takes days");
    return bucket;
  };

  test("a bucket that S3 Lifecycle empties is polled until it is deleted", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world, { emptyByLifecycleAbove: 1_500 });
    const bucket = await handedOver(world);
    expect(countVersions(bucket)).toBeGreaterThan(1_000);
    expect(JSON.stringify(bucket.lifecycle)).toContain("ExpiredObjectDeleteMarker");
    const writes = operatorWrites(world).length;
    await reconcileAgain(world, "docs");
    expect(operatorWrites(world)).toHaveLength(writes);
    // Deletes most objects, as S3 Lifecycle does in its own time.
    for (const key of [...bucket.objects.keys()].slice(10)) bucket.objects.delete(key);
    await goneAfterReconcile(world, "docs");
    expectDeleted(world, bucket.name);
  });

  test("S3 Lifecycle is stopped when the confirmation is withdrawn", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world, { emptyByLifecycleAbove: 0 });
    const bucket = await handedOver(world);
    await world.annotate("docs", { [CONFIRM_DELETE_CONTENTS]: null });
    await messageWhen(world, "docs", "DeletionNotConfirmed");
    expect(bucket.lifecycle).toBeUndefined();
    expect(await eventWhen(world, "docs", "EmptyingStopped")).toMatchObject({ type: "Warning" });
    expect(countVersions(bucket)).toBe(8_000);
  });

  test.each([{ deletionPolicy: "Retain" }, { mode: "Observe" }])(
    "S3 Lifecycle is stopped when the spec becomes %j",
    async (edit) => {
      await using world = await createWorld();
      await using _operator = startOperator(world, { emptyByLifecycleAbove: 0 });
      const bucket = await handedOver(world);
      const allow = world.simulator.faults.deny("s3:PutLifecycleConfiguration", { bucket: bucket.name });
      await world.editSpec("docs", edit);
      expect(
        await messageWhen(world, "docs", "AccessDenied"),
        "the object stays while S3 Lifecycle is active",
      ).toContain("s3:PutLifecycleConfiguration");
      allow();
      await goneAfterReconcile(world, "docs");
      expect(bucket.lifecycle).toBeUndefined();
      expect(countVersions(bucket)).toBe(8_000);
    },
  );

  // If the operator forgets the rule, S3 keeps deleting objects of a bucket that must be kept.
  describe("the expiration rule is never forgotten", () => {
    test.each([{ deletionPolicy: "Retain" }, { deletionPolicy: "DeleteIfEmpty" }])(
      "S3 Lifecycle is stopped after the status was wiped: %j",
      async (edit) => {
        await using world = await createWorld();
        const operator = startOperator(world, { emptyByLifecycleAbove: 0 });
        const bucket = await handedOver(world);
        await operator.stop();
        await wipeStatus(world, "docs");
        await world.applyAccount({ allowedDeletionPolicies: ["Retain", "DeleteIfEmpty"] });
        await world.editSpec("docs", edit);
        await using _second = startOperator(world, { emptyByLifecycleAbove: 0 });
        expect(await eventWhen(world, "docs", "EmptyingStopped")).toMatchObject({ type: "Warning" });
        expect(bucket.lifecycle).toBeUndefined();
        expect(tagsAt(world, bucket.name)).not.toHaveProperty(EXPIRING_TAG);
        expect(countVersions(bucket)).toBe(8_000);
      },
    );

    test("a bucket is not released while S3 Lifecycle is active", async () => {
      await using world = await createWorld();
      const operator = startOperator(world, { emptyByLifecycleAbove: 0 });
      const bucket = await handedOver(world);
      await operator.stop();
      await wipeStatus(world, "docs");
      await world.editSpec("docs", { deletionPolicy: "Retain" });
      const allow = world.simulator.faults.deny("s3:PutLifecycleConfiguration", { bucket: bucket.name });
      await world.applyAccount();
      await using _second = startOperator(world, { emptyByLifecycleAbove: 0 });
      expect(await messageWhen(world, "docs", "AccessDenied")).toContain("s3:PutLifecycleConfiguration");
      allow();
      await goneAfterReconcile(world, "docs");
      expect(bucket.lifecycle).toBeUndefined();
    });

    test.each([undefined, [{ id: "own", status: "Enabled" as const, expiration: { days: 365 } }]])(
      "the next S3Bucket of the same bucket stops S3 Lifecycle, with rules %j",
      async (rules) => {
        await using world = await createWorld();
        const operator = startOperator(world, { emptyByLifecycleAbove: 0 });
        const { name: bucketName } = await handedOver(world);
        await operator.stop();
        await world.kube.mergePatch(
          S3_BUCKETS,
          { namespace: world.name, name: "docs" },
          { metadata: { finalizers: null } },
        );
        await world.gone("docs");
        await using _second = startOperator(world);
        const lifecycle = rules && { unmanagedRules: "Keep" as const, rules };
        await world.applyBucket("docs", { bucketName, ...(lifecycle && { lifecycle }) });
        const ready = await world.bucketWhen("docs", isReady);
        expect(ready.status).not.toHaveProperty("deletion");
        expect(JSON.stringify(atAws(world, bucketName).lifecycle) ?? "").not.toContain("s3-operator-expire");
        expect(tagsAt(world, bucketName)).not.toHaveProperty(EXPIRING_TAG);
        await expectInvariants(world);
      },
    );

    test("an event warns when the bucket is lost to another owner while S3 Lifecycle is active", async () => {
      await using world = await createWorld();
      await using _operator = startOperator(world, { emptyByLifecycleAbove: 0 });
      const bucket = await handedOver(world);
      bucket.tags.clear();
      await goneAfterReconcile(world, "docs");
      expect(await eventWhen(world, "docs", "BucketLeftExpiring")).toMatchObject({ type: "Warning" });
      expect(bucket.lifecycle).toBeDefined();
    });
  });
});

test("emptying continues after a kill at each of its calls, before it is applied and after", async () => {
  await using world = await createWorld();
  const FLAGS = ["--concurrency=100"];
  await using first = spawnOperator(world, bundle, FLAGS);
  const prepared = async (name: string): Promise<Bucket> => {
    const bucket = await confirmedBucket(world, name);
    bucket.fillWith({ keys: 3, versionsPerKey: 2, deleteMarkers: true, uploads: 2 });
    return bucket;
  };
  const reference = await prepared("reference");
  const count = () => world.simulator.calls.of(reference.name).length;
  const before = count();
  await world.deleteBucket("reference");
  await world.gone("reference");

  const stops = pointsOf(count() - before).map((point) => ({ point, name: `${point.moment}-call-${point.number}` }));
  await Promise.all(stops.map(({ name }) => prepared(name)));
  const trap = trapBuckets(world.simulator, new Map(stops.map(({ point, name }) => [world.bucketName(name), point])));
  await Promise.all(stops.map(({ name }) => world.deleteBucket(name)));
  await trap.full;
  await first.kill();
  trap.release("drop");

  await using _second = spawnOperator(world, bundle, FLAGS);
  await Promise.all(stops.map(({ name }) => world.statuses.whenGone(name, 60_000)));
  for (const { name } of stops) expectDeleted(world, world.bucketName(name));
});

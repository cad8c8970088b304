import { describe, expect, test } from "vitest";
import { CONFIRM_DELETE_CONTENTS } from "../../api/names.ts";
import { EXPIRING_TAG, ownershipTags, type Tags } from "../../api/ownership.ts";
import type { S3BucketSpec, S3BucketStatus } from "../../api/types.ts";
import type { Aws } from "../../aws/session.ts";
import type { BucketDependencies } from "../dependencies.ts";
import { failing, sdkError } from "../testing/fake-bucket.ts";
import {
  awsAccount,
  OWNER,
  recordedContext,
  s3Bucket,
  target,
  verifiedBucket,
  verifiedBuckets,
} from "../testing/fixtures.ts";
import { tagStore, userTags } from "../testing/tag-store.ts";
import { thrownFailure, thrownOutcome } from "../testing/thrown.ts";
import { deleteWithContents, withdraw } from "./delete-with-contents.ts";
import { names, versionedBucket, WRITTEN, type VersionedBucket } from "./testing/versioned-bucket.ts";

const OURS = ownershipTags(OWNER, "Created");
const ESTABLISHED: S3BucketStatus = { bucketName: "docs", arn: "arn:aws:s3:::docs" };
const HANDED_OVER = { startedTime: "2026-01-02T00:00:00.000Z", lifecycleStartedTime: "2026-01-03T00:00:00.000Z" };

/** A clock that limits a slice to a few pages. */
function ticking(): () => number {
  let clock = Date.UTC(2026, 6, 1);
  return () => (clock += 4_000);
}

interface Case {
  it?: VersionedBucket;
  status?: S3BucketStatus;
  tags?: Tags;
  confirmed?: boolean;
  spec?: S3BucketSpec;
  lifecycleAbove?: number;
  /** Readings of the clock, in milliseconds since the epoch. */
  now?: () => number;
  busy?: boolean;
}

function deletion(options: Case = {}) {
  const { it = versionedBucket({}), status = ESTABLISHED, tags = OURS, confirmed = true, spec = {} } = options;
  const { lifecycleAbove = 1_000_000, now = () => Date.UTC(2026, 6, 1), busy = false } = options;
  const { bucket, answers } = it;
  let isGone = false;
  answers["ListTagsForResourceCommand"] ??= () => ({
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  });
  answers["DeleteBucketCommand"] ??= () => {
    if (it.versions.size > 0) throw sdkError("BucketNotEmpty", 409);
    isGone = true;
  };
  answers["HeadBucketCommand"] ??= () => {
    if (isGone) throw sdkError("NotFound", 404);
  };
  const { session } = target();
  const account = awsAccount({ default: true, allowedDeletionPolicies: ["DeleteWithContents"] });
  const deleted: number[] = [];
  const annotations = confirmed ? { [CONFIRM_DELETE_CONTENTS]: "docs" } : {};
  const object = s3Bucket({ deletionPolicy: "DeleteWithContents", ...spec }, { status, annotations });
  const dependencies = {
    aws: {
      session: async () => ({ ...session, s3: () => bucket.s3, s3Control: () => bucket.s3Control }),
    } as Partial<Aws>,
    directory: { accounts: () => [account], namespace: () => undefined },
    verified: verifiedBuckets([object, verifiedBucket()]),
    cluster: OWNER.cluster,
    now,
    emptying: {
      lifecycleAbove,
      takeTurn: () => (busy ? undefined : { [Symbol.dispose]: () => undefined }),
      onDeleted: (count: number) => deleted.push(count),
    },
  } as unknown as BucketDependencies;
  const recorded = recordedContext(object);
  return {
    ...recorded,
    it,
    deleted,
    run: () => deleteWithContents(dependencies, recorded.context),
    withdraw: () => withdraw(dependencies, recorded.context),
    commands: () => it.calls.map(({ command }) => command),
    status: () => recorded.context.status,
    reasons: () => recorded.events.map(({ reason }) => reason),
  };
}

describe("emptied and deleted", () => {
  test("in one go, where that is enough; announced before the first call that deletes", async () => {
    const it = versionedBucket({ versions: [...names(3), "k003 marker"], uploads: names(2) });
    const { run, status, reasons, progress, deleted, commands } = deletion({ it });
    await run();
    expect(status().deletion).toEqual({
      startedTime: "2026-07-01T00:00:00.000Z",
      lastProgressTime: "2026-07-01T00:00:00.000Z",
      objectsDeleted: 4,
      uploadsAborted: 2,
    });
    expect(reasons()).toEqual(["Emptying", "BucketDeleted"]);
    expect(progress.map(([reason]) => reason)).toEqual(["Emptying"]);
    expect(deleted).toEqual([4]);
    expect(commands().at(-2)).toBe("DeleteBucketCommand");
  });

  test("slice by slice: progress adds up, and is announced once", async () => {
    const it = versionedBucket({ versions: names(90) }, 10);
    const before = { startedTime: "2026-06-30T00:00:00.000Z", objectsDeleted: 500, uploadsAborted: 0 };
    const now = ticking();
    const { run, status, reasons, progress, commands } = deletion({
      it,
      now,
      status: { ...ESTABLISHED, deletion: before },
    });
    expect(await thrownOutcome(run)).toMatchObject({ kind: "again", reason: "Emptying", afterMs: 1_000 });
    const { objectsDeleted = 0, startedTime } = status().deletion ?? {};
    expect(objectsDeleted).toBe(500 + 90 - it.versions.size);
    expect(startedTime).toBe(before.startedTime);
    expect([reasons(), progress]).toEqual([[], []]);
    expect(commands()).not.toContain("DeleteBucketCommand");
  });

  test("counts what was deleted before a call failed", async () => {
    const it = versionedBucket({ versions: names(30) }, 10);
    it.answers["ListObjectVersionsCommand"] = ({ input }) => {
      if (input.KeyMarker !== undefined) return failing("InternalError", 500)();
      return { IsTruncated: true, NextKeyMarker: "k001", Versions: [{ Key: "k001", VersionId: "v" }] };
    };
    const { run, status, deleted } = deletion({ it });
    expect(await thrownFailure(run)).toMatchObject({ reason: "Unavailable" });
    expect(status().deletion?.objectsDeleted).toBe(1);
    expect(deleted).toEqual([1]);
  });

  test("checks again for an upload that appears late", async () => {
    const it = versionedBucket({});
    it.answers["DeleteBucketCommand"] = failing("BucketNotEmpty", 409);
    expect(await thrownOutcome(deletion({ it }).run)).toMatchObject({
      kind: "waiting",
      reason: "Emptying",
      afterMs: 5_000,
    });
  });
});

describe("nothing is deleted", () => {
  test.each<[string, Case]>([
    ["of a bucket that is another's", { tags: ownershipTags({ ...OWNER, name: "x" }, "Created") }],
    ["of a bucket that is nobody's", { tags: {} }],
  ])("%s", async (_case, options) => {
    const it = versionedBucket({ versions: names(3) });
    const { run, commands } = deletion({ it, ...options });
    await run();
    expect(commands()).toEqual(["HeadBucketCommand", "ListTagsForResourceCommand"]);
  });

  test("without a confirmation", async () => {
    const it = versionedBucket({ versions: names(3) });
    const { run, commands, status } = deletion({ it, confirmed: false });
    expect(await thrownOutcome(run)).toMatchObject({ kind: "waiting", reason: "DeletionNotConfirmed" });
    expect(commands()).toEqual(["HeadBucketCommand", "ListTagsForResourceCommand"]);
    expect(status().deletion).toBeUndefined();
  });

  test("while other buckets have all turns", async () => {
    const it = versionedBucket({ versions: names(3) });
    expect(await thrownOutcome(deletion({ it, busy: true }).run)).toMatchObject({ kind: "again", reason: "Emptying" });
    expect(it.versions.size).toBe(3);
  });
});

describe("what is in the way", () => {
  test("is read, and the bucket is not deleted", async () => {
    const it = versionedBucket({ versions: names(3) });
    it.refusals.set("k002 v", "AccessDenied");
    const { run, commands } = deletion({ it });
    expect(await thrownFailure(run)).toMatchObject({ reason: "AccessDenied" });
    expect(it.versions.size).toBe(1);
    expect(commands()).not.toContain("DeleteBucketCommand");
  });

  test("is throttling: retries with a growing delay", async () => {
    const it = versionedBucket({ versions: names(3) });
    it.refusals.set("k002 v", "SlowDown");
    const failure = await thrownFailure(deletion({ it }).run);
    expect(failure).toMatchObject({ reason: "Throttled" });
    expect(failure.retryAfterMs).toBeUndefined();
  });

  test.each([
    ["in one slice", () => Date.UTC(2026, 6, 1)],
    ["in each of its slices", ticking()],
  ])("is a store that answers deleted and lists again, %s", async (_case, now) => {
    const it = versionedBucket({ versions: names(90) }, 10);
    it.answers["DeleteObjectsCommand"] = () => ({});
    const { run } = deletion({ it, now });
    const stop = await thrownOutcome(run);
    expect(stop).toMatchObject({ reason: "DeletionWithoutEffect" });
    expect(stop).toHaveProperty("message", expect.stringContaining('version v of object "k001" was deleted'));
  });

  test("is a version that a store lists again after its deletion: the rest is deleted first", async () => {
    const it = versionedBucket({ versions: names(90) }, 10);
    it.answers["DeleteObjectsCommand"] = ({ input }) => {
      const { Objects } = input["Delete"] as { Objects: { Key: string; VersionId: string }[] };
      for (const { Key } of Objects) if (Key !== "k050") it.versions.delete(`${Key} v`);
      return {};
    };
    const { run } = deletion({ it });
    expect(await thrownOutcome(run)).toMatchObject({ reason: "Emptying" });
    expect(await thrownOutcome(run)).toMatchObject({ reason: "DeletionWithoutEffect" });
    expect([...it.versions]).toEqual(["k050 v"]);
  });

  test("is not a key that is written again under the same id", async () => {
    const it = versionedBucket({ versions: ["k null"] });
    let writtenAt = WRITTEN.getTime();
    it.answers["DeleteBucketCommand"] = failing("BucketNotEmpty", 409);
    it.answers["ListObjectVersionsCommand"] = () => ({
      Versions: [{ Key: "k", VersionId: "null", LastModified: new Date((writtenAt += 1_000)) }],
    });
    expect(await thrownOutcome(deletion({ it }).run)).toMatchObject({ reason: "Emptying" });
  });

  test("is another writer", async () => {
    const it = versionedBucket({ versions: names(3) });
    it.answers["DeleteBucketCommand"] = failing("BucketNotEmpty", 409);
    const startedTime = new Date(WRITTEN.getTime() - 1).toISOString();
    const { run } = deletion({ it, status: { ...ESTABLISHED, deletion: { startedTime } } });
    expect(await thrownOutcome(run)).toMatchObject({ kind: "waiting", reason: "BucketKeepsFilling", afterMs: 60_000 });
  });
});

describe("S3 Lifecycle", () => {
  const NONE = { GetBucketLifecycleConfigurationCommand: failing("NoSuchLifecycleConfiguration", 404) };
  const deletedSoFar = { ...ESTABLISHED, deletion: { startedTime: HANDED_OVER.startedTime, objectsDeleted: 100 } };

  test("expires the rest, which is recorded first", async () => {
    const it = versionedBucket({ versions: names(30) }, 10);
    Object.assign(it.answers, NONE);
    const { run, status, progress, reasons, commands } = deletion({ it, lifecycleAbove: 100, status: deletedSoFar });
    expect(await thrownOutcome(run)).toMatchObject({
      kind: "again",
      reason: "EmptyingByLifecycle",
      afterMs: 1_800_000,
    });
    expect(progress.map(([reason]) => reason)).toEqual(["EmptyingByLifecycle"]);
    expect(reasons()).toEqual(["EmptyingByLifecycle"]);
    expect(status().deletion?.lifecycleStartedTime).toBe("2026-07-01T00:00:00.000Z");
    expect(commands()).toContain("PutBucketLifecycleConfigurationCommand");
    expect(it.versions.size).toBe(30);
  });

  test("takes over a bucket with as many tags as S3 allows", async () => {
    const it = versionedBucket({ versions: names(30) }, 10);
    const { current, answers } = tagStore({ ...userTags(46), ...OURS });
    Object.assign(it.answers, NONE, answers);
    expect(await thrownOutcome(deletion({ it, lifecycleAbove: 0 }).run)).toMatchObject({
      reason: "EmptyingByLifecycle",
    });
    expect(current.get(EXPIRING_TAG)).toBe("2026-07-01T00:00:00.000Z");
    expect(current.size).toBe(50);
  });

  test("is not used if the bucket has no room for its tag", async () => {
    const it = versionedBucket({ versions: names(30) }, 10);
    const { "s3-operator.io/origin": _, ...claim } = OURS;
    Object.assign(it.answers, NONE, tagStore({ ...userTags(47), ...claim }).answers);
    const { run, commands } = deletion({ it, lifecycleAbove: 0 });
    await run();
    expect(it.versions.size).toBe(0);
    expect(commands()).not.toContain("PutBucketLifecycleConfigurationCommand");
  });

  test("keeps its rules, and only its progress is read", async () => {
    const it = versionedBucket({ versions: names(30) }, 10);
    it.answers["GetBucketLifecycleConfigurationCommand"] = () => ({
      Rules: ["s3-operator-expire-all", "s3-operator-expire-delete-markers"].map((ID) => ({ ID, Status: "Enabled" })),
    });
    const status = { ...ESTABLISHED, deletion: { ...HANDED_OVER, objectsDeleted: 100 } };
    const { run, reasons, progress, commands } = deletion({ it, lifecycleAbove: 100, status });
    expect(await thrownOutcome(run)).toMatchObject({ reason: "EmptyingByLifecycle" });
    expect([reasons(), progress]).toEqual([[], []]);
    expect(commands()).not.toContain("PutBucketLifecycleConfigurationCommand");
  });

  test.each([
    ["switched off", ["Enabled", "Disabled"]],
    ["replaced in part", ["Enabled"]],
  ])("gets its rules again when they were %s", async (_case, states) => {
    const it = versionedBucket({ versions: names(30) }, 10);
    const ids = ["s3-operator-expire-all", "s3-operator-expire-delete-markers"];
    it.answers["GetBucketLifecycleConfigurationCommand"] = () => ({
      Rules: states.map((Status, index) => ({ ID: ids[index], Status })),
    });
    const { run, commands } = deletion({ it, lifecycleAbove: 0 });
    await thrownOutcome(run);
    expect(commands()).toContain("PutBucketLifecycleConfigurationCommand");
  });

  test("cannot expire what object lock protects, as the message says", async () => {
    const it = versionedBucket({ versions: names(30) }, 10);
    const until = new Date("2027-01-01T00:00:00Z");
    Object.assign(it.answers, NONE);
    it.answers["GetObjectRetentionCommand"] = () => ({ Retention: { Mode: "COMPLIANCE", RetainUntilDate: until } });
    const outcome = await thrownOutcome(deletion({ it, lifecycleAbove: 0 }).run);
    expect(outcome).toHaveProperty("message", expect.stringContaining("mode COMPLIANCE until 2027-01-01"));
  });

  test("is not needed for one page", async () => {
    const it = versionedBucket({ versions: names(10) }, 10);
    const { run, commands } = deletion({ it, lifecycleAbove: 0 });
    await run();
    expect(commands()).not.toContain("PutBucketLifecycleConfigurationCommand");
    expect(it.versions.size).toBe(0);
  });

  test("takes over after the operator has deleted its share", async () => {
    const it = versionedBucket({ versions: names(100) }, 10);
    const { run, status } = deletion({ it, lifecycleAbove: 15 });
    expect(await thrownOutcome(run)).toMatchObject({ kind: "again", reason: "Emptying", afterMs: 1_000 });
    expect(status().deletion?.objectsDeleted).toBeGreaterThanOrEqual(15);
    expect(it.versions.size).toBeGreaterThan(0);
  });

  const handedOver = { ...ESTABLISHED, deletion: HANDED_OVER };

  test("is stopped when the confirmation is removed", async () => {
    const it = versionedBucket({});
    it.answers["GetBucketLifecycleConfigurationCommand"] = () => ({ Rules: [{ ID: "s3-operator-expire-all" }] });
    const { run, commands, reasons, status } = deletion({ it, status: handedOver, confirmed: false });
    expect(await thrownOutcome(run)).toMatchObject({ reason: "DeletionNotConfirmed" });
    expect(commands()).toContain("DeleteBucketLifecycleCommand");
    expect(reasons()).toEqual(["EmptyingStopped"]);
    expect(status().deletion).toEqual({ startedTime: HANDED_OVER.startedTime });
  });

  test("is stopped for another deletionPolicy, and stays on record until it is", async () => {
    const it = versionedBucket({});
    it.answers["GetBucketLifecycleConfigurationCommand"] = () => ({ Rules: [{ ID: "s3-operator-expire-all" }] });
    it.answers["DeleteBucketLifecycleCommand"] = failing("AccessDenied", 403);
    const { withdraw: stop, status } = deletion({ it, status: handedOver });
    expect((await thrownFailure(stop)).message).toContain("s3:PutLifecycleConfiguration");
    expect(status().deletion).toEqual(HANDED_OVER);
    delete it.answers["DeleteBucketLifecycleCommand"];
    await stop();
    expect(status().deletion).toEqual({ startedTime: HANDED_OVER.startedTime });
  });

  test.each<[string, S3BucketStatus, () => unknown]>([
    ["was never begun", ESTABLISHED, () => undefined],
    ["ended with the bucket", handedOver, failing("NoSuchBucket", 404)],
  ])("is no matter if it %s", async (_case, status, answer) => {
    const it = versionedBucket({});
    it.answers["GetBucketLifecycleConfigurationCommand"] = answer;
    await deletion({ it, status }).withdraw();
  });
});

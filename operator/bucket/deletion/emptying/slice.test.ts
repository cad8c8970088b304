import { describe, expect, test } from "vitest";
import { failing } from "../../testing/fake-bucket.ts";
import { thrownFailure } from "../../testing/thrown.ts";
import { names, versionedBucket, WRITTEN, type VersionedBucket } from "../testing/versioned-bucket.ts";
import { emptySlice, type Limits } from "./slice.ts";
import { newTally } from "./tally.ts";

const LONG_AFTER = WRITTEN.getTime() + 1;

async function run({ bucket }: VersionedBucket, limits: Partial<Limits> = {}) {
  const tally = newTally();
  await emptySlice(
    bucket,
    { hasTime: () => true, ensureWanted: async () => {}, deletions: Infinity, since: LONG_AFTER, ...limits },
    tally,
  );
  return tally;
}

const count = ({ calls }: VersionedBucket, command: string) => calls.filter((call) => call.command === command).length;

test("deletes everything: uploads, versions and delete markers", async () => {
  const it = versionedBucket({ versions: [...names(7), "k003 marker"], uploads: names(5) }, 2);
  const tally = await run(it);
  expect(tally).toMatchObject({ deleted: 8, recent: 0, uploadsAborted: 5, complete: true });
  expect([it.versions.size, it.uploads.size]).toEqual([0, 0]);
  expect(count(it, "DeleteObjectsCommand")).toBe(4);
});

test("an empty bucket takes two calls", async () => {
  const it = versionedBucket({});
  expect(await run(it)).toMatchObject({ deleted: 0, complete: true, futilePages: 0 });
  expect(it.calls).toHaveLength(2);
});

describe("it ends", () => {
  test("when time is up, though not before it has done something", async () => {
    const it = versionedBucket({ versions: names(100) }, 10);
    const tally = await run(it, { hasTime: () => false });
    expect(tally).toMatchObject({ deleted: 10, complete: false });
  });

  test("when there is more to do than it may do", async () => {
    const it = versionedBucket({ versions: names(100) }, 10);
    const tally = await run(it, { deletions: 15 });
    expect(tally.complete).toBe(false);
    // Whole pages, and as many as were under way.
    expect(tally.deleted).toBeGreaterThanOrEqual(20);
    expect(tally.deleted).toBeLessThanOrEqual(60);
  });

  test("after some pages on which everything is refused", async () => {
    const it = versionedBucket({ versions: names(500) }, 10);
    for (const name of names(500)) it.refusals.set(name, "AccessDenied");
    const tally = await run(it);
    expect(tally).toMatchObject({ deleted: 0, complete: false });
    expect(count(it, "DeleteObjectsCommand")).toBeLessThanOrEqual(8);
  });

  const passing = ["SlowDown", "ServiceUnavailable", "OperationAborted", "ExpiredToken"];
  test.each(passing)("when S3 answers %s, which a later attempt need not get", async (code) => {
    const it = versionedBucket({ versions: names(500) }, 10);
    it.refusals.set("k001 v", code);
    const tally = await run(it);
    expect(tally.postponed).toMatchObject({ name: code });
    expect(tally.refused).toBeUndefined();
    expect(tally.complete).toBe(false);
  });
});

describe("what is refused", () => {
  test("does not stop the rest", async () => {
    const it = versionedBucket({ versions: names(20) }, 5);
    for (const name of ["k017 v", "k004 v"]) it.refusals.set(name, "AccessDenied");
    const tally = await run(it);
    expect(tally).toMatchObject({ deleted: 18, complete: true, refused: { key: "k004", versionId: "v" } });
    expect([...it.versions]).toEqual(["k004 v", "k017 v"]);
  });

  test("counts as deleted if it is gone already", async () => {
    const it = versionedBucket({ versions: names(1) });
    it.refusals.set("k001 v", "NoSuchVersion");
    expect(await run(it)).toMatchObject({ deleted: 1, complete: true, futilePages: 0 });
  });

  test("may be a whole call, as with MFA delete", async () => {
    const it = versionedBucket({ versions: names(3) });
    it.answers["DeleteObjectsCommand"] = failing("AccessDenied", 403);
    expect(await run(it)).toMatchObject({ deleted: 0, futilePages: 1, refused: { key: "k001" } });
  });

  test("may be an upload: then no other one is tried, and versions are", async () => {
    const it = versionedBucket({ versions: names(3), uploads: names(100) }, 10);
    it.answers["AbortMultipartUploadCommand"] = failing("AccessDenied", 403);
    expect(await run(it)).toMatchObject({ deleted: 3, uploadsAborted: 0, refused: { key: "k001" } });
    expect(count(it, "AbortMultipartUploadCommand")).toBeLessThanOrEqual(8);
  });
});

test("an upload that was completed meanwhile is no error", async () => {
  const it = versionedBucket({ uploads: names(1) });
  it.answers["AbortMultipartUploadCommand"] = failing("NoSuchUpload", 404);
  expect(await run(it)).toEqual({ ...newTally(), complete: true });
});

test("what was written after the emptying began is told apart", async () => {
  const it = versionedBucket({ versions: names(3) });
  expect(await run(it, { since: WRITTEN.getTime() })).toMatchObject({ deleted: 3, recent: 0 });
  const later = versionedBucket({ versions: names(3) });
  expect(await run(later, { since: WRITTEN.getTime() - 1 })).toMatchObject({ deleted: 3, recent: 3 });
});

test("uploads that are announced and never listed end as well", async () => {
  const it = versionedBucket({ versions: names(3) });
  it.answers["ListMultipartUploadsCommand"] = () => ({ IsTruncated: true, NextKeyMarker: "k" });
  expect(await run(it)).toMatchObject({ deleted: 3, complete: true });
});

test.each([
  ["ListMultipartUploadsCommand", "s3:ListBucketMultipartUploads"],
  ["ListObjectVersionsCommand", "s3:ListBucketVersions"],
])("a denied %s names %s", async (command, action) => {
  const it = versionedBucket({ versions: names(3) });
  it.answers[command] = failing("AccessDenied", 403);
  expect(await thrownFailure(() => run(it))).toMatchObject({
    reason: "AccessDenied",
    message: expect.stringContaining(action) as unknown,
  });
});

test("what was deleted before a call failed is counted", async () => {
  const it = versionedBucket({ versions: names(30) }, 10);
  let calls = 0;
  it.answers["ListObjectVersionsCommand"] = () => {
    calls += 1;
    if (calls > 1) return failing("InternalError", 500)();
    return { IsTruncated: true, Versions: [{ Key: "k001", VersionId: "v" }] };
  };
  const tally = newTally();
  const limits = { hasTime: () => true, ensureWanted: async () => {}, deletions: Infinity, since: LONG_AFTER };
  expect(await thrownFailure(() => emptySlice(it.bucket, limits, tally))).toMatchObject({ reason: "Unavailable" });
  expect(tally.deleted).toBe(1);
});

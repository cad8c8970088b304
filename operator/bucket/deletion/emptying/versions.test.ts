import { describe, expect, test } from "vitest";
import { failing, fakeBucket, sdkError, type Call } from "../../testing/fake-bucket.ts";
import { thrownFailure } from "../../testing/thrown.ts";
import { names, versionedBucket, WRITTEN } from "../testing/versioned-bucket.ts";
import { deleteVersions, shownKey, versionPages, type Version } from "./versions.ts";

const version = (key: string, versionId = "v"): Version => {
  return { key, versionId, lastModified: 0, isDeleteMarker: false };
};

async function all<T>(items: AsyncGenerator<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("listing", () => {
  test("goes from page to page by the markers that S3 gives", async () => {
    const { bucket, calls } = versionedBucket({ versions: [...names(4), "k005 marker"] }, 2);
    const pages = await all(versionPages(bucket));
    expect(pages.map(({ versions }) => versions.map(({ key }) => key))).toEqual([
      ["k001", "k002"],
      ["k003", "k004"],
      ["k005"],
    ]);
    expect(pages.map(({ isLast }) => isLast)).toEqual([false, false, true]);
    expect(pages[2]?.versions).toEqual([
      { key: "k005", versionId: "marker", lastModified: WRITTEN.getTime(), isDeleteMarker: true },
    ]);
    expect(calls[1]?.input).toMatchObject({ KeyMarker: "k002", VersionIdMarker: "v", EncodingType: "url" });
  });

  test("an empty bucket is one page", async () => {
    const { bucket } = versionedBucket({});
    expect(await all(versionPages(bucket))).toEqual([{ versions: [], isLast: true }]);
  });

  test("takes keys and markers for what they stand for", async () => {
    const answers = [
      { IsTruncated: true, NextKeyMarker: "a%2Bb+%01", NextVersionIdMarker: "v", Versions: [{ Key: "a%2Bb+%01" }] },
      { DeleteMarkers: [{ Key: "%C3%BC/%2525", VersionId: "m" }] },
    ];
    const { bucket, calls } = fakeBucket(() => ({ EncodingType: "url", ...answers.shift() }));
    const pages = await all(versionPages(bucket));
    expect(pages.flatMap(({ versions }) => versions).map(({ key, versionId }) => [key, versionId])).toEqual([
      ["a+b \u0001", "null"],
      ["ü/%25", "m"],
    ]);
    expect(calls[1]?.input).toMatchObject({ KeyMarker: "a+b \u0001" });
  });

  test("a denial names the action", async () => {
    const { bucket } = fakeBucket(failing("AccessDenied", 403));
    const { message } = await thrownFailure(() => versionPages(bucket).next());
    expect(message).toContain("s3:ListBucketVersions");
  });
});

describe("deleting", () => {
  test("a page takes one call, and what S3 says of single versions is told", async () => {
    const { bucket, calls, refusals } = versionedBucket({ versions: names(3) });
    refusals.set("k002 v", "AccessDenied");
    const deletions = await deleteVersions(
      bucket,
      ["k001", "k002", "k003"].map((key) => version(key)),
    );
    expect(deletions.map(({ error }) => (error as Error | undefined)?.name)).toEqual([
      undefined,
      "AccessDenied",
      undefined,
    ]);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.input).toMatchObject({ ExpectedBucketOwner: "111122223333", Delete: { Quiet: true } });
  });

  test("the same key in another version is another thing", async () => {
    const { bucket, refusals } = versionedBucket({ versions: ["k v", "k w"] });
    refusals.set("k w", "AccessDenied");
    const deletions = await deleteVersions(bucket, [version("k", "v"), version("k", "w")]);
    expect(deletions.map(({ error }) => error !== undefined)).toEqual([false, true]);
  });

  test("a key that XML cannot hold goes in a call of its own", async () => {
    const { bucket, calls } = fakeBucket();
    await deleteVersions(bucket, [version("a\u0000"), version("b\ud800"), version("c\n\t😀")]);
    expect(calls.map(({ command, input }) => [command, input.Key])).toEqual([
      ["DeleteObjectsCommand", undefined],
      ["DeleteObjectCommand", "a\u0000"],
      ["DeleteObjectCommand", "b\ud800"],
    ]);
    const none = fakeBucket();
    await deleteVersions(none.bucket, [version("a\u0000")]);
    expect(none.calls.map(({ command }) => command)).toEqual(["DeleteObjectCommand"]);
  });

  test("what S3 says of that one is told likewise", async () => {
    const { bucket } = fakeBucket(failing("AccessDenied", 403));
    const [deletion] = await deleteVersions(bucket, [version("\u0001")]);
    expect(deletion?.error).toMatchObject({ name: "AccessDenied" });
  });

  test("a call that fails as a whole throws", async () => {
    const { bucket } = fakeBucket(({ command }: Call) => {
      throw sdkError(command, 503);
    });
    await expect(deleteVersions(bucket, [version("a")])).rejects.toThrow("DeleteObjectsCommand");
  });
});

test("shownKey quotes and truncates keys", () => {
  expect(shownKey('a"\n')).toBe('"a\\"\\n"');
  expect(shownKey("k".repeat(1_024))).toHaveLength(202);
});

/**
 * Lists and empties large buckets: FACTS.md#s3-listings-and-uploads.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
 */

import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { Bucket } from "../index.ts";
import { simulatorTest, startTarget, type Target } from "./target.ts";

let target: Target;

beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

function createdBucket({ versioned = true }: { versioned?: boolean } = {}): Bucket {
  const bucket = target.simulator.account(target.accountId).createBucket(target.bucketName());
  if (versioned) bucket.versioning = "Enabled";
  return bucket;
}

async function* pages(Bucket: string): AsyncGenerator<ObjectIdentifier[]> {
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    page = await target.s3().send(
      new ListObjectVersionsCommand({
        Bucket,
        ...(page?.NextKeyMarker !== undefined && { KeyMarker: page.NextKeyMarker }),
        ...(page?.NextVersionIdMarker !== undefined && { VersionIdMarker: page.NextVersionIdMarker }),
      }),
    );
    yield [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({ Key, VersionId }));
  } while (page.IsTruncated === true);
}

async function listed(Bucket: string): Promise<ObjectIdentifier[]> {
  const all: ObjectIdentifier[] = [];
  for await (const page of pages(Bucket)) all.push(...page);
  return all;
}

const remove = (Bucket: string, Objects: ObjectIdentifier[], Quiet = true) =>
  target.s3().send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet } }));

describe("emptying", () => {
  simulatorTest("5,000 versions and markers are deleted in pages of 1,000 during one listing", async () => {
    const bucket = createdBucket();
    bucket.fillWith({ keys: 50, versionsPerKey: 99, deleteMarkers: true });
    let [count, calls] = [0, 0];
    for await (const page of pages(bucket.name)) {
      expect(page.length).toBeLessThanOrEqual(1000);
      expect((await remove(bucket.name, page)).Errors).toBeUndefined();
      [count, calls] = [count + page.length, calls + 1];
    }
    expect([count, calls]).toEqual([5000, 5]);
    await target.s3().send(new DeleteBucketCommand({ Bucket: bucket.name }));
  });

  simulatorTest("a listing continues within the versions of one key", async () => {
    const bucket = createdBucket();
    bucket.fillWith({ keys: 1, versionsPerKey: 2500 });
    const ids = (await listed(bucket.name)).map(({ VersionId }) => VersionId);
    expect([ids.length, new Set(ids).size]).toEqual([2500, 2500]);
    // The marker of each page is deleted before the next page is listed.
    for await (const page of pages(bucket.name)) await remove(bucket.name, page);
    expect(bucket.objects.size).toBe(0);
  });

  simulatorTest("objects of a bucket without versioning have the version ID null", async () => {
    const bucket = createdBucket({ versioned: false });
    bucket.fillWith({ keys: 2 });
    const page = await listed(bucket.name);
    expect(page.map(({ VersionId }) => VersionId)).toEqual(["null", "null"]);
    await remove(bucket.name, page.slice(0, 1));
    bucket.fillWith({ keys: 1 });
    expect([...bucket.objects.keys()]).toEqual(["object-0000002", "object-0000003"]);
    expect(() => bucket.fillWith({ keys: 1, versionsPerKey: 2 })).toThrow("not versioned");
  });

  simulatorTest("uploads are listed in pages of 1,000, by key and then by age, and aborted one by one", async () => {
    const s3 = target.s3();
    const { name: Bucket, ...bucket } = createdBucket();
    bucket.fillWith({ keys: 0, uploads: 1001 });
    bucket.fillWith({ keys: 0, uploads: 1 });
    const first = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    expect([first.Uploads?.length, first.IsTruncated]).toEqual([1000, true]);
    const [older, newer] = first.Uploads ?? [];
    expect([older?.Key, (older?.UploadId ?? "") < (newer?.UploadId ?? "")]).toEqual([newer?.Key, true]);
    const one = { MaxUploads: 1, KeyMarker: older?.Key, UploadIdMarker: older?.UploadId };
    const next = await s3.send(new ListMultipartUploadsCommand({ Bucket, ...one }));
    expect(next.Uploads?.[0]?.UploadId).toBe(newer?.UploadId);
    const markers = { KeyMarker: first.NextKeyMarker, UploadIdMarker: first.NextUploadIdMarker };
    const second = await s3.send(new ListMultipartUploadsCommand({ Bucket, ...markers }));
    expect([second.Uploads?.length, second.IsTruncated]).toEqual([2, false]);
    const wrong = { KeyMarker: older?.Key, UploadIdMarker: first.NextUploadIdMarker };
    const invalid = s3.send(new ListMultipartUploadsCommand({ Bucket, ...wrong }));
    await expect(invalid).rejects.toMatchObject({ name: "InvalidArgument" });
    const abort = () =>
      s3.send(new AbortMultipartUploadCommand({ Bucket, Key: older?.Key, UploadId: older?.UploadId }));
    await abort();
    await expect(abort()).rejects.toMatchObject({ name: "NoSuchUpload", $metadata: { httpStatusCode: 404 } });
    expect(bucket.uploads.size).toBe(1001);
  });
});

describe("DeleteObjects", () => {
  simulatorTest("DeleteObjects answers 200 with an error for each denied key or version", async () => {
    const bucket = createdBucket();
    bucket.fillWith({ keys: 2 });
    const [version] = await listed(bucket.name);
    const objects = [{ Key: version?.Key, VersionId: version?.VersionId }, { Key: "object-0000002" }];
    const code = { Code: "AccessDenied" };

    const allow = target.simulator.faults.deny("s3:DeleteObjectVersion");
    const first = await remove(bucket.name, objects);
    expect(first.$metadata.httpStatusCode).toBe(200);
    expect(first.Errors).toMatchObject([{ ...objects[0], ...code }]);
    expect(first.Errors?.[0]?.Message).toContain(
      `is not authorized to perform: s3:DeleteObjectVersion on resource: "arn:aws:s3:::${bucket.name}/object-0000001"`,
    );
    expect(bucket.objects.get("object-0000002")?.[0]?.deleteMarker).toBe(true);
    allow();

    const allowAgain = target.simulator.faults.deny("s3:DeleteObject", { bucket: bucket.name });
    const second = await remove(bucket.name, objects, false);
    expect(second.Deleted).toMatchObject([objects[0] ?? {}]);
    expect(second.Errors).toMatchObject([{ Key: "object-0000002", ...code }]);
    allowAgain();
  });

  simulatorTest("DeleteObjects refuses 1,001 keys, and any version while MFA delete is on", async () => {
    const bucket = createdBucket();
    const many = Array.from({ length: 1001 }, (_, index) => ({ Key: `k${index}` }));
    await expect(remove(bucket.name, many)).rejects.toMatchObject({ name: "MalformedXML" });
    bucket.fillWith({ keys: 1 });
    bucket.mfaDelete = true;
    const page = await listed(bucket.name);
    const denied = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };
    await expect(remove(bucket.name, page)).rejects.toMatchObject(denied);
    const [{ Key, VersionId } = {}] = page;
    const one = new DeleteObjectCommand({ Bucket: bucket.name, Key, VersionId });
    await expect(target.s3().send(one)).rejects.toMatchObject(denied);
    expect((await remove(bucket.name, [{ Key }])).Errors).toBeUndefined();
  });

  simulatorTest("DeleteObjects counts missing keys as deleted, so that it can be repeated", async () => {
    const bucket = createdBucket();
    bucket.fillWith({ keys: 1, versionsPerKey: 2 });
    const page = await listed(bucket.name);
    target.simulator.faults.loseAnswer({ bucket: bucket.name, times: 1 });
    await expect(remove(bucket.name, page)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect((await remove(bucket.name, page, false)).Deleted).toHaveLength(2);
  });
});

describe("listing", () => {
  simulatorTest("listings are sorted by UTF-8 bytes, unlike strings in JavaScript", async () => {
    const { name: Bucket } = createdBucket();
    const keys = ["a", "a/", "a/b", "\u{ff5e}", "\u{1f600}"];
    for (const Key of keys.toReversed()) await target.s3().send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    expect((await listed(Bucket)).map(({ Key }) => Key)).toEqual(keys);
    const after = await target.s3().send(new ListObjectsV2Command({ Bucket, StartAfter: "\u{ff5e}" }));
    expect(after.Contents?.map(({ Key }) => Key)).toEqual(["\u{1f600}"]);
  });

  simulatorTest("listings URL-encode keys on request, which keys with characters outside XML need", async () => {
    const s3 = target.s3();
    const { name: Bucket } = createdBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "a b/\u{1}+\u{e9}", Body: "x" }));
    const { Versions, EncodingType } = await s3.send(new ListObjectVersionsCommand({ Bucket, EncodingType: "url" }));
    expect([Versions?.[0]?.Key, EncodingType]).toEqual(["a+b/%01%2B%C3%A9", "url"]);
    const other = s3.send(new ListObjectVersionsCommand({ Bucket, EncodingType: "gzip" as never }));
    await expect(other).rejects.toMatchObject({ name: "InvalidArgument" });
  });

  simulatorTest("ListObjectVersions refuses a version marker without a key marker", async () => {
    const { name: Bucket } = createdBucket();
    const list = target.s3().send(new ListObjectVersionsCommand({ Bucket, VersionIdMarker: "v1" }));
    await expect(list).rejects.toMatchObject({ name: "InvalidArgument" });
  });
});

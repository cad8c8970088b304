/** Objects as clients write and read them: FACTS.md#s3-objects. */

import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
  type CopyObjectCommandInput,
  type GetObjectCommandInput,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { afterAll, describe, expect, test } from "vitest";
import { createBucket, simulatorTest, startTarget } from "./target.ts";

const target = await startTarget();
afterAll(() => target.stop());
const Bucket = await createBucket(target);
const s3 = target.s3();
let counter = 0;

const error = (name: string, status: number) => ({ name, $metadata: { httpStatusCode: status } });
const newKey = () => `objects/${++counter}`;
const put = async (input: Partial<PutObjectCommandInput> = {}) => {
  const Key = input.Key ?? newKey();
  const answer = await s3.send(new PutObjectCommand({ Bucket, Body: "0123456789", ...input, Key }));
  return { Key, ...answer };
};
const get = async (Key: string, input: Partial<GetObjectCommandInput> = {}) => {
  const { Body, ...answer } = await s3.send(new GetObjectCommand({ Bucket, Key, ...input }));
  return { ...answer, text: (await Body?.transformToString()) ?? "" };
};
const head = (Key: string, input: object = {}) => s3.send(new HeadObjectCommand({ Bucket, Key, ...input }));
const copy = (source: string, Key: string, input: Partial<CopyObjectCommandInput> = {}) =>
  s3.send(new CopyObjectCommand({ Bucket, CopySource: `${Bucket}/${source}`, Key, ...input }));
const tagsOf = async (Key: string) => (await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet;

describe("headers", () => {
  test("HeadObject tells length, type, time, entity tag, metadata and storage class", async () => {
    const { Key, ETag } = await put({
      ContentType: "text/plain",
      CacheControl: "max-age=60",
      ContentDisposition: "attachment",
      ContentEncoding: "gzip",
      ContentLanguage: "de",
      Metadata: { Owner: "ann", mtime: "1700000000" },
      StorageClass: "STANDARD_IA",
    });
    const answer = await head(Key);
    expect(answer).toMatchObject({
      ContentLength: 10,
      ContentType: "text/plain",
      CacheControl: "max-age=60",
      ContentDisposition: "attachment",
      ContentEncoding: "gzip",
      ContentLanguage: "de",
      Metadata: { owner: "ann", mtime: "1700000000" },
      StorageClass: "STANDARD_IA",
      AcceptRanges: "bytes",
      ETag,
      ServerSideEncryption: "AES256",
    });
    expect(Math.abs((answer.LastModified?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test("a request can override headers of the answer", async () => {
    const { Key } = await put();
    const answer = await get(Key, { ResponseContentType: "text/csv", ResponseCacheControl: "no-store" });
    expect([answer.ContentType, answer.CacheControl]).toEqual(["text/csv", "no-store"]);
    expect((await head(Key)).ContentType).toBe("application/octet-stream");
  });

  test("an unknown storage class is refused", async () => {
    await expect(put({ StorageClass: "COLD" as never })).rejects.toMatchObject(error("InvalidStorageClass", 400));
  });

  test("a current delete marker answers 404 and says so", async () => {
    const versioned = await createBucket(target);
    const Status = { VersioningConfiguration: { Status: "Enabled" } } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket: versioned, ...Status }));
    const { Key } = await put({ Bucket: versioned });
    await s3.send(new DeleteObjectCommand({ Bucket: versioned, Key }));
    const gone = await s3.send(new GetObjectCommand({ Bucket: versioned, Key })).catch((caught: unknown) => caught);
    expect(gone).toMatchObject(error("NoSuchKey", 404));
    const { headers } = (gone as { $response?: { headers: Record<string, string> } }).$response ?? {};
    expect(headers?.["x-amz-delete-marker"]).toBe("true");
  });
});

describe("ranges", () => {
  test.for<[string, string, string]>([
    ["bytes=0-3", "0123", "bytes 0-3/10"],
    ["bytes=8-", "89", "bytes 8-9/10"],
    ["bytes=-3", "789", "bytes 7-9/10"],
    ["bytes=5-500", "56789", "bytes 5-9/10"],
  ])("the range %s is answered with 206", async ([Range, text, ContentRange]) => {
    const { Key } = await put();
    const answer = await get(Key, { Range });
    expect(answer).toMatchObject({
      text,
      ContentRange,
      ContentLength: text.length,
      $metadata: { httpStatusCode: 206 },
    });
    expect(await head(Key, { Range })).toMatchObject({ ContentRange, ContentLength: text.length });
  });

  test("a range behind the end is refused with InvalidRange", async () => {
    const { Key } = await put();
    await expect(get(Key, { Range: "bytes=10-" })).rejects.toMatchObject(error("InvalidRange", 416));
  });
});

describe("conditions", () => {
  test("reads with conditions answer 304 or 412", async () => {
    const { Key, ETag } = await put();
    await get(Key, { IfMatch: ETag });
    await get(Key, { IfModifiedSince: new Date(Date.now() - 60_000) });
    await expect(get(Key, { IfMatch: '"other"' })).rejects.toMatchObject(error("PreconditionFailed", 412));
    await expect(get(Key, { IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    await expect(head(Key, { IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    const before = new Date(Date.now() - 60_000);
    await expect(get(Key, { IfUnmodifiedSince: before })).rejects.toMatchObject(error("PreconditionFailed", 412));
  });

  test("writes with conditions create once, and replace only what was read", async () => {
    const { Key, ETag } = await put({ IfNoneMatch: "*" });
    await expect(put({ Key, IfNoneMatch: "*" })).rejects.toMatchObject(error("PreconditionFailed", 412));
    await put({ Key, IfMatch: ETag, Body: "next" });
    await expect(put({ Key, IfMatch: ETag })).rejects.toMatchObject(error("PreconditionFailed", 412));
    await expect(put({ IfMatch: ETag })).rejects.toMatchObject(error("NoSuchKey", 404));
    expect((await get(Key)).text).toBe("next");
  });
});

describe("checksums", () => {
  test.for(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const)(
    "a checksum %s is checked, stored and returned",
    async (ChecksumAlgorithm) => {
      const { Key, ...written } = await put({ ChecksumAlgorithm, Body: "123456789" });
      const name = `Checksum${ChecksumAlgorithm}` as const;
      const known = {
        CRC32: "y/Q5Jg==",
        CRC32C: "4waSgw==",
        CRC64NVME: "rosUhgp5mIg=",
        SHA1: "98O8HYCOBHMq32eZZczDTKeuNEE=",
        SHA256: "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
      };
      expect(written[name]).toBe(known[ChecksumAlgorithm]);
      const answer = await get(Key, { ChecksumMode: "ENABLED" });
      expect([answer[name], answer.ChecksumType]).toEqual([known[ChecksumAlgorithm], "FULL_OBJECT"]);
      const wrong = put({ ChecksumAlgorithm, Body: "123456789", [name]: Buffer.alloc(4).toString("base64") });
      await expect(wrong).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    },
  );
});

describe("copies", () => {
  test("a copy has body, metadata and tags of its source", async () => {
    const { Key: source } = await put({
      Key: "copies/ä b+c",
      ContentType: "text/plain",
      Metadata: { a: "b" },
      Tagging: "team=a",
      StorageClass: "STANDARD_IA",
    });
    const Key = newKey();
    const { CopyObjectResult } = await copy(encodeURIComponent(source).replaceAll("%2F", "/"), Key);
    const answer = await get(Key);
    expect(answer).toMatchObject({ text: "0123456789", ContentType: "text/plain", Metadata: { a: "b" } });
    expect([CopyObjectResult?.ETag, answer.StorageClass]).toEqual([answer.ETag, undefined]);
    expect(await tagsOf(Key)).toEqual([{ Key: "team", Value: "a" }]);
  });

  test("directives replace metadata and tags", async () => {
    const { Key: source } = await put({ Metadata: { a: "b" }, Tagging: "team=a" });
    const Key = newKey();
    await copy(source, Key, { MetadataDirective: "REPLACE", ContentType: "text/csv", Metadata: { c: "d" } });
    expect(await head(Key)).toMatchObject({ ContentType: "text/csv", Metadata: { c: "d" } });
    await copy(source, Key, { TaggingDirective: "REPLACE", Tagging: "team=b" });
    expect(await tagsOf(Key)).toEqual([{ Key: "team", Value: "b" }]);
  });

  test("a copy onto itself must change something", async () => {
    const { Key } = await put();
    await expect(copy(Key, Key)).rejects.toMatchObject(error("InvalidRequest", 400));
    await copy(Key, Key, { MetadataDirective: "REPLACE", Metadata: { touched: "1" } });
    expect((await head(Key)).Metadata).toEqual({ touched: "1" });
  });

  test("a missing source, and a condition that does not hold, are refused", async () => {
    const { Key, ETag } = await put();
    await expect(copy("none", newKey())).rejects.toMatchObject(error("NoSuchKey", 404));
    const none = copy(Key, newKey(), { CopySourceIfNoneMatch: ETag });
    await expect(none).rejects.toMatchObject(error("PreconditionFailed", 412));
    await copy(Key, newKey(), { CopySourceIfMatch: ETag });
  });
});

describe("object tags", () => {
  const putTags = (Key: string, TagSet: { Key: string; Value: string }[]) =>
    s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet } }));
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: "v" }));

  test("tags are written with the object or later, read and deleted", async () => {
    const { Key } = await put({ Tagging: "a=1&b=x%20y" });
    expect(await tagsOf(Key)).toEqual([
      { Key: "a", Value: "1" },
      { Key: "b", Value: "x y" },
    ]);
    await putTags(Key, many(10));
    expect(await tagsOf(Key)).toHaveLength(10);
    expect((await head(Key)).TagCount ?? 10).toBe(10);
    await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key }));
    expect(await tagsOf(Key)).toEqual([]);
    await expect(putTags(Key, many(11))).rejects.toMatchObject(error("BadRequest", 400));
    await expect(putTags(Key, [...many(1), ...many(1)])).rejects.toMatchObject(error("InvalidTag", 400));
    await expect(tagsOf("none")).rejects.toMatchObject(error("NoSuchKey", 404));
  });
});

describe("ACLs", () => {
  test("with ACLs disabled, only bucket-owner-full-control is accepted", async () => {
    const { Key } = await put({ ACL: "bucket-owner-full-control" });
    const { Owner, Grants } = await s3.send(new GetObjectAclCommand({ Bucket, Key }));
    expect(Grants).toMatchObject([{ Grantee: { ID: Owner?.ID }, Permission: "FULL_CONTROL" }]);
    const refused = error("AccessControlListNotSupported", 400);
    for (const ACL of ["private", "public-read"] as const) await expect(put({ ACL })).rejects.toMatchObject(refused);
    await expect(put({ GrantRead: `id="${Owner?.ID}"` })).rejects.toMatchObject(refused);
    const later = s3.send(new PutObjectAclCommand({ Bucket, Key, ACL: "public-read" }));
    await expect(later).rejects.toMatchObject(refused);
  });

  test("with ACLs enabled, Block Public Access still refuses public ACLs", async () => {
    const name = await createBucket(target);
    const OwnershipControls = { Rules: [{ ObjectOwnership: "BucketOwnerPreferred" as const }] };
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket: name, OwnershipControls }));
    await put({ Bucket: name, ACL: "private" });
    await expect(put({ Bucket: name, ACL: "public-read" })).rejects.toMatchObject(error("AccessDenied", 403));
  });
});

describe("archived objects", () => {
  test("an object that is not archived cannot be restored", async () => {
    const { Key } = await put();
    const restore = s3.send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest: { Days: 1 } }));
    await expect(restore).rejects.toMatchObject(error("InvalidObjectState", 403));
  });

  simulatorTest("an archived object is read after its restore, until that ends", async () => {
    const { Key } = await put({ StorageClass: "GLACIER" });
    const restore = () => s3.send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest: { Days: 2 } }));
    await expect(get(Key)).rejects.toMatchObject(error("InvalidObjectState", 403));
    await expect(copy(Key, newKey())).rejects.toMatchObject(error("ObjectNotInActiveTierError", 403));
    expect((await restore()).$metadata.httpStatusCode).toBe(202);
    expect((await head(Key)).Restore).toBe('ongoing-request="true"');
    await expect(restore()).rejects.toMatchObject(error("RestoreAlreadyInProgress", 409));
    const [version] = target.simulator.account(target.accountId).buckets.get(Bucket)?.objects.get(Key) ?? [];
    if (version !== undefined) version.restored = Date.now() + 3_600_000;
    expect((await get(Key)).text).toBe("0123456789");
    expect((await head(Key)).Restore).toContain('ongoing-request="false"');
    expect((await restore()).$metadata.httpStatusCode).toBe(200);
    if (version !== undefined) version.restored = Date.now() - 1;
    await expect(get(Key)).rejects.toMatchObject(error("InvalidObjectState", 403));
  });
});

/**
 * Multipart uploads and their objects.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */

import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type CreateMultipartUploadCommandInput,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, startTarget } from "./target.ts";

const target = await startTarget();
afterAll(() => target.stop());
const Bucket = await createBucket(target);
const s3 = target.s3();
const MIB = 1024 * 1024;
const FIRST = "a".repeat(5 * MIB);
const LAST = "0123456789";

/** An object of two parts. */
async function uploaded(Key: string, input: Partial<CreateMultipartUploadCommandInput> = {}) {
  const at = { Bucket, Key };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...at, ...input }));
  const Parts: CompletedPart[] = [];
  for (const [index, Body] of [FIRST, LAST].entries()) {
    const algorithm = input.ChecksumAlgorithm === undefined ? {} : { ChecksumAlgorithm: input.ChecksumAlgorithm };
    const upload = new UploadPartCommand({ ...at, UploadId, PartNumber: index + 1, Body, ...algorithm });
    const part = await s3.send(upload);
    Parts.push({ ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32, PartNumber: index + 1 });
  }
  const listed = await s3.send(new ListPartsCommand({ ...at, UploadId }));
  const done = await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
  return { ...at, listed, done };
}

describe("an object of several parts", () => {
  let object: Awaited<ReturnType<typeof uploaded>>;
  beforeAll(async () => {
    object = await uploaded("large", {
      ContentType: "text/plain",
      Metadata: { a: "b" },
      StorageClass: "STANDARD_IA",
      Tagging: "team=a",
      ChecksumAlgorithm: "CRC32",
    });
  });

  test("the object has the properties that its upload began with", async () => {
    const { Bucket: name, Key } = object;
    expect(await s3.send(new HeadObjectCommand({ Bucket: name, Key }))).toMatchObject({
      ContentLength: 5 * MIB + 10,
      ContentType: "text/plain",
      Metadata: { a: "b" },
      StorageClass: "STANDARD_IA",
      ETag: object.done.ETag,
    });
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: name, Key }));
    expect(TagSet).toEqual([{ Key: "team", Value: "a" }]);
  });

  test("its parts are read by number", async () => {
    const get = (PartNumber: number) => s3.send(new GetObjectCommand({ Bucket, Key: "large", PartNumber }));
    const { Body, PartsCount, ContentRange } = await get(2);
    expect([await Body?.transformToString(), PartsCount]).toEqual([LAST, 2]);
    expect(ContentRange).toBe(`bytes ${5 * MIB}-${5 * MIB + 9}/${5 * MIB + 10}`);
    await expect(get(3)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });

  test("its checksum is that of the checksums of its parts", async () => {
    expect(object.listed.Parts?.map(({ ChecksumCRC32 }) => ChecksumCRC32)).not.toContain(undefined);
    expect(object.done).toMatchObject({ ChecksumType: "COMPOSITE" });
    expect(object.done.ChecksumCRC32).toMatch(/-2$/);
  });

  test("a copy of the object has one part", async () => {
    const Key = "copy-of-large";
    await s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/large` }));
    const copy = await s3.send(new HeadObjectCommand({ Bucket, Key, PartNumber: 1 }));
    expect([copy.PartsCount ?? 1, copy.ETag?.includes("-"), copy.Metadata]).toEqual([1, false, { a: "b" }]);
  });
});

describe("parts", () => {
  test("a part is copied from a range of another object", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "source", Body: LAST }));
    const at = { Bucket, Key: "assembled" };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at));
    const CopySource = `${Bucket}/source`;
    const copy = (CopySourceRange: string) =>
      s3.send(new UploadPartCopyCommand({ ...at, UploadId, PartNumber: 1, CopySource, CopySourceRange }));
    await expect(copy("0-3")).rejects.toMatchObject({ name: "InvalidArgument" });
    const { CopyPartResult } = await copy("bytes=2-5");
    const Parts = [{ PartNumber: 1, ETag: CopyPartResult?.ETag }];
    const complete = new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } });
    await s3.send(complete);
    expect(await (await s3.send(new GetObjectCommand(at))).Body?.transformToString()).toBe("2345");
  });

  test("an upload completes only once if the key must not exist", async () => {
    const at = { Bucket, Key: "once" };
    const start = async () => {
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at));
      const { ETag } = await s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: "x" }));
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      return new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload, IfNoneMatch: "*" });
    };
    const [first, second] = [await start(), await start()];
    await s3.send(first);
    await expect(s3.send(second)).rejects.toMatchObject({ name: "PreconditionFailed" });
  });
});

/**
 * The bucket itself. Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html,
 * API_HeadBucket.html, API_DeleteBucket.html and, where a title names a section, aws.md.
 */

import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulatorTest, startTarget, type Target } from "./target.ts";

let target: Target;

beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

async function createdBucket(): Promise<string> {
  const Bucket = target.bucketName();
  await target.s3().send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

describe("CreateBucket", () => {
  test("in us-east-1 says nothing of the region, which reads back as no location", async () => {
    const Bucket = await createdBucket();
    const { LocationConstraint } = await target.s3().send(new GetBucketLocationCommand({ Bucket }));
    expect(LocationConstraint).toBeUndefined();
    expect((await target.s3().send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe("us-east-1");
  });

  test("elsewhere names the region, and HeadBucket answers it", async () => {
    const s3 = target.s3({ region: "eu-west-1" });
    const Bucket = target.bucketName("eu-west-1");
    await s3.send(new CreateBucketCommand({ Bucket }));
    expect((await s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe("eu-west-1");
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe("eu-west-1");
  });

  test("refuses us-east-1 as a constraint, and another region than the endpoint's (aws.md 2.2)", async () => {
    const inUsEast1 = { LocationConstraint: "us-east-1" as never };
    await expect(
      target.s3().send(new CreateBucketCommand({ Bucket: target.bucketName(), CreateBucketConfiguration: inUsEast1 })),
    ).rejects.toMatchObject({ name: "InvalidLocationConstraint", $metadata: { httpStatusCode: 400 } });
    await expect(
      target.s3({ region: "eu-west-1" }).send(
        new CreateBucketCommand({
          Bucket: target.bucketName(),
          CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
        }),
      ),
    ).rejects.toMatchObject({ name: "IllegalLocationConstraintException" });
  });

  test.for(["Upper-case", "two..dots", "10.1.2.3", "xn--name", "name-s3alias", "ab"])(
    "refuses the name %s (bucketnamingrules.html)",
    async (Bucket) => {
      const created = target.s3().send(new CreateBucketCommand({ Bucket }));
      await expect(created).rejects.toMatchObject({ name: "InvalidBucketName" });
    },
  );

  test("of a bucket of one's own is 200 in us-east-1 and 409 elsewhere (aws.md 2.2)", async () => {
    const Bucket = await createdBucket();
    await target.s3().send(new CreateBucketCommand({ Bucket }));
    const s3 = target.s3({ region: "eu-west-1" });
    const other = target.bucketName("eu-west-1");
    await s3.send(new CreateBucketCommand({ Bucket: other }));
    const again = s3.send(new CreateBucketCommand({ Bucket: other }));
    await expect(again).rejects.toMatchObject({ name: "BucketAlreadyOwnedByYou", $metadata: { httpStatusCode: 409 } });
  });

  simulatorTest("of one's own bucket again in us-east-1 resets its ACL (aws.md 2.2)", async () => {
    const Bucket = await createdBucket();
    const bucket = target.simulator.account(target.accountId).buckets.get(Bucket);
    Object.assign(bucket ?? {}, { acl: "public-read" });
    await target.s3().send(new CreateBucketCommand({ Bucket }));
    expect(bucket?.acl).toBe("private");
  });

  simulatorTest("of somebody else's bucket is 409 BucketAlreadyExists: names are global", async () => {
    const Bucket = target.bucketName();
    target.simulator.account("999988887777").createBucket(Bucket);
    const created = target.s3().send(new CreateBucketCommand({ Bucket }));
    await expect(created).rejects.toMatchObject({ name: "BucketAlreadyExists", $metadata: { httpStatusCode: 409 } });
  });

  simulatorTest("logs the further IAM actions of tags, ownership and object lock (aws.md 2.1)", async () => {
    const Bucket = target.bucketName();
    await target.s3().send(
      new CreateBucketCommand({
        Bucket,
        ObjectOwnership: "BucketOwnerEnforced",
        ObjectLockEnabledForBucket: true,
        CreateBucketConfiguration: { Tags: [{ Key: "owner", Value: "me" }] },
      }),
    );
    expect(target.simulator.calls.of(Bucket)[0]?.actions).toEqual([
      "s3:CreateBucket",
      "s3:TagResource",
      "s3:PutBucketOwnershipControls",
      "s3:PutBucketObjectLockConfiguration",
      "s3:PutBucketVersioning",
    ]);
    const { Status } = await target.s3().send(new GetBucketVersioningCommand({ Bucket }));
    expect(Status).toBe("Enabled");
  });

  simulatorTest("with tags needs s3:TagResource and creates nothing without it (aws.md 2.1)", async () => {
    const Bucket = target.bucketName();
    const allow = target.simulator.faults.deny("s3:TagResource");
    const created = target
      .s3()
      .send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { Tags: [{ Key: "owner", Value: "me" }] } }));
    await expect(created).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining("is not authorized to perform: s3:TagResource on resource:") as string,
    });
    allow();
    await expect(target.s3().send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "NotFound" });
  });
});

describe("HeadBucket", () => {
  test("of no bucket is 404 without a body", async () => {
    const head = target.s3().send(new HeadBucketCommand({ Bucket: target.bucketName() }));
    await expect(head).rejects.toMatchObject({ name: "NotFound", $metadata: { httpStatusCode: 404 } });
  });

  test("from another region is 301 with the bucket's region in a header", async () => {
    const Bucket = await createdBucket();
    const head = target.s3({ region: "eu-west-1" }).send(new HeadBucketCommand({ Bucket }));
    await expect(head).rejects.toMatchObject({
      $metadata: { httpStatusCode: 301 },
      $response: { headers: { "x-amz-bucket-region": "us-east-1" } },
    });
  });

  simulatorTest("of somebody else's bucket is 403", async () => {
    const Bucket = target.bucketName();
    target.simulator.account("999988887777").createBucket(Bucket);
    const head = target.s3().send(new HeadBucketCommand({ Bucket }));
    await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });
});

describe("ExpectedBucketOwner (bucket-owner-condition.html)", () => {
  test("lets the owner through and refuses another account with 403", async () => {
    const Bucket = await createdBucket();
    await target.s3().send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner: target.accountId }));
    const other = target.s3().send(new GetBucketVersioningCommand({ Bucket, ExpectedBucketOwner: "444455556666" }));
    await expect(other).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
  });
});

test("another region is 301 PermanentRedirect for other calls (Redirects.html)", async () => {
  const Bucket = await createdBucket();
  const elsewhere = target.s3({ region: "eu-west-1" }).send(new GetBucketVersioningCommand({ Bucket }));
  await expect(elsewhere).rejects.toMatchObject({ name: "PermanentRedirect", $metadata: { httpStatusCode: 301 } });
});

test("ListBuckets has the account's buckets", async () => {
  const Bucket = await createdBucket();
  const { Buckets = [] } = await target.s3().send(new ListBucketsCommand({}));
  expect(Buckets.map(({ Name }) => Name)).toContain(Bucket);
});

describe("DeleteBucket", () => {
  test("of an empty bucket leaves nothing, and of no bucket is 404", async () => {
    const Bucket = await createdBucket();
    await target.s3().send(new DeleteBucketCommand({ Bucket }));
    const again = target.s3().send(new DeleteBucketCommand({ Bucket }));
    await expect(again).rejects.toMatchObject({ name: "NoSuchBucket", $metadata: { httpStatusCode: 404 } });
  });

  test("waits for every version and delete marker", async () => {
    const s3 = target.s3();
    const Bucket = await createdBucket();
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    for (const Body of ["one", "two"]) await s3.send(new PutObjectCommand({ Bucket, Key: "a/b c", Body }));
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "a/b c" }] } }));
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    const notEmpty = { name: "BucketNotEmpty", $metadata: { httpStatusCode: 409 } };
    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject(notEmpty);

    const all = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect([all.Versions?.length, all.DeleteMarkers?.length, all.DeleteMarkers?.[0]?.IsLatest]).toEqual([2, 1, true]);
    const Objects = [...(all.Versions ?? []), ...(all.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
      Key,
      VersionId,
    }));
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted).toHaveLength(3);
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });

  test("pages of versions go on where the last one ended", async () => {
    const s3 = target.s3();
    const Bucket = await createdBucket();
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    for (const Key of ["a", "a", "a", "b"]) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    const first = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 2 }));
    const { NextKeyMarker, NextVersionIdMarker, IsTruncated } = first;
    expect(IsTruncated).toBe(true);
    const second = await s3.send(
      new ListObjectVersionsCommand({ Bucket, KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker }),
    );
    expect(second.IsTruncated).toBe(false);
    expect([...(first.Versions ?? []), ...(second.Versions ?? [])].map(({ Key }) => Key)).toEqual(["a", "a", "a", "b"]);

    const Objects = (first.Versions ?? []).map(({ Key, VersionId }) => ({ Key, VersionId }));
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    const afterDeletion = await s3.send(
      new ListObjectVersionsCommand({ Bucket, KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker }),
    );
    const idsOf = (versions: { VersionId?: string | undefined }[] = []) => versions.map(({ VersionId }) => VersionId);
    expect(idsOf(afterDeletion.Versions)).toEqual(idsOf(second.Versions));
  });

  simulatorTest("waits for uploads in progress, which ListMultipartUploads shows (see README: doubtful)", async () => {
    const s3 = target.s3();
    const Bucket = await createdBucket();
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "k" }));
    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "BucketNotEmpty" });
    const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads).toMatchObject([{ Key: "k", UploadId }]);
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "k", UploadId }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });
});

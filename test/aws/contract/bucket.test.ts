/** Creating, finding and deleting buckets: FACTS.md#s3-buckets-and-regions and FACTS.md#s3-permissions. */

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
  type ListBucketsCommandInput,
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
  test("CreateBucket in us-east-1 needs no region, and the location reads back as absent", async () => {
    const Bucket = await createdBucket();
    const { LocationConstraint } = await target.s3().send(new GetBucketLocationCommand({ Bucket }));
    expect(LocationConstraint).toBeUndefined();
    expect((await target.s3().send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe("us-east-1");
  });

  test("CreateBucket in another region names it, and HeadBucket answers it", async () => {
    const s3 = target.s3({ region: "eu-west-1" });
    const Bucket = target.bucketName("eu-west-1");
    await s3.send(new CreateBucketCommand({ Bucket }));
    expect((await s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe("eu-west-1");
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe("eu-west-1");
  });

  test("CreateBucket refuses the constraint us-east-1, and constraints that differ from the endpoint", async () => {
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
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    "CreateBucket refuses the name %s",
    async (Bucket) => {
      const created = target.s3().send(new CreateBucketCommand({ Bucket }));
      await expect(created).rejects.toMatchObject({ name: "InvalidBucketName" });
    },
  );

  test("CreateBucket of a bucket that the account owns answers 200 in us-east-1 and 409 elsewhere", async () => {
    const Bucket = await createdBucket();
    await target.s3().send(new CreateBucketCommand({ Bucket }));
    const s3 = target.s3({ region: "eu-west-1" });
    const other = target.bucketName("eu-west-1");
    await s3.send(new CreateBucketCommand({ Bucket: other }));
    const again = s3.send(new CreateBucketCommand({ Bucket: other }));
    await expect(again).rejects.toMatchObject({ name: "BucketAlreadyOwnedByYou", $metadata: { httpStatusCode: 409 } });
  });

  simulatorTest("CreateBucket of a bucket that the account owns resets its ACL in us-east-1", async () => {
    const Bucket = await createdBucket();
    const bucket = target.simulator.account(target.accountId).buckets.get(Bucket);
    Object.assign(bucket ?? {}, { acl: "public-read" });
    await target.s3().send(new CreateBucketCommand({ Bucket }));
    expect(bucket?.acl).toBe("private");
  });

  simulatorTest("CreateBucket of another account's bucket answers 409 BucketAlreadyExists", async () => {
    const Bucket = target.bucketName();
    target.simulator.account("999988887777").createBucket(Bucket);
    const created = target.s3().send(new CreateBucketCommand({ Bucket }));
    await expect(created).rejects.toMatchObject({ name: "BucketAlreadyExists", $metadata: { httpStatusCode: 409 } });
  });

  simulatorTest("CreateBucket needs further IAM actions for tags, ownership and object lock", async () => {
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

  simulatorTest("CreateBucket with tags creates nothing without s3:TagResource", async () => {
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
  test("HeadBucket of a missing bucket answers 404 without a body", async () => {
    const head = target.s3().send(new HeadBucketCommand({ Bucket: target.bucketName() }));
    await expect(head).rejects.toMatchObject({ name: "NotFound", $metadata: { httpStatusCode: 404 } });
  });

  test("HeadBucket from another region answers 301 with the bucket's region in a header", async () => {
    const Bucket = await createdBucket();
    const head = target.s3({ region: "eu-west-1" }).send(new HeadBucketCommand({ Bucket }));
    await expect(head).rejects.toMatchObject({
      $metadata: { httpStatusCode: 301 },
      $response: { headers: { "x-amz-bucket-region": "us-east-1" } },
    });
  });

  simulatorTest("HeadBucket of another account's bucket answers 403", async () => {
    const Bucket = target.bucketName();
    target.simulator.account("999988887777").createBucket(Bucket);
    const head = target.s3().send(new HeadBucketCommand({ Bucket }));
    await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
describe("ExpectedBucketOwner", () => {
  test("ExpectedBucketOwner accepts the owner and refuses another account with 403", async () => {
    const Bucket = await createdBucket();
    await target.s3().send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner: target.accountId }));
    const other = target.s3().send(new GetBucketVersioningCommand({ Bucket, ExpectedBucketOwner: "444455556666" }));
    await expect(other).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
  });
});

test("other calls from another region answer 301 PermanentRedirect", async () => {
  const Bucket = await createdBucket();
  const elsewhere = target.s3({ region: "eu-west-1" }).send(new GetBucketVersioningCommand({ Bucket }));
  await expect(elsewhere).rejects.toMatchObject({ name: "PermanentRedirect", $metadata: { httpStatusCode: 301 } });
});

simulatorTest("ListBuckets has pages, and filters by prefix and region", async () => {
  const account = target.simulator.account("222233334444");
  for (const name of ["listed-b", "listed-a", "listed-c", "other"]) {
    account.createBucket(name, name === "listed-c" ? "eu-west-1" : "us-east-1");
  }
  const list = async (input: ListBucketsCommandInput) => {
    const command = new ListBucketsCommand({ Prefix: "listed-", ...input });
    const { Buckets = [], ContinuationToken } = await target.s3(account).send(command);
    return { names: Buckets.map(({ Name }) => Name), ContinuationToken };
  };
  const first = await list({ MaxBuckets: 2 });
  expect(first.names).toEqual(["listed-a", "listed-b"]);
  expect(await list({ ContinuationToken: first.ContinuationToken })).toEqual({ names: ["listed-c"] });
  expect((await list({ BucketRegion: "eu-west-1" })).names).toEqual(["listed-c"]);
});

test("ListBuckets lists the account's buckets", async () => {
  const Bucket = await createdBucket();
  const { Buckets = [] } = await target.s3().send(new ListBucketsCommand({}));
  expect(Buckets.map(({ Name }) => Name)).toContain(Bucket);
});

describe("DeleteBucket", () => {
  test("DeleteBucket deletes an empty bucket, and answers 404 for a missing one", async () => {
    const Bucket = await createdBucket();
    await target.s3().send(new DeleteBucketCommand({ Bucket }));
    const again = target.s3().send(new DeleteBucketCommand({ Bucket }));
    await expect(again).rejects.toMatchObject({ name: "NoSuchBucket", $metadata: { httpStatusCode: 404 } });
  });

  test("DeleteBucket fails while the bucket has versions or delete markers", async () => {
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

  test("ListObjectVersions continues at the marker, also after the marked version is deleted", async () => {
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

  simulatorTest("DeleteBucket fails while uploads are in progress", async () => {
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

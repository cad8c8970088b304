import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { CONFIRM_DELETE_CONTENTS, RECONCILE_REQUESTED_AT } from "../../operator/api/names.ts";
import type { S3Bucket } from "../../operator/api/types.ts";
import { condition, isReady } from "../integration/support/expect/states.ts";
import { startOperator } from "../integration/support/process/operator.ts";
import { readyBucket } from "../integration/support/world/buckets.ts";
import { createLocalStackWorld, type LocalStackWorld } from "./world.ts";

const isNotEmpty = (bucket: S3Bucket) =>
  bucket.metadata.deletionTimestamp !== undefined && condition(bucket, "Ready")?.reason === "BucketNotEmpty";

/** Keys that a listing without URL encoding or a request without XML escapes would damage. */
const ODD_KEYS = ["a b", "a+b", "100%", "%25", "a&b", "<x>", "ä/ü.txt", "deep/er/", "'\"", "tab\tkey"];

async function isGone({ person }: LocalStackWorld, Bucket: string): Promise<boolean> {
  return person.send(new HeadBucketCommand({ Bucket })).then(
    () => false,
    (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode === 404,
  );
}

/** Two versions of each odd key, the last under a delete marker, and an unfinished upload. */
async function fill({ person }: LocalStackWorld, Bucket: string): Promise<void> {
  for (const Key of ODD_KEYS) {
    await person.send(new PutObjectCommand({ Bucket, Key, Body: "one" }));
    await person.send(new PutObjectCommand({ Bucket, Key, Body: "two" }));
  }
  await person.send(new DeleteObjectCommand({ Bucket, Key: ODD_KEYS.at(-1) }));
  await person.send(new CreateMultipartUploadCommand({ Bucket, Key: "un finished+" }));
}

test("Retain keeps the bucket with its objects, and turns the ownership tags into a release tag", async () => {
  await using world = await createLocalStackWorld();
  await using _operator = startOperator(world);
  const Bucket = world.bucketName("docs");
  await readyBucket(world, "docs", { tags: { team: "documents" } });
  await world.person.send(new PutObjectCommand({ Bucket, Key: "a", Body: "a" }));
  await world.deleteBucket("docs");
  await world.gone("docs");
  const { TagSet = [] } = await world.person.send(new GetBucketTaggingCommand({ Bucket }));
  expect(Object.fromEntries(TagSet.map(({ Key = "", Value }) => [Key, Value]))).toEqual({
    team: "documents",
    "s3-operator.io/origin": "Created",
    "s3-operator.io/released-by": `test/${world.name}/docs`,
  });
  const { Versions = [] } = await world.person.send(new ListObjectVersionsCommand({ Bucket }));
  expect(Versions).toHaveLength(1);
});

test("DeleteIfEmpty waits for the last version and delete marker, then deletes the bucket", async () => {
  await using world = await createLocalStackWorld();
  await using _operator = startOperator(world, { pollIntervalMs: 500 });
  const Bucket = world.bucketName("docs");
  await readyBucket(world, "docs", { versioning: "Enabled", deletionPolicy: "DeleteIfEmpty" });
  const { VersionId } = await world.person.send(new PutObjectCommand({ Bucket, Key: "a", Body: "a" }));
  const { VersionId: marker } = await world.person.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
  await world.deleteBucket("docs");
  await world.bucketWhen("docs", isNotEmpty);
  await world.person.send(new DeleteObjectCommand({ Bucket, Key: "a", VersionId }));
  expect(await isGone(world, Bucket)).toBe(false);
  await world.person.send(new DeleteObjectCommand({ Bucket, Key: "a", VersionId: marker }));
  await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: "emptied" });
  await world.gone("docs");
  expect(await isGone(world, Bucket)).toBe(true);
});

test("DeleteWithContents deletes odd keys, versions, delete markers and an unfinished upload with the bucket", async () => {
  await using world = await createLocalStackWorld();
  await using _operator = startOperator(world);
  const Bucket = world.bucketName("docs");
  await world.applyAccount({ allowedDeletionPolicies: ["DeleteWithContents"] });
  const annotations = { [CONFIRM_DELETE_CONTENTS]: Bucket };
  const spec = { bucketName: Bucket, versioning: "Enabled", deletionPolicy: "DeleteWithContents" } as const;
  await world.applyBucket("docs", spec, { annotations });
  await world.bucketWhen("docs", isReady);
  await fill(world, Bucket);
  await world.deleteBucket("docs");
  await world.gone("docs");
  expect(await isGone(world, Bucket)).toBe(true);
});

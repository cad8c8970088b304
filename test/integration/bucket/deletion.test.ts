import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { FINALIZER, RECONCILE_REQUESTED_AT } from "../../../operator/api/names.ts";
import type { S3Bucket } from "../../../operator/api/types.ts";
import { kstatus } from "../../conformance/kstatus.ts";
import { eventWhen } from "../support/expect/events.ts";
import { expectSoundHistory, operatorCalls, operatorWrites } from "../support/expect/invariants.ts";
import { condition, isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket, snapshot, tagsAt } from "../support/world/buckets.ts";
import { loseAccount } from "../support/world/lost-account.ts";
import { fullSpec } from "../support/world/specs.ts";
import { createWorld, type World } from "../support/world/world.ts";

const isNotEmpty = (bucket: S3Bucket) =>
  bucket.metadata.deletionTimestamp !== undefined && condition(bucket, "Ready")?.reason === "BucketNotEmpty";

test("Retain turns the ownership tags into a release tag and keeps everything else", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const Bucket = world.bucketName("docs");
  await readyBucket(world, "docs", fullSpec(Bucket, await world.createKey()));
  await world.person.send(new PutObjectCommand({ Bucket, Key: "a", Body: "a" }));
  const before = snapshot(world, Bucket);
  await world.deleteBucket("docs");
  await world.gone("docs");
  const released = {
    team: "documents",
    "s3-operator.io/origin": "Created",
    "s3-operator.io/released-by": `test/${world.name}/docs`,
  };
  expect(snapshot(world, Bucket)).toEqual({ ...before, tags: expect.any(Map) as unknown });
  expect(tagsAt(world, Bucket)).toEqual(released);
  expect(await eventWhen(world, "docs", "BucketReleased")).toMatchObject({ type: "Normal" });
  expectSoundHistory(world);
});

interface Outage {
  what: string;
  cause: (world: World) => unknown;
  says: string;
}

/** The operator has noticed: it watches accounts and buckets by different connections. */
const isNotReady = (bucket: S3Bucket) => !isReady(bucket);

const OUTAGES: Outage[] = [
  { what: "AWS is unreachable", cause: ({ simulator }) => simulator.faults.connectionReset(), says: "" },
  { what: "AWS returns errors", cause: ({ simulator }) => simulator.faults.internalError(), says: "" },
  {
    what: "reading the tags is denied",
    cause: ({ simulator }) => simulator.faults.deny("s3:ListTagsForResource"),
    says: "s3:ListTagsForResource",
  },
  {
    what: "writing the tags is denied",
    cause: ({ simulator }) => simulator.faults.deny("s3:TagResource"),
    says: "s3:TagResource",
  },
  {
    what: "the account is lost",
    cause: async (world) => {
      await loseAccount(world.kube, world.name);
      await world.bucketWhen("docs", isNotReady);
    },
    says: "AWSAccount",
  },
  {
    what: "the account no longer admits the namespace",
    cause: async (world) => {
      await world.applyAccount({ allowedNamespaces: { names: [] } });
      await world.bucketWhen("docs", isNotReady);
    },
    says: "AWSAccount",
  },
];

test.for(OUTAGES)("with Retain the object is deleted even when $what, with a Warning", async ({ cause, says }) => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs");
  await cause(world);
  await world.deleteBucket("docs");
  await world.gone("docs");
  const event = await eventWhen(world, "docs", "BucketNotReleased");
  expect(event.type).toBe("Warning");
  expect(event.note).toContain(says);
  expect(tagsAt(world, world.bucketName("docs"))["s3-operator.io/name"]).toBe("docs");
  expectSoundHistory(world);
});

test("DeleteIfEmpty deletes an empty bucket, and the object after it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", { deletionPolicy: "DeleteIfEmpty" });
  let seenGone = false;
  world.simulator.faults.onCall(({ operation, status }) => {
    seenGone ||= operation === "HeadBucket" && status === 404;
  });
  const goneFirst = world.gone("docs").then(() => seenGone);
  await world.deleteBucket("docs");
  expect(await goneFirst, "the finalizer is removed after the bucket was read as gone").toBe(true);
  expect(world.account.buckets.has(world.bucketName("docs"))).toBe(false);
  expect(await eventWhen(world, "docs", "BucketDeleted")).toMatchObject({ type: "Normal" });
  expectSoundHistory(world);
});

test("DeleteIfEmpty finishes when a user has deleted the bucket already", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", { deletionPolicy: "DeleteIfEmpty" });
  world.account.buckets.delete(world.bucketName("docs"));
  await world.deleteBucket("docs");
  await world.gone("docs");
  expect(world.simulator.calls.count("s3:DeleteBucket")).toBe(0);
  expectSoundHistory(world);
});

test("DeleteIfEmpty does not delete a bucket that belongs to another owner meanwhile", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("docs");
  await readyBucket(world, "docs", { deletionPolicy: "DeleteIfEmpty" });
  atAws(world, bucketName).tags.set("s3-operator.io/name", "another");
  const [before, writes] = [snapshot(world, bucketName), operatorWrites(world).length];
  await world.deleteBucket("docs");
  await world.gone("docs");
  expect(snapshot(world, bucketName)).toEqual(before);
  expect(operatorWrites(world)).toHaveLength(writes);
  expectSoundHistory(world);
});

interface Content {
  what: string;
  put: (world: World, Bucket: string) => Promise<unknown>;
}

const CONTENTS: Content[] = [
  {
    what: "an object",
    put: ({ person }, Bucket) => person.send(new PutObjectCommand({ Bucket, Key: "a", Body: "a" })),
  },
  {
    what: "a delete marker",
    put: ({ person }, Bucket) => person.send(new DeleteObjectCommand({ Bucket, Key: "a" })),
  },
  {
    what: "an old version under a delete marker",
    put: async ({ person }, Bucket) => {
      await person.send(new PutObjectCommand({ Bucket, Key: "a", Body: "a" }));
      await person.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
    },
  },
  {
    what: "a multipart upload",
    put: ({ person }, Bucket) => person.send(new CreateMultipartUploadCommand({ Bucket, Key: "a" })),
  },
];

/** Empties the bucket, as a user does who wants it deleted. */
async function empty(world: World, Bucket: string): Promise<void> {
  const { person } = world;
  const { Versions = [], DeleteMarkers = [] } = await person.send(new ListObjectVersionsCommand({ Bucket }));
  for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
    await person.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  for (const [UploadId, { key: Key }] of atAws(world, Bucket).uploads)
    await person.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
}

test.for(CONTENTS)(
  "DeleteIfEmpty waits while the bucket has $what, and continues when it is empty",
  async ({ put }) => {
    await using world = await createWorld();
    await using _operator = startOperator(world, { pollIntervalMs: 200 });
    const Bucket = world.bucketName("docs");
    await readyBucket(world, "docs", { versioning: "Enabled", deletionPolicy: "DeleteIfEmpty" });
    await put(world, Bucket);
    const before = snapshot(world, Bucket);
    await world.deleteBucket("docs");
    const waiting = await world.bucketWhen("docs", isNotEmpty);
    expect(kstatus(waiting)).toBe("Terminating");
    expect(waiting.metadata.finalizers).toEqual([FINALIZER]);
    expect(snapshot(world, Bucket)).toEqual(before);

    await expectQuiet(world, Bucket);
    await empty(world, Bucket);
    await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: "emptied" });
    await world.gone("docs");
    expect(world.account.buckets.has(Bucket)).toBe(false);
    expectSoundHistory(world);
  },
);

/** Asserts that this bucket costs no call while another bucket is polled several times. */
async function expectQuiet(world: World, bucketName: string): Promise<void> {
  const of = (name: string) => operatorCalls(world).filter(({ bucket }) => bucket === name).length;
  const before = of(bucketName);
  const other = world.bucketName("other");
  await world.applyBucket("other", { bucketName: other });
  await world.bucketWhen("other", isReady);
  await eventually(
    () => of(other),
    (count) => count > 30,
  );
  expect(of(bucketName), "there is no hot loop").toBe(before);
}

test("a denied DeleteIfEmpty names the action, and Retain then deletes the object", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", { deletionPolicy: "DeleteIfEmpty" });
  world.simulator.faults.deny("s3:DeleteBucket");
  await world.deleteBucket("docs");
  const denied = await world.bucketWhen("docs", (bucket) => condition(bucket, "Ready")?.reason === "AccessDenied");
  expect(condition(denied, "Ready")?.message).toContain("s3:DeleteBucket");
  await world.editSpec("docs", { deletionPolicy: "Retain" });
  await world.gone("docs");
  expect(tagsAt(world, world.bucketName("docs"))).toHaveProperty("s3-operator.io/released-by");
  expectSoundHistory(world);
});

test("DeleteIfEmpty waits for AWS, and never releases a bucket that it could not read", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", { deletionPolicy: "DeleteIfEmpty" });
  const reachable = world.simulator.faults.connectionReset();
  await world.deleteBucket("docs");
  const failing = await world.bucketWhen("docs", (bucket) => condition(bucket, "Ready")?.status === "False");
  expect(failing.metadata.finalizers).toEqual([FINALIZER]);
  expect(condition(failing, "Stalled")).toBeUndefined();
  reachable();
  await world.gone("docs");
  expect(world.account.buckets.has(world.bucketName("docs"))).toBe(false);
  expectSoundHistory(world);
});

test("an object that never had a bucket is deleted without a call to AWS", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), deletionPolicy: "DeleteIfEmpty" });
  await world.bucketWhen("docs", (bucket) => condition(bucket, "Ready")?.reason === "AccountNotAvailable");
  await world.deleteBucket("docs");
  await world.gone("docs");
  expect(operatorCalls(world)).toEqual([]);
  expectSoundHistory(world);
});

import {
  DeleteBucketCommand,
  PutBucketCorsCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { S3Bucket } from "../../../operator/api/types.ts";
import { kstatus } from "../../conformance/kstatus.ts";
import { eventsOf } from "../support/expect/events.ts";
import { expectInvariants, operatorWrites, reconcileAgain } from "../support/expect/invariants.ts";
import { condition, isReady, isReconciling, isStalled, settingState } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket, snapshot, tagsAt } from "../support/world/buckets.ts";
import { createWorld, type World } from "../support/world/world.ts";

const isPlanned = isReconciling("ChangesPlanned");

/** Switches to mode Enforce, and asserts that its writes are those of the plan. */
async function expectPlanApplied(world: World, planned: S3Bucket, name: string): Promise<S3Bucket> {
  const before = operatorWrites(world).length;
  await world.editSpec(name, { mode: "Enforce" });
  const ready = await world.bucketWhen(name, isReady);
  const settings = new Set(planned.status?.plan?.map(({ setting }) => setting));
  expect(new Set(operatorWrites(world).slice(before).map(settingOf))).toEqual(settings);
  expect(ready.status?.plan).toBeUndefined();
  return ready;
}

const SETTING_OF: Record<string, string> = {
  CreateBucket: "bucket",
  TagResource: "tags",
  PutPublicAccessBlock: "publicAccessBlock",
  PutBucketVersioning: "versioning",
  PutBucketCors: "cors",
};

function settingOf({ operation }: { operation: string }): string {
  return SETTING_OF[operation] ?? operation;
}

test("Observe of a missing bucket plans its creation, and writes nothing", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("docs");
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName, mode: "Observe", baseline: "None" });
  const planned = await world.bucketWhen("docs", isPlanned);
  expect(planned.status?.plan).toEqual([{ setting: "bucket", path: "", desired: bucketName }]);
  expect(planned.metadata.finalizers).toBeUndefined();
  expect(kstatus(planned)).toBe("InProgress");
  await reconcileAgain(world, "docs");
  expect(operatorWrites(world)).toEqual([]);
  expect(world.account.buckets.has(bucketName)).toBe(false);
  const ready = await expectPlanApplied(world, planned, "docs");
  expect(ready.metadata.finalizers).toEqual(["s3-operator.io/finalizer"]);
  await expectInvariants(world);
});

test("Observe of a bucket that may be adopted gives the exact plan, which Enforce then applies", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("old");
  const bucket = world.account.createBucket(bucketName, "eu-central-1");
  bucket.tags.set("env", "test");
  await world.applyAccount({ allowAdoption: true });
  const spec = { adoptionPolicy: "Adopt", versioning: "Enabled", tags: { env: "prod" } } as const;
  await world.applyBucket("old", { bucketName, mode: "Observe", ...spec });
  const planned = await world.bucketWhen("old", isPlanned);
  const tag = (path: string, desired: string) => ({ setting: "tags", path, desired });
  expect(planned.status?.plan).toEqual([
    { ...tag("env", "prod"), actual: "test" },
    tag("s3-operator.io/cluster", "test"),
    tag("s3-operator.io/namespace", world.name),
    tag("s3-operator.io/name", "old"),
    tag("s3-operator.io/origin", "Adopted"),
    { setting: "versioning", path: "", desired: "Enabled" },
  ]);
  expect(planned.metadata.finalizers).toBeUndefined();
  expect(settingState(planned, "versioning")).toBe("Drifted");
  expect(operatorWrites(world)).toEqual([]);
  await expectPlanApplied(world, planned, "old");
  expect(tagsAt(world, bucketName)).toMatchObject({ env: "prod", "s3-operator.io/origin": "Adopted" });
  await expectInvariants(world);
});

test("Observe of a bucket that may not be adopted is refused, as with Enforce", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("old");
  world.account.createBucket(bucketName, "eu-central-1");
  await world.applyAccount();
  await world.applyBucket("old", { bucketName, mode: "Observe" });
  const stalled = await world.bucketWhen("old", isStalled("BucketNotOwned"));
  expect(stalled.metadata.finalizers).toBeUndefined();
  expect(operatorWrites(world)).toEqual([]);
  await expectInvariants(world);
});

test("Observe of an owned bucket with drift gives the exact plan, which Enforce then applies", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { settleWindowMs: 0 });
  const Bucket = world.bucketName("docs");
  await readyBucket(world, "docs", { versioning: "Enabled" });
  await world.editSpec("docs", { mode: "Observe" });
  await world.bucketWhen("docs", isReady);
  const writes = operatorWrites(world).length;
  const VersioningConfiguration = { Status: "Suspended" as const };
  await world.person.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const PublicAccessBlockConfiguration = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: true,
  };
  await world.person.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  const before = snapshot(world, Bucket);

  await reconcileAgain(world, "docs");
  const planned = await world.bucketWhen("docs", isPlanned);
  expect(planned.status?.plan).toEqual([
    { setting: "publicAccessBlock", path: "blockPublicPolicy", desired: "true", actual: "false" },
    { setting: "versioning", path: "", desired: "Enabled", actual: "Suspended" },
  ]);
  expect(operatorWrites(world)).toHaveLength(writes);
  expect(snapshot(world, Bucket)).toEqual(before);
  expect((await eventsOf(world, "docs")).map(({ reason }) => reason)).not.toContain("DriftCorrected");

  await expectPlanApplied(world, planned, "docs");
  expect(atAws(world, Bucket).versioning).toBe("Enabled");
  await expectInvariants(world);
});

test("a setting that was only planned before it left the spec is not owned, and Enforce does not reset it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const Bucket = world.bucketName("old");
  world.account.createBucket(Bucket, "eu-central-1");
  const CORSConfiguration = { CORSRules: [{ AllowedOrigins: ["*"], AllowedMethods: ["GET"] }] };
  await world.person.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration }));
  const { cors } = snapshot(world, Bucket);
  await world.applyAccount({ allowAdoption: true });
  const rule = { allowedOrigins: ["https://app.example.com"], allowedMethods: ["PUT" as const] };
  await world.applyBucket("old", {
    bucketName: Bucket,
    adoptionPolicy: "Adopt",
    mode: "Observe",
    cors: { rules: [rule] },
  });
  await world.bucketWhen("old", isPlanned);
  await world.editSpec("old", { cors: null, mode: "Enforce" });
  await world.bucketWhen("old", isReady);
  expect(atAws(world, Bucket).cors).toEqual(cors);
  await expectInvariants(world);
});

test("Observe of an owned bucket that was deleted plans its creation", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { pollIntervalMs: 200 });
  const bucketName = world.bucketName("docs");
  await readyBucket(world, "docs");
  await world.editSpec("docs", { mode: "Observe" });
  await world.bucketWhen("docs", isReady);
  const writes = operatorWrites(world).length;
  await world.person.send(new DeleteBucketCommand({ Bucket: bucketName }));
  const planned = await world.bucketWhen("docs", isPlanned);
  expect(planned.status?.plan).toEqual([{ setting: "bucket", path: "", desired: bucketName }]);
  expect(operatorWrites(world)).toHaveLength(writes);
  expect(planned.status?.arn).toBeUndefined();
  expect(planned.status?.settings?.map(({ state }) => state)).toEqual(Array(5).fill("Pending"));
  for (const { note } of await eventsOf(world, "docs")) expect(note).not.toContain("created again");
  await world.editSpec("docs", { mode: "Enforce" });
  const { status } = await world.bucketWhen("docs", isReady);
  expect(status?.arn).toBe(`arn:aws:s3:::${bucketName}`);
  await expectInvariants(world);
});

test("an object in mode Observe is deleted without a call to AWS", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("docs");
  await readyBucket(world, "docs", { deletionPolicy: "DeleteIfEmpty" });
  await world.editSpec("docs", { mode: "Observe" });
  await world.bucketWhen("docs", isReady);
  const [before, writes] = [snapshot(world, bucketName), operatorWrites(world).length];
  await world.deleteBucket("docs");
  await world.gone("docs");
  expect(operatorWrites(world)).toHaveLength(writes);
  expect(snapshot(world, bucketName)).toEqual(before);
  expect(condition(await world.applyBucket("docs", { bucketName }), "Stalled")).toBeUndefined();
  await world.bucketWhen("docs", isReady);
  await expectInvariants(world);
});

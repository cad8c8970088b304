import { expect, test } from "vitest";
import type { S3Bucket } from "../../../operator/api/types.ts";
import { expectInvariants, operatorWrites, reconcileAgain } from "../support/expect/invariants.ts";
import { isReady } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket, retag, snapshot, tagsAt, wipeStatus } from "../support/world/buckets.ts";
import { fullSpec } from "../support/world/specs.ts";
import { createWorld, type World } from "../support/world/world.ts";

/** The state of a bucket at AWS. */
type Bucket = ReturnType<typeof snapshot>;

/** The settings of a new bucket. */
function defaults(world: World): Bucket {
  const name = world.bucketName("default");
  return world.account.buckets.get(name) ?? world.account.createBucket(name, "eu-central-1");
}

/** The fields of its one rule, sorted. */
function encryptionOf({ encryption }: Bucket): unknown {
  const fields = encryption.children[0]?.children ?? [];
  return Object.fromEntries(fields.map(({ name, text, children }) => [name, { text, children }]));
}

test("with the baseline, a setting that leaves the spec gets the baseline's value, and status names the source", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("docs");
  await readyBucket(world, "docs", fullSpec(bucketName, await world.createKey()));
  const removed = { publicAccessBlock: null, objectOwnership: null, encryption: null, policy: null };
  await world.editSpec("docs", { ...removed, versioning: null, lifecycle: null, cors: null });
  const ready = await world.bucketWhen("docs", isReady);
  expect(ready.status?.settings?.map(({ name, source, state }) => ({ name, source, state }))).toEqual([
    { name: "tags", source: "Spec", state: "InSync" },
    ...Object.keys(removed).map((name) => ({ name, source: "Baseline", state: "InSync" })),
  ]);
  const bucket = atAws(world, bucketName);
  const fresh = defaults(world);
  expect(bucket).toMatchObject({
    publicAccessBlock: fresh.publicAccessBlock,
    ownershipControls: fresh.ownershipControls,
    lifecycle: undefined,
    cors: undefined,
    versioning: "Suspended",
  });
  expect(encryptionOf(bucket)).toEqual(encryptionOf(fresh));
  expect(bucket.policy).not.toContain("S3OperatorSpec");
  expect(bucket.policy).toContain("S3OperatorDenyInsecureTransport");
  expect(ready.status?.kmsKeyArn).toBeUndefined();
  await expectInvariants(world);
});

test("a tag that leaves the spec or the account leaves the bucket, and tags of other tools stay", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("docs");
  await world.applyAccount({ tags: { owner: "platform", unit: "a" } });
  await world.applyBucket("docs", { bucketName, tags: { env: "prod", team: "documents" } });
  await world.bucketWhen("docs", isReady);
  await retag(world, bucketName, { cost: "42" });
  await world.editSpec("docs", { tags: { env: null } });
  const ready = await world.bucketWhen("docs", isReady);
  expect(ready.status?.tagKeys).toEqual(["owner", "team", "unit"]);
  expect(tagsAt(world, bucketName)).not.toHaveProperty("env");
  expect(tagsAt(world, bucketName)).toMatchObject({ cost: "42", team: "documents", owner: "platform", unit: "a" });

  await world.applyAccount({ tags: { owner: "platform" } });
  await world.bucketWhen("docs", ({ status }) => status?.tagKeys?.includes("unit") === false);
  expect(tagsAt(world, bucketName)).toEqual({
    "s3-operator.io/cluster": "test",
    "s3-operator.io/namespace": world.name,
    "s3-operator.io/name": "docs",
    "s3-operator.io/origin": "Created",
    cost: "42",
    owner: "platform",
    team: "documents",
  });
  await expectInvariants(world);
});

test("baseline None removes the transport statements, keeps the others, and reports where the bucket falls short", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("docs");
  await readyBucket(world, "docs");
  const writes = operatorWrites(world).length;
  await world.editSpec("docs", { baseline: "None" });
  const ready = await world.bucketWhen("docs", isReady);
  expect(atAws(world, bucketName).policy).toBeUndefined();
  expect(
    operatorWrites(world)
      .slice(writes)
      .map(({ operation }) => operation),
  ).toEqual(["DeleteBucketPolicy"]);
  await reconcileAgain(world, "docs");
  const { status } = await world.bucket("docs");
  const unmanaged = status?.settings?.filter(({ source }) => source === "Unmanaged").map(({ name }) => name);
  expect(unmanaged).toEqual(["publicAccessBlock", "objectOwnership", "encryption", "policy"]);
  const short = status?.settings?.filter(({ reason }) => reason === "BelowBaseline").map(({ name }) => name);
  expect(short).toEqual(["policy"]);
  expect(ready.status?.policy?.bytes ?? 0).toBe(0);
  await expectInvariants(world);
});

test("a wiped status is rebuilt without a write to AWS", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("docs");
  const { status: before } = await readyBucket(world, "docs", fullSpec(bucketName, await world.createKey()));
  const writes = operatorWrites(world).length;
  await wipeStatus(world, "docs");
  await reconcileAgain(world, "docs");
  const { status: after } = await world.bucketWhen("docs", isReady);
  expect(withoutTimes(after)).toEqual(withoutTimes(before));
  expect(operatorWrites(world)).toHaveLength(writes);
  await expectInvariants(world);
});

test("a wiped status does not turn an adopted bucket into a created one", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("old");
  world.account.createBucket(bucketName, "eu-central-1");
  await world.applyAccount({ allowAdoption: true });
  await world.applyBucket("old", { bucketName, adoptionPolicy: "Adopt", versioning: "Enabled" });
  const { status: before } = await world.bucketWhen("old", isReady);
  const writes = operatorWrites(world).length;
  await wipeStatus(world, "old");
  await reconcileAgain(world, "old");
  const { status: after } = await world.bucketWhen("old", isReady);
  expect(after?.origin).toBe("Adopted");
  expect(withoutTimes(after)).toEqual(withoutTimes(before));
  expect(operatorWrites(world)).toHaveLength(writes);
  await expectInvariants(world);
});

/** Removes the times and the recorded request, which cannot be rebuilt. */
function withoutTimes(status: S3Bucket["status"]) {
  const { reconcileRequestedAt: _, conditions = [], ...rest } = status ?? {};
  return { ...rest, conditions: conditions.map((condition) => ({ ...condition, lastTransitionTime: "" })) };
}

import { expect, test } from "vitest";
import type { S3Bucket, S3BucketSpec } from "../../../operator/api/types.ts";
import { expectInvariants, expectNothingToWrite, operatorCalls, operatorWrites } from "../support/expect/invariants.ts";
import { condition, isReady, isStalled } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, copyOf, readyBucket, snapshot, tagsAt } from "../support/world/buckets.ts";
import { otherNamespace } from "../support/world/namespace.ts";
import { createWorld, type World } from "../support/world/world.ts";

const messageOf = (bucket: S3Bucket) => condition(bucket, "Stalled")?.message ?? "";

/** Runs `act`, and asserts that it causes no change and no write at AWS. */
async function changesNothing(world: World, bucketName: string, act: () => Promise<void>): Promise<void> {
  const [before, writes] = [snapshot(world, bucketName), operatorWrites(world).length];
  await act();
  expect(operatorWrites(world).slice(writes)).toEqual([]);
  expect(snapshot(world, bucketName)).toEqual(before);
}

test.for(["Retain", "DeleteIfEmpty"] as const)(
  "the first of two S3Buckets with one bucket name keeps it; the second and its deletion (%s) change nothing",
  async (deletionPolicy) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const bucketName = world.bucketName("same");
    await readyBucket(world, "first", { bucketName, versioning: "Enabled", tags: { of: "first" } });
    await changesNothing(world, bucketName, async () => {
      const spec: S3BucketSpec = { bucketName, versioning: "Suspended", tags: { of: "second" }, deletionPolicy };
      await world.applyBucket("second", { ...spec, adoptionPolicy: "Adopt" });
      const second = await world.bucketWhen("second", isStalled("BucketNotOwned"));
      expect(messageOf(second)).toContain(bucketName);
      expect(second.status?.arn).toBeUndefined();
      await expectInvariants(world);
      await world.deleteBucket("second");
      await world.gone("second");
    });
    expect(isReady(await world.bucket("first"))).toBe(true);
    await expectInvariants(world);
  },
);

test("the message for the second S3Bucket does not name the namespace of the first", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const elsewhere = await otherNamespace(world);
  await using _theirs = startOperator(world, { watchNamespaces: [elsewhere.name] });
  const bucketName = `same-${elsewhere.name}`;
  await world.applyAccount();
  await elsewhere.applyBucket("first", { bucketName });
  await elsewhere.bucketWhen("first", isReady);
  await world.applyBucket("second", { bucketName });
  const { status } = await world.bucketWhen("second", isStalled("BucketNotOwned"));
  expect(JSON.stringify({ ...status, bucketName: "" }).replaceAll(bucketName, "")).not.toContain(elsewhere.name);
  await expectInvariants(world);
  await elsewhere.deleteBucket("first");
});

test("the same namespace and name in another cluster is another owner", async () => {
  await using world = await createWorld();
  const bucketName = world.bucketName("same");
  await using ours = startOperator(world);
  await readyBucket(world, "docs", { bucketName });
  await ours.stop();
  await using _theirs = startOperator(world, { clusterName: "another" });
  await changesNothing(world, bucketName, async () => {
    await world.editSpec("docs", { versioning: "Enabled" });
    const stalled = await world.bucketWhen("docs", isStalled("BucketNotOwned"));
    expect(messageOf(stalled)).not.toContain("'test'");
    await expectInvariants(world);
    await world.deleteBucket("docs");
    await world.gone("docs");
  });
});

test.for(["eu-central-1", "us-east-1"])(
  "of two concurrent requests for one name in %s, one gets it",
  async (region) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    await world.applyAccount();
    const bucketName = world.bucketName("same");
    const names = ["one", "two"];
    // Both have read that the bucket does not exist before either creates it.
    const bothLooked = () => operatorCalls(world).filter(({ operation }) => operation === "HeadBucket").length >= 2;
    world.simulator.faults.onCall(async (call, phase) => {
      if (phase === "before" && call.operation === "CreateBucket") await eventually(bothLooked, Boolean);
    });
    await Promise.all(
      names.map((name) => world.applyBucket(name, { bucketName, region, tags: { of: name }, versioning: "Enabled" })),
    );
    const winner = await eventually(
      async () => (await Promise.all(names.map((name) => world.bucket(name)))).find(isReady)?.metadata.name ?? "",
      (name) => name !== "",
    );
    const loser = names.find((name) => name !== winner) ?? "";
    await world.bucketWhen(loser, isStalled("BucketNotOwned"));
    const creations = operatorCalls(world).filter(({ operation }) => operation === "CreateBucket");
    expect(creations.map(({ status }) => status).toSorted()).toEqual(region === "us-east-1" ? [200, 200] : [200, 409]);
    expect(tagsAt(world, bucketName)).toMatchObject({ of: winner, "s3-operator.io/name": winner });
    expect(world.statuses.of(loser).some(isReady), "the second was never ready").toBe(false);
    await expectInvariants(world);
    await changesNothing(world, bucketName, async () => {
      await world.deleteBucket(loser);
      await world.gone(loser);
    });
  },
);

test("after the first S3Bucket is deleted, the second gets the name when it is reconciled and may adopt", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount({ allowAdoption: true });
  const bucketName = world.bucketName("same");
  await world.applyBucket("first", { bucketName });
  await world.bucketWhen("first", isReady);
  await world.applyBucket("second", { bucketName, adoptionPolicy: "Adopt" });
  await world.bucketWhen("second", isStalled("BucketNotOwned"));
  await world.deleteBucket("first");
  await world.gone("first");
  await expectStillStalled(world);
  await world.bucketWhen("second", isReady);
  expect(tagsAt(world, bucketName)).toMatchObject({ "s3-operator.io/name": "second" });
  expect(tagsAt(world, bucketName)).not.toHaveProperty("s3-operator.io/released-by");
  await expectInvariants(world);
});

/** Requests a reconcile, which otherwise comes every ten minutes. */
async function expectStillStalled(world: World): Promise<void> {
  expect(isStalled("BucketNotOwned")(await world.bucket("second"))).toBe(true);
  await world.annotate("second", { "s3-operator.io/reconcile-requested-at": "now" });
}

test.for(["Retain", "DeleteIfEmpty"] as const)(
  "a name that another AWS account has is refused, and the object can be deleted (%s)",
  async (deletionPolicy) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const bucketName = world.bucketName("taken");
    const stranger = world.simulator.account("999999999999").createBucket(bucketName, "eu-central-1");
    const before = copyOf(stranger);
    await world.applyAccount({ allowAdoption: true });
    await world.applyBucket("taken", { bucketName, deletionPolicy, adoptionPolicy: "Adopt" });
    const stalled = await world.bucketWhen("taken", isStalled("BucketOwnedByAnotherAccount"));
    expect(messageOf(stalled)).not.toContain("999999999999");
    await expectInvariants(world);
    await world.deleteBucket("taken");
    await world.gone("taken");
    expect(operatorWrites(world)).toEqual([]);
    expect(copyOf(stranger)).toEqual(before);
  },
);

test("a bucket in another region is not moved", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("far");
  world.account.createBucket(bucketName, "eu-west-1");
  await world.applyAccount({ allowAdoption: true });
  await world.applyBucket("far", { bucketName, adoptionPolicy: "Adopt", deletionPolicy: "DeleteIfEmpty" });
  const stalled = await world.bucketWhen("far", isStalled("RegionMismatch"));
  expect(messageOf(stalled)).toContain("eu-west-1");
  await expectNothingToWrite(world, ["far"]);
  await expectInvariants(world);
  await world.deleteBucket("far");
  await world.gone("far");
  expect(operatorWrites(world)).toEqual([]);
  expect(atAws(world, bucketName).region).toBe("eu-west-1");
});

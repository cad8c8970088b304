import { beforeAll, describe, expect, test } from "vitest";
import { CONFIRM_DELETE_CONTENTS, S3_BUCKETS } from "../../../operator/api/names.ts";
import { EXPIRING_TAG } from "../../../operator/api/ownership.ts";
import type { S3BucketSpec } from "../../../operator/api/types.ts";
import { eventsOf, eventWhen } from "../support/expect/events.ts";
import {
  expectInvariants,
  expectSoundHistory,
  operatorCalls,
  operatorWrites,
  reconcileAgain,
  S3_CONTROL_PATH,
} from "../support/expect/invariants.ts";
import { condition, isReady, isReconciling, isStalled } from "../support/expect/states.ts";
import { holdCalls } from "../support/faults/trap.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { spawnOperator, startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket, retag, snapshot, tagsAt } from "../support/world/buckets.ts";
import { createWorld, type World } from "../support/world/world.ts";

const REGION = "eu-central-1";

let bundle: string;
beforeAll(async () => {
  bundle = await ensureBundle();
});

const claimOf = ({ name: namespace }: World, name: string, origin = "Created") => ({
  "s3-operator.io/cluster": "test",
  "s3-operator.io/namespace": namespace,
  "s3-operator.io/name": name,
  "s3-operator.io/origin": origin,
});

const releaseOf = ({ name: namespace }: World, name: string, origin = "Created") => ({
  "s3-operator.io/origin": origin,
  "s3-operator.io/released-by": `test/${namespace}/${name}`,
});

const userTags = (count: number): [string, string][] =>
  Array.from({ length: count }, (_, index) => [`key-${index}`, String(index)]);

describe("a bucket with many tags of other tools", () => {
  const ADOPT: S3BucketSpec = { adoptionPolicy: "Adopt" };

  async function oldBucket(world: World, tags: number): Promise<string> {
    const bucketName = world.bucketName("old");
    world.account.createBucket(bucketName, REGION).tags = new Map(userTags(tags));
    await world.applyAccount({ allowAdoption: true });
    await world.applyBucket("old", { bucketName, ...ADOPT });
    return bucketName;
  }

  test("the bucket is adopted, released, adopted by another object and released again, up to S3's limit", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const bucketName = await oldBucket(world, 46);
    for (const name of ["old", "next"]) {
      await world.applyBucket(name, { bucketName, ...ADOPT });
      await world.bucketWhen(name, isReady);
      expect(tagsAt(world, bucketName)).toEqual({
        ...Object.fromEntries(userTags(46)),
        ...claimOf(world, name, "Adopted"),
      });
      await expectInvariants(world);
      await world.deleteBucket(name);
      await world.gone(name);
      expect(await eventWhen(world, name, "BucketReleased")).toMatchObject({ type: "Normal" });
      expect(tagsAt(world, bucketName)).toEqual({
        ...Object.fromEntries(userTags(46)),
        ...releaseOf(world, name, "Adopted"),
      });
    }
  });

  test.each(["Enforce", "Observe"] as const)(
    "the bucket is not adopted beyond the limit (%s), and the message says why",
    async (mode) => {
      await using world = await createWorld();
      await using _operator = startOperator(world);
      const bucketName = await oldBucket(world, 48);
      const before = snapshot(world, bucketName);
      await world.editSpec("old", { mode });
      const { status } = await world.bucketWhen("old", isStalled("TooManyTags"));
      expect(status?.arn).toBeUndefined();
      const message = condition({ metadata: {}, status } as never, "Stalled")?.message;
      expect(message).toContain("has 48, and the operator needs room for 4 more");
      expect(message).toContain("Remove 2 of the bucket's tags");
      expect(operatorWrites(world)).toEqual([]);
      expect(snapshot(world, bucketName)).toEqual(before);
    },
  );
});

type Endpoint = [string, (world: World) => unknown];

const CLASSIC: Endpoint[] = [
  ["a region where S3 Control has no tags", ({ account }) => account.regionsWithoutResourceTags.add(REGION)],
  ["a store without S3 Control", ({ simulator }) => Object.assign(simulator.store, { withoutS3Control: true })],
];

describe.each<Endpoint>([["an ordinary region", () => undefined], ...CLASSIC])("in %s", (_case, prepare) => {
  test("a bucket is created, kept, released, found again and deleted", async () => {
    await using world = await createWorld();
    prepare(world);
    await using _operator = startOperator(world);
    const bucketName = world.bucketName("docs");
    await readyBucket(world, "docs", { tags: { team: "a", old: "1" } });
    const claim = claimOf(world, "docs");
    expect(tagsAt(world, bucketName)).toEqual({ team: "a", old: "1", ...claim });
    await retag(world, bucketName, { theirs: "1", team: "drifted" });
    await world.editSpec("docs", { tags: { new: "2", old: null } });
    await world.bucketWhen("docs", isReady);
    await reconcileAgain(world, "docs");
    expect(tagsAt(world, bucketName)).toEqual({ team: "a", new: "2", theirs: "1", ...claim });
    await expectInvariants(world);

    await world.deleteBucket("docs");
    await world.gone("docs");
    expect(tagsAt(world, bucketName)).toEqual({ team: "a", new: "2", theirs: "1", ...releaseOf(world, "docs") });
    await readyBucket(world, "docs", { deletionPolicy: "DeleteIfEmpty" });
    expect(tagsAt(world, bucketName)).toMatchObject(claim);
    await world.deleteBucket("docs");
    await world.gone("docs");
    expect(world.account.buckets.has(bucketName)).toBe(false);
    expectSoundHistory(world);
  });

  test("a bucket that S3 Lifecycle empties has a tag, which is removed when that ends", async () => {
    await using world = await createWorld();
    prepare(world);
    await using _operator = startOperator(world, { emptyByLifecycleAbove: 0 });
    const bucketName = world.bucketName("docs");
    await world.applyAccount({ allowedDeletionPolicies: ["Retain", "DeleteWithContents"] });
    const annotations = { [CONFIRM_DELETE_CONTENTS]: bucketName };
    await world.applyBucket("docs", { bucketName, deletionPolicy: "DeleteWithContents" }, { annotations });
    await world.bucketWhen("docs", isReady);
    const bucket = atAws(world, bucketName);
    for (const [key, value] of userTags(46)) bucket.tags.set(key, value);
    bucket.fillWith({ keys: 1_100 });
    await world.deleteBucket("docs");
    await world.bucketWhen("docs", (docs) => condition(docs, "Ready")?.reason === "EmptyingByLifecycle");
    expect(tagsAt(world, bucketName)).toHaveProperty([EXPIRING_TAG]);
    await world.editSpec("docs", { deletionPolicy: "Retain" });
    await world.gone("docs");
    const released = { ...Object.fromEntries(userTags(46)), ...releaseOf(world, "docs") };
    expect(tagsAt(world, bucketName)).toEqual(released);
    expectSoundHistory(world);
  });
});

describe.each(CLASSIC)("in %s", (_case, prepare) => {
  test("a reconcile costs as many calls as elsewhere, and S3 Control is called only once", async () => {
    await using world = await createWorld();
    prepare(world);
    world.simulator.normalise.set({ awsTags: { "aws:cloudformation:stack-name": "network" } });
    await using _operator = startOperator(world);
    await readyBucket(world, "plain");
    await readyBucket(world, "other");
    const before = operatorCalls(world).length;
    await reconcileAgain(world, "plain");
    const calls = operatorCalls(world).slice(before);
    expect(calls.map(({ operation }) => operation).toSorted()).toEqual([
      "GetBucketEncryption",
      "GetBucketOwnershipControls",
      "GetBucketPolicy",
      "GetBucketTagging",
      "GetPublicAccessBlock",
    ]);
    const asked = operatorCalls(world).filter(
      ({ operation, bucket }) => operation === "ListTagsForResource" || bucket === S3_CONTROL_PATH,
    );
    expect(asked).toHaveLength(1);
    await expectInvariants(world);
  });

  test("a bucket that another tool created without tags is not taken for ours, whatever status says", async () => {
    await using world = await createWorld();
    prepare(world);
    await world.applyAccount();
    const bucketName = world.bucketName("docs");
    await world.applyBucket("docs", { bucketName });
    const forged = { bucketName, region: REGION, accountId: world.account.id, appliedSettings: ["tags"] };
    const key = { namespace: world.name, name: "docs" };
    await world.kube.mergePatch(S3_BUCKETS, key, { status: forged }, { subresource: "status" });
    world.account.createBucket(bucketName, REGION);
    const before = snapshot(world, bucketName);
    await using _operator = startOperator(world);
    const stalled = await world.bucketWhen("docs", isStalled("BucketNotOwned"));
    expect(condition(stalled, "Stalled")?.message).toContain("the operator creates it again");
    await world.editSpec("docs", { deletionPolicy: "DeleteIfEmpty" });
    await world.deleteBucket("docs");
    await world.gone("docs");
    expect(await eventWhen(world, "docs", "BucketLeftUntagged")).toMatchObject({ type: "Warning" });
    expect(operatorWrites(world)).toEqual([]);
    expect(snapshot(world, bucketName)).toEqual(before);
  });

  test("a bucket whose tags are refused for a while remains ours", async () => {
    await using world = await createWorld();
    prepare(world);
    await using _operator = startOperator(world);
    const allow = world.simulator.faults.deny("s3:PutBucketTagging");
    const bucketName = world.bucketName("docs");
    await world.applyAccount();
    await world.applyBucket("docs", { bucketName });
    await world.bucketWhen("docs", isReconciling("AccessDenied"));
    await reconcileAgain(world, "docs");
    expect(operatorWrites(world).filter(({ operation }) => !/^CreateBucket$|Tagging/.test(operation))).toEqual([]);
    expect(tagsAt(world, bucketName)).toEqual({});
    allow();
    await reconcileAgain(world, "docs");
    await world.bucketWhen("docs", isReady);
    expect(tagsAt(world, bucketName)).toEqual(claimOf(world, "docs"));
    const reasons = (await eventsOf(world, "docs")).map(({ reason }) => reason);
    expect(reasons).toContain("BucketCreated");
    expect(reasons).not.toContain("BucketAdopted");
    await expectInvariants(world);
  });
});

test("a kill between the two calls leaves a bucket that is reported, and created again after its deletion", async () => {
  await using world = await createWorld();
  world.account.regionsWithoutResourceTags.add(REGION);
  const bucketName = world.bucketName("docs");
  const trap = holdCalls(world.simulator, "PutBucketTagging");
  const first = spawnOperator(world, bundle);
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName });
  await trap.full;
  await first.kill();
  trap.release("drop");
  expect(atAws(world, bucketName).tags.size).toBe(0);

  await using _second = spawnOperator(world, bundle);
  const stalled = await world.bucketWhen("docs", isStalled("BucketNotOwned"));
  expect(condition(stalled, "Stalled")?.message).toContain("delete it at AWS, and the operator creates it again");
  world.account.buckets.delete(bucketName);
  await reconcileAgain(world, "docs");
  await world.bucketWhen("docs", isReady);
  expect(tagsAt(world, bucketName)).toEqual(claimOf(world, "docs"));
  await expectInvariants(world);
});

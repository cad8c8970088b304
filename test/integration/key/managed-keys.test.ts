import { expect, test } from "vitest";
import { S3_BUCKETS } from "../../../operator/api/names.ts";
import type { S3Bucket } from "../../../operator/api/types.ts";
import type { Statement } from "../../../operator/aws/policy/document.ts";
import { eventWhen } from "../support/expect/events.ts";
import { expectInvariants, operatorWrites, reconcileAgain } from "../support/expect/invariants.ts";
import { condition, isReady, isReconciling, isStalled } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket } from "../support/world/buckets.ts";
import {
  defaultAlias,
  KEY_REGION,
  keyAt,
  keyByAlias,
  kmsCalls,
  liveKeys,
  managedKeySpec,
} from "../support/world/keys.ts";
import { createWorld, type World } from "../support/world/world.ts";

const operations = (world: World) => kmsCalls(world).map(({ operation }) => operation);

test("a managed key is created with its alias, tags and rotation, and then costs no call", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const ready = await readyBucket(world, "docs", managedKeySpec());
  const key = keyAt(world.account, defaultAlias(world, "docs"));
  expect(key).toMatchObject({ state: "Enabled", rotationPeriodInDays: 365, manager: "CUSTOMER" });
  expect(Object.fromEntries(key.tags)).toEqual({
    "s3-operator.io/cluster": "test",
    "s3-operator.io/namespace": world.name,
    "s3-operator.io/name": "docs",
    "s3-operator.io/origin": "Created",
  });
  expect(key.policy).toContain(`arn:aws:iam::${world.account.id}:root`);
  expect(JSON.stringify(atAws(world, world.bucketName("docs")).encryption)).toContain(key.arn);
  expect(ready.status).toMatchObject({ kmsKeyArn: key.arn });
  expect(ready.status?.managedKey).toBeUndefined();
  expect(condition(ready, "KeyUsable")).toMatchObject({ status: "True", message: expect.stringContaining(key.arn) });

  const calls = ["DescribeKey", "CreateKey", "CreateAlias", "EnableKeyRotation", "GetKeyRotationStatus"];
  expect(operations(world)).toEqual(calls);
  await reconcileAgain(world, "docs");
  await reconcileAgain(world, "docs");
  expect(operations(world)).toEqual(calls);
  await expectInvariants(world);
});

test("alias and rotation period can be set and changed, and the key stays the same", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const managed = { alias: "alias/documents", rotationPeriodInDays: 90 };
  const { status } = await readyBucket(world, "docs", managedKeySpec(managed));
  expect(keyAt(world.account, "alias/documents")).toMatchObject({ arn: status?.kmsKeyArn, rotationPeriodInDays: 90 });
  await world.editSpec("docs", { ...managedKeySpec({ alias: "alias/papers", rotationPeriodInDays: 180 }) });
  await world.bucketWhen("docs", isReady);
  expect(keyAt(world.account, "alias/papers")).toMatchObject({ arn: status?.kmsKeyArn, rotationPeriodInDays: 180 });
  expect(liveKeys(world.account)).toHaveLength(1);
  await expectInvariants(world);
});

test("a removed alias and disabled rotation are drift, and corrected", async () => {
  await using world = await createWorld();
  {
    await using _operator = startOperator(world);
    await readyBucket(world, "docs", managedKeySpec());
  }
  const alias = defaultAlias(world, "docs");
  const key = keyAt(world.account, alias);
  key.rotationPeriodInDays = undefined;
  world.account.aliases.delete(`${KEY_REGION}/${alias}`);

  await using _operator = startOperator(world);
  const drift = await eventWhen(world, "docs", "DriftDetected");
  expect(drift.note).toContain("encryption.kmsKey.managed.alias");
  expect(drift.note).toContain("encryption.kmsKey.managed.rotationPeriodInDays");
  await eventWhen(world, "docs", "DriftCorrected");
  const ready = await world.bucketWhen("docs", isReady);
  expect(keyAt(world.account, alias)).toBe(key);
  expect(key.rotationPeriodInDays).toBe(365);
  expect(ready.status?.drift?.lastCorrectedTime).toBeDefined();
  expect(liveKeys(world.account)).toEqual([key]);
  await expectInvariants(world);
});

test("the key is found again after the status was wiped", async () => {
  await using world = await createWorld();
  let before: S3Bucket;
  {
    await using _operator = startOperator(world);
    before = await readyBucket(world, "docs", managedKeySpec());
  }
  const writes = operatorWrites(world).length;
  await world.kube.mergePatch(S3_BUCKETS, before.metadata, { status: null }, { subresource: "status" });

  await using _operator = startOperator(world);
  const after = await world.bucketWhen("docs", isReady);
  expect(after.status?.kmsKeyArn).toBe(before.status?.kmsKeyArn);
  expect(operatorWrites(world)).toHaveLength(writes);
  expect(liveKeys(world.account)).toHaveLength(1);
  await expectInvariants(world);
});

test("CloudFront may decrypt with the key while the spec has its distributions, whatever others do to the policy", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const distribution = "arn:aws:cloudfront::111122223333:distribution/E1A2B3C4D5E6F7";
  await readyBucket(world, "docs", { ...managedKeySpec(), policy: { cloudFrontDistributions: [distribution] } });
  const key = keyAt(world.account, defaultAlias(world, "docs"));
  const statements = () => (JSON.parse(key.policy) as { Statement: Statement[] }).Statement;
  const ours = () => statements().filter(({ Sid }) => Sid?.startsWith("S3Operator"));
  expect(ours()).toMatchObject([
    {
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "kms:Decrypt",
      Condition: { StringEquals: { "AWS:SourceArn": [distribution] } },
    },
  ]);
  expect(statements()).toHaveLength(2);
  await expectInvariants(world);

  // Another writer widens the statement.
  const widened = statements().map((each) =>
    each.Sid?.startsWith("S3Operator") ? { ...each, Action: "kms:*", Condition: undefined } : each,
  );
  key.policy = JSON.stringify({ Version: "2012-10-17", Statement: widened });
  await world.annotate("docs", { "s3-operator.io/reconcile-requested-at": "now" });
  await eventually(
    () => Promise.resolve(ours()),
    ([statement]) => statement?.Action === "kms:Decrypt" && statement.Condition !== undefined,
  );

  const { metadata } = await world.editSpec("docs", { policy: null });
  await world.bucketWhen("docs", (each) => isReady(each) && each.status?.observedGeneration === metadata.generation);
  expect(ours()).toEqual([]);
  expect(statements()).toHaveLength(1);
  await expectInvariants(world);
});

const MADE_UNUSABLE = [
  { state: "Disabled", says: "enable it" },
  { state: "PendingDeletion", says: "cancel its deletion" },
] as const;

test.for(MADE_UNUSABLE)("a key that a user has set to $state stays so, and is reported", async ({ state, says }) => {
  await using world = await createWorld();
  {
    await using _operator = startOperator(world);
    await readyBucket(world, "docs", managedKeySpec());
  }
  const key = keyAt(world.account, defaultAlias(world, "docs"));
  key.state = state;

  await using _operator = startOperator(world);
  const stalled = await world.bucketWhen("docs", isStalled("KMSKeyNotUsable"));
  expect(condition(stalled, "KeyUsable")).toMatchObject({ status: "False", reason: "KMSKeyNotUsable" });
  expect(condition(stalled, "KeyUsable")?.message).toContain(says);
  await expectInvariants(world);
  expect(key.state).toBe(state);

  key.state = "Enabled";
  await reconcileAgain(world, "docs");
  const ready = await world.bucketWhen("docs", isReady);
  expect(condition(ready, "KeyUsable")?.status).toBe("True");
  await expectInvariants(world);
});

/** The calls of a creation, in order; of a second reconcile only after the first is over. */
const ACTIONS = ["DescribeKey", "CreateKey", "TagResource", "CreateAlias", "EnableKeyRotation"].map(
  (each) => `kms:${each}`,
);

test.for(ACTIONS)("%s denied: the message names it, and one key results in the end", async (action) => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const allow = world.simulator.faults.deny(action);
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), ...managedKeySpec() });
  const denied = await world.bucketWhen("docs", isReconciling("AccessDenied"));
  for (const type of ["Ready", "KeyUsable"]) {
    expect(condition(denied, type)).toMatchObject({ status: "False", reason: "AccessDenied" });
    expect(condition(denied, type)?.message).toContain(action);
    for (const other of ACTIONS.filter((each) => each !== action)) {
      expect(condition(denied, type)?.message).not.toContain(other);
    }
  }
  await reconcileAgain(world, "docs");
  allow();
  await reconcileAgain(world, "docs");
  await world.bucketWhen("docs", isReady);
  expect(liveKeys(world.account)).toHaveLength(1);
  expect(world.account.keys.size, "no other key was created").toBe(1);
  await expectInvariants(world);
});

test("an identity that may neither name keys nor read their owner does not create one key after another", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const allow = ["kms:CreateAlias", "kms:ListResourceTags"].map((action) => world.simulator.faults.deny(action));
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), ...managedKeySpec() });
  await world.bucketWhen("docs", isReconciling("AccessDenied"));
  await reconcileAgain(world, "docs");
  const denied = await reconcileAgain(world, "docs");
  expect(condition(denied, "Ready")?.message).toContain("kms:ListResourceTags");
  expect(world.account.keys.size).toBe(1);
  allow.forEach((each) => each());
  await reconcileAgain(world, "docs");
  await world.bucketWhen("docs", isReady);
  expect(world.account.keys.size).toBe(1);
  await expectInvariants(world);
});

test("of two S3Buckets that want one alias at once, the first gets it; the other reports it and keeps no key", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount();
  const names = ["one", "two"];
  meet(world, "CreateKey", names.length);
  const settled = await Promise.all(
    names.map(async (name) => {
      await world.applyBucket(name, {
        bucketName: world.bucketName(name),
        ...managedKeySpec({ alias: "alias/shared" }),
      });
      return world.bucketWhen(name, (it) => isReady(it) || isStalled("KMSAliasTaken")(it));
    }),
  );
  const [loser, ...others] = settled.filter((it) => !isReady(it));
  expect(others).toEqual([]);
  expect(loser && condition(loser, "KeyUsable")).toMatchObject({ status: "False", reason: "KMSAliasTaken" });
  expect(loser?.status?.kmsKeyArn).toBeUndefined();
  expect(liveKeys(world.account)).toEqual([keyAt(world.account, "alias/shared")]);
  expect(world.account.keys.size).toBe(2);
  await expectInvariants(world);
});

/** Holds the calls of an operation until there is this number of them. */
function meet({ simulator }: World, operation: string, count: number): void {
  const all = Promise.withResolvers<void>();
  let arrived = 0;
  simulator.faults.onCall((call, phase) => {
    if (call.operation !== operation || phase === "after") return;
    arrived += 1;
    if (arrived === count) all.resolve();
    return all.promise;
  });
}

test("no key is created for a bucket of another owner", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("docs");
  world.account.createBucket(bucketName, KEY_REGION);
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName, ...managedKeySpec() });
  await world.bucketWhen("docs", isStalled("BucketNotOwned"));
  expect(kmsCalls(world)).toEqual([]);
  await expectInvariants(world);
});

test("an alias of another owner's key is not changed", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.createKey();
  const [foreign] = liveKeys(world.account);
  world.account.aliases.set(`${KEY_REGION}/alias/payments`, foreign?.id ?? "");
  const before = structuredClone(foreign);
  await world.applyAccount();
  await world.applyBucket("docs", {
    bucketName: world.bucketName("docs"),
    ...managedKeySpec({ alias: "alias/payments" }),
  });
  await world.bucketWhen("docs", isStalled("KMSAliasTaken"));
  await expectInvariants(world);
  await world.editSpec("docs", { ...managedKeySpec({ alias: "alias/documents" }) });
  await world.bucketWhen("docs", isReady);
  expect(foreign).toEqual(before);
  expect(liveKeys(world.account)).toHaveLength(2);
  await expectInvariants(world);
});

test("a bucket changes from another account's key to a managed one", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const arn = `arn:aws:kms:${KEY_REGION}:${world.simulator.account("444455556666").id}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  const ready = await readyBucket(world, "docs", { encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn } } });
  expect(condition(ready, "KeyUsable"), "reading the key is denied").toMatchObject({
    status: "Unknown",
    reason: "AccessDenied",
  });
  await world.editSpec("docs", { encryption: { kmsKey: { arn: null, managed: {} } } });
  const managed = await world.bucketWhen("docs", isReady);
  expect(managed.status?.kmsKeyArn).toBe(keyAt(world.account, defaultAlias(world, "docs")).arn);
  await expectInvariants(world);
});

test("a managed key that leaves the spec stays, for objects that it encrypts", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", managedKeySpec({ deletionWindowInDays: 7 }));
  await world.editSpec("docs", { encryption: null });
  const ready = await world.bucketWhen("docs", isReady);
  expect(condition(ready, "KeyUsable")).toBeUndefined();
  expect(ready.status?.kmsKeyArn).toBeUndefined();
  expect(keyAt(world.account, defaultAlias(world, "docs")).state).toBe("Enabled");
  await expectInvariants(world);
});

test("mode Observe creates no key, and plans it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs");
  const writes = operatorWrites(world).length;
  await world.editSpec("docs", { mode: "Observe", ...managedKeySpec() });
  const planned = await world.bucketWhen("docs", isReconciling("ChangesPlanned"));
  const alias = defaultAlias(world, "docs");
  expect(planned.status?.plan).toContainEqual({ setting: "encryption", path: "kmsKey.managed.alias", desired: alias });
  expect(condition(planned, "KeyUsable")).toMatchObject({ status: "False", reason: "ChangesPlanned" });
  expect(operatorWrites(world)).toHaveLength(writes);
  expect(world.account.keys.size).toBe(0);

  await world.editSpec("docs", { mode: "Enforce" });
  await world.bucketWhen("docs", isReady);
  keyAt(world.account, alias).rotationPeriodInDays = 200;
  await world.editSpec("docs", { mode: "Observe" });
  const different = await world.bucketWhen("docs", isReconciling("ChangesPlanned"));
  expect(different.status?.plan).toEqual([
    { setting: "encryption", path: "kmsKey.managed.rotationPeriodInDays", desired: "365", actual: "200" },
  ]);
  expect(keyAt(world.account, alias).rotationPeriodInDays).toBe(200);
  await expectInvariants(world);
});

test("a key in another region than the bucket is refused", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const arn = `arn:aws:kms:us-east-1:${world.account.id}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  await world.applyAccount();
  const encryption = { sseAlgorithm: "aws:kms", kmsKey: { arn } } as const;
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), encryption });
  const stalled = await world.bucketWhen("docs", isStalled("KMSKeyWrongRegion"));
  expect(condition(stalled, "KeyUsable")).toMatchObject({ status: "False", reason: "KMSKeyWrongRegion" });
  expect(keyByAlias(world.account, defaultAlias(world, "docs"))).toBeUndefined();
  await expectInvariants(world);
});

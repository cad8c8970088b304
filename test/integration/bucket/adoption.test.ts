import { PutBucketCorsCommand, PutBucketPolicyCommand, PutPublicAccessBlockCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { AWSAccountSpec, S3BucketSpec } from "../../../operator/api/types.ts";
import { ownershipDocument } from "../../aws/s3/ownership-controls.ts";
import { eventWhen } from "../support/expect/events.ts";
import { expectInvariants, operatorWrites } from "../support/expect/invariants.ts";
import { condition, isReady, isStalled, settingSource } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket, snapshot, tagsAt } from "../support/world/buckets.ts";
import { createWorld, type World } from "../support/world/world.ts";

/** Creates a bucket with a history: public in places, with settings and tags of other tools. */
async function oldBucket(world: World): Promise<string> {
  const Bucket = world.bucketName("old");
  const bucket = world.account.createBucket(Bucket, "eu-central-1");
  bucket.ownershipControls = ownershipDocument("ObjectWriter");
  bucket.tags.set("cost", "42");
  const { person } = world;
  const PublicAccessBlockConfiguration = { BlockPublicAcls: true };
  await person.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  const CORSRules = [{ AllowedOrigins: ["*"], AllowedMethods: ["GET"] }];
  await person.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
  const Statement = [
    {
      Sid: "Theirs",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutBucketLogging",
      Resource: `arn:aws:s3:::${Bucket}`,
    },
  ];
  await person.send(
    new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }),
  );
  return Bucket;
}

interface Refusal {
  why: string;
  account: Partial<AWSAccountSpec>;
  spec: S3BucketSpec;
}

const REFUSALS: Refusal[] = [
  { why: "neither the account nor the object allows it", account: {}, spec: {} },
  { why: "only the account allows it", account: { allowAdoption: true }, spec: {} },
  { why: "the object has Never", account: { allowAdoption: true }, spec: { adoptionPolicy: "Never" } },
  { why: "the account does not allow it", account: {}, spec: { adoptionPolicy: "Adopt" } },
  { why: "the account forbids it", account: { allowAdoption: false }, spec: { adoptionPolicy: "Adopt" } },
];

test.for(REFUSALS)("an existing bucket is refused without a write: $why", async ({ account, spec }) => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = await oldBucket(world);
  const before = snapshot(world, bucketName);
  await world.applyAccount(account);
  await world.applyBucket("old", { bucketName, versioning: "Enabled", baseline: "Secure", ...spec });
  const stalled = await world.bucketWhen("old", isStalled("BucketNotOwned"));
  const message = condition(stalled, "Stalled")?.message;
  expect(message).toContain("adoptionPolicy");
  expect(message).toContain("allowAdoption");
  expect(stalled.status?.arn).toBeUndefined();
  await expectInvariants(world);
  await world.deleteBucket("old");
  await world.gone("old");
  expect(operatorWrites(world)).toEqual([]);
  expect(snapshot(world, bucketName)).toEqual(before);
});

test("adoption changes only what is declared, and lists where the bucket falls short of the baseline", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = await oldBucket(world);
  const before = snapshot(world, bucketName);
  await world.applyAccount({ allowAdoption: true });
  await world.applyBucket("old", { bucketName, adoptionPolicy: "Adopt", versioning: "Enabled", tags: { env: "prod" } });
  const { status } = await world.bucketWhen("old", isReady);

  const ours = {
    env: "prod",
    "s3-operator.io/cluster": "test",
    "s3-operator.io/namespace": world.name,
    "s3-operator.io/name": "old",
    "s3-operator.io/origin": "Adopted",
  };
  expect(snapshot(world, bucketName)).toEqual({
    ...before,
    versioning: "Enabled",
    tags: new Map(Object.entries({ cost: "42", ...ours })),
  });
  expect(operatorWrites(world).map(({ operation }) => operation)).toEqual(["TagResource", "PutBucketVersioning"]);
  expect(status?.origin).toBe("Adopted");
  expect(status?.settings?.map(({ name, source, reason }) => ({ name, source, reason }))).toEqual([
    { name: "tags", source: "Spec" },
    { name: "publicAccessBlock", source: "Unmanaged", reason: "BelowBaseline" },
    { name: "objectOwnership", source: "Unmanaged", reason: "BelowBaseline" },
    { name: "encryption", source: "Unmanaged" },
    { name: "versioning", source: "Spec" },
    { name: "policy", source: "Unmanaged", reason: "BelowBaseline" },
  ]);
  expect(await eventWhen(world, "old", "BucketAdopted")).toMatchObject({ type: "Normal" });
  await expectInvariants(world);
});

test("baseline Secure applies to an adopted bucket, and additions of other tools stay", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = await oldBucket(world);
  const before = snapshot(world, bucketName);
  await world.applyAccount({ allowAdoption: true });
  await world.applyBucket("old", { bucketName, adoptionPolicy: "Adopt" });
  await world.bucketWhen("old", isReady);
  await world.editSpec("old", { baseline: "Secure" });
  const ready = await world.bucketWhen("old", isReady);
  for (const name of ["publicAccessBlock", "objectOwnership", "encryption", "policy"])
    expect(settingSource(ready, name)).toBe("Baseline");
  expect(ready.status?.origin, "the origin is kept").toBe("Adopted");
  const bucket = atAws(world, bucketName);
  expect(bucket.publicAccessBlock?.children.map(({ text }) => text)).toEqual(["true", "true", "true", "true"]);
  expect(bucket.ownershipControls).toEqual(ownershipDocument("BucketOwnerEnforced"));
  expect(bucket.policy).toContain("S3OperatorDenyOldTLS");
  expect(bucket.policy).toContain("Theirs");
  expect(ready.status?.policy?.unmanagedStatements).toEqual(["Theirs"]);
  expect(bucket.cors).toEqual(before.cors);
  await expectInvariants(world);
});

test("a bucket with tags that cannot be written is not adopted, and no other setting of it is written", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = await oldBucket(world);
  const before = snapshot(world, bucketName);
  const allow = world.simulator.faults.deny("s3:TagResource");
  await world.applyAccount({ allowAdoption: true });
  await world.applyBucket("old", { bucketName, adoptionPolicy: "Adopt", versioning: "Enabled", baseline: "Secure" });
  const waiting = await world.bucketWhen("old", (bucket) => condition(bucket, "Ready")?.reason === "AccessDenied");
  expect(condition(waiting, "Ready")?.message).toContain("s3:TagResource");
  expect(snapshot(world, bucketName)).toEqual(before);
  allow();
  await world.annotate("old", { "s3-operator.io/reconcile-requested-at": "now" });
  await world.bucketWhen("old", isReady);
  expect(atAws(world, bucketName).versioning).toBe("Enabled");
  await expectInvariants(world);
});

test("a released bucket is found again by the same manifest, with its origin", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const { metadata } = await readyBucket(world, "docs", { versioning: "Enabled" });
  const bucketName = world.bucketName("docs");
  await world.deleteBucket("docs");
  await world.gone("docs");
  expect(tagsAt(world, bucketName)).toEqual({
    "s3-operator.io/released-by": `test/${world.name}/docs`,
    "s3-operator.io/origin": "Created",
  });
  const { creationDate } = atAws(world, bucketName);

  await world.applyBucket("docs", { bucketName, versioning: "Enabled" });
  const again = await world.bucketWhen("docs", isReady);
  expect(again.metadata.uid).not.toBe(metadata.uid);
  expect(again.status?.origin).toBe("Created");
  expect(settingSource(again, "policy")).toBe("Baseline");
  expect(tagsAt(world, bucketName)).not.toHaveProperty("s3-operator.io/released-by");
  expect(tagsAt(world, bucketName)).toMatchObject({ "s3-operator.io/name": "docs" });
  expect(atAws(world, bucketName).creationDate).toBe(creationDate);
  await expectInvariants(world);
});

test("a bucket that another object released has no owner, and can only be adopted", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("docs");
  await readyBucket(world, "docs");
  await world.deleteBucket("docs");
  await world.gone("docs");
  await world.applyBucket("other", { bucketName });
  await world.bucketWhen("other", isStalled("BucketNotOwned"));
  await expectInvariants(world);
});

test.for([
  ["owned by another object", { name: "another" }],
  ["owned by another namespace", { namespace: "another" }],
  ["owned by another cluster", { cluster: "another" }],
] as const)("a bucket tagged as %s is never adopted", async ([, claim]) => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = await oldBucket(world);
  const owner = { cluster: "test", namespace: world.name, name: "old", origin: "Created", ...claim };
  for (const [key, value] of Object.entries(owner)) atAws(world, bucketName).tags.set(`s3-operator.io/${key}`, value);
  const before = snapshot(world, bucketName);
  await world.applyAccount({ allowAdoption: true });
  await world.applyBucket("old", { bucketName, adoptionPolicy: "Adopt", versioning: "Enabled" });
  await world.bucketWhen("old", isStalled("BucketNotOwned"));
  await expectInvariants(world);
  expect(operatorWrites(world)).toEqual([]);
  expect(snapshot(world, bucketName)).toEqual(before);
});

test("a bucket of an account regional namespace is adopted, and a new one is not created", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount({ allowAdoption: true });
  const bucketName = `${world.bucketName("regional")}-an`;
  world.account.createBucket(bucketName, "eu-central-1");
  await world.applyBucket("regional", { bucketName, adoptionPolicy: "Adopt", tags: { env: "prod" } });
  await world.bucketWhen("regional", isReady);
  expect(tagsAt(world, bucketName)).toMatchObject({ env: "prod" });

  await world.applyBucket("absent", { bucketName: `${world.bucketName("absent")}-an`, adoptionPolicy: "Adopt" });
  const stalled = await world.bucketWhen("absent", isStalled("InvalidBucketName"));
  expect(condition(stalled, "Stalled")?.message).toContain("does not exist");
  expect(operatorWrites(world).map(({ operation }) => operation)).toEqual(["TagResource"]);
  await expectInvariants(world);
});

/**
 * Status is a report: whoever may write it gets no access by that, and takes none away. With the real calls of a Pod
 * before and after.
 */

import { PutObjectCommand } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BUCKET_ACCESSES, RECONCILE_REQUESTED_AT, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { BucketAccessStatus, S3BucketStatus } from "../../../operator/api/types.ts";
import { operatorWrites } from "../support/expect/invariants.ts";
import { isReady, isReconciling } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { accessesOf, worldWithBucket, type Accesses } from "../support/world/access.ts";
import { copyOf } from "../support/world/buckets.ts";
import { runningPod } from "../support/world/pods.ts";
import { createWorld, type World } from "../support/world/world.ts";

const EVERYTHING = [{ prefix: "*", permissions: ["Read" as const, "Write" as const, "Delete" as const] }];

/** A bucket that no S3Bucket has, with an object. */
async function victimOf(world: World): Promise<string> {
  const { account, person } = world;
  const name = world.bucketName("victim");
  account.createBucket(name, "eu-central-1");
  await person.send(new PutObjectCommand({ Bucket: name, Key: "secret", Body: "secret" }));
  return name;
}

function forgedStatus({ account }: World, name: string): S3BucketStatus {
  return { bucketName: name, arn: `arn:aws:s3:::${name}`, region: "eu-central-1", accountId: account.id };
}

async function forge(world: World, name: string, status: object | null, resource = S3_BUCKETS): Promise<void> {
  await world.kube.mergePatch(resource, { namespace: world.name, name }, { status }, { subresource: "status" });
}

let requests = 0;

/** Resolves when a reconcile of both objects that began after this has ended. */
async function reconcileBoth(world: World, accesses: Accesses, name: string): Promise<void> {
  const request = `request-${(requests += 1)}`;
  await world.annotate(name, { [RECONCILE_REQUESTED_AT]: request });
  await world.bucketWhen(name, ({ status }) => status?.reconcileRequestedAt === request);
  await accesses.reconcileAgain("app");
}

async function reads(world: World, bucket: string, key: string): Promise<number | undefined> {
  using pod = await runningPod(world);
  return pod.get(bucket, key);
}

function policiesIn({ account }: World): string {
  return JSON.stringify([...account.roles.values()].map(({ inlinePolicies }) => [...inlinePolicies]));
}

test("a paused S3Bucket that names another's bucket in its status gives no access to it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const victim = await victimOf(world);
  await world.applyBucket("bait", {}, { annotations: { "s3-operator.io/paused": "true" } });
  await accesses.apply("app", { bucketRef: { name: "bait" }, grants: EVERYTHING, identity: "PodIdentity" });
  await accesses.when("app", isReconciling("BucketNotReady"));
  await forge(world, "bait", forgedStatus(world, victim));
  await accesses.reconcileAgain("app");
  await accesses.when("app", isReconciling("BucketNotReady"));
  expect(policiesIn(world)).not.toContain(victim);
  expect([...world.account.roles.keys()]).toEqual([]);
});

test("a forged status of an S3Bucket in use is corrected, and its Pods keep their bucket and get no other", async () => {
  await using world = await createWorld();
  using accesses = await accessesOf(world);
  let operator = startOperator(world);
  try {
    await worldWithBucket(world);
    const victim = await victimOf(world);
    // Without a name in its spec, so that status is the only record of it.
    await world.applyBucket("data", {});
    const bucket = await world.bucketWhen("data", isReady);
    const own = bucket.status?.bucketName ?? "";
    await world.person.send(new PutObjectCommand({ Bucket: own, Key: "a", Body: "a" }));
    const data = { bucketRef: { name: "data" }, grants: EVERYTHING, identity: "PodIdentity" as const };
    const access = await accesses.ready("app", data);
    expect(await reads(world, own, "a")).toBe(200);
    expect(await reads(world, victim, "secret")).toBe(403);
    const writes = operatorWrites(world).length;
    const policies = policiesIn(world);

    const [role] = access.status?.roles ?? [];
    const forgedRole = {
      ...role,
      name: "break-glass-admin",
      arn: `arn:aws:iam::${world.account.id}:role/break-glass-admin`,
    };
    const forgedAccess: BucketAccessStatus = {
      bucketName: victim,
      roles: [forgedRole],
      formerKeys: [{ kmsKeyArn: "*", encryptionContexts: ["Bucket", "Object"] }],
    };
    for (const isRestarted of [false, true]) {
      if (isRestarted) await operator.stop();
      await forge(world, "data", forgedStatus(world, victim));
      await forge(world, "app", forgedAccess, BUCKET_ACCESSES);
      if (isRestarted) operator = startOperator(world);
      await reconcileBoth(world, accesses, "data");
      expect((await world.bucketWhen("data", isReady)).status?.bucketName).toBe(own);
      expect((await accesses.when("app", isReady)).status).toMatchObject({
        bucketName: own,
        roles: [{ arn: role?.arn }],
      });
      expect(policiesIn(world)).toBe(policies);
      expect(await reads(world, own, "a")).toBe(200);
      expect(await reads(world, victim, "secret")).toBe(403);
    }
    expect(operatorWrites(world)).toHaveLength(writes);
  } finally {
    await operator.stop();
  }
});

test("a status that is wiped or forged at random changes nothing at AWS", async () => {
  await using world = await createWorld();
  using accesses = await accessesOf(world);
  const managed = { sseAlgorithm: "aws:kms" as const, kmsKey: { managed: {} }, bucketKeyEnabled: true };
  let operator = startOperator(world);
  try {
    await worldWithBucket(world);
    const victim = await victimOf(world);
    const foreignKey = await world.createKey();
    await world.applyBucket("data", { encryption: managed, tags: { team: "a" } });
    const { status } = await world.bucketWhen("data", isReady);
    await accesses.ready("app", { bucketRef: { name: "data" }, grants: EVERYTHING, identity: "PodIdentity" });
    const before = stateOf(world);
    const writes = operatorWrites(world).length;

    const name = fc.constantFrom(
      victim,
      status?.bucketName ?? "",
      "x",
      "../a",
      "arn:aws:s3:::a",
      world.bucketName("none"),
    );
    const region = fc.constantFrom("eu-central-1", "us-east-1", "example.com/", "x.y#");
    const accountId = fc.constantFrom(world.account.id, "999988887777");
    const key = fc.constantFrom(foreignKey, "*", "alias/aws/s3", status?.kmsKeyArn ?? "");
    const arn = name.map((each) => `arn:aws:s3:::${each}`);
    const settings = fc.constantFrom(["policy", "lifecycle", "cors", "logging"], ["encryption", "tags"], []);
    const time = fc.constantFrom("2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
    const roleArn = fc.constantFrom("arn:aws:iam::999988887777:role/x", `arn:aws:iam::${world.account.id}:role/admin`);
    const ofBucket = fc.record(
      {
        bucketName: name,
        region,
        accountId,
        arn,
        kmsKeyArn: key,
        keyChange: fc.record(
          { startTime: time, formerKmsKeyArn: fc.constant(foreignKey) },
          { requiredKeys: ["startTime"] },
        ),
        managedKey: fc.record({ isShared: fc.boolean(), workBegun: fc.boolean() }),
        origin: fc.constantFrom("Created", "Adopted"),
        appliedSettings: settings,
        tagKeys: fc.constantFrom(["theirs"], ["team"], []),
        declarationHash: fc.constantFrom("forged"),
        conditions: fc.constant([]),
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    const ofAccess = fc.record(
      {
        bucketName: name,
        region,
        accountId,
        kmsKeyArn: key,
        encryptionContexts: fc.constantFrom(["Bucket"], ["Object"], ["Bucket", "Object"]),
        formerKeys: fc
          .array(key, { maxLength: 3 })
          .map((keys) => keys.map((kmsKeyArn) => ({ kmsKeyArn, encryptionContexts: ["Bucket", "Object"] }))),
        roles: fc.array(
          fc.record({
            serviceAccount: fc.constantFrom("app", "other"),
            name: fc.constantFrom("admin", "x"),
            arn: roleArn,
          }),
          { maxLength: 2 },
        ),
        configMapName: fc.constantFrom("app", "kube-root-ca.crt"),
        declarationHash: fc.constantFrom("forged"),
        conditions: fc.constant([]),
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    const property = fc.asyncProperty(
      fc.option(ofBucket),
      fc.option(ofAccess),
      fc.boolean(),
      async (bucketStatus, accessStatus, isRestarted) => {
        if (isRestarted) await operator.stop();
        await forge(world, "data", bucketStatus);
        await forge(world, "app", accessStatus, BUCKET_ACCESSES);
        if (isRestarted) operator = startOperator(world);
        await reconcileBoth(world, accesses, "data");
        await world.bucketWhen("data", isReady);
        await accesses.when("app", isReady);
        expect(
          operatorWrites(world)
            .slice(writes)
            .map(({ operation }) => operation),
        ).toEqual([]);
        expect(stateOf(world)).toEqual(before);
      },
    );
    await fc.assert(property, { numRuns: 15, endOnFailure: true });
  } finally {
    await operator.stop();
  }
});

/** Everything in the account that decides who may reach what. */
function stateOf({ account }: World): object {
  const { buckets, roles, keys, aliases, clusters } = account;
  return structuredClone({
    buckets: [...buckets.values()].map(copyOf),
    roles: [...roles.values()].map(({ assumeRolePolicy, inlinePolicies, tags }) => [
      assumeRolePolicy,
      inlinePolicies,
      tags,
    ]),
    keys: [...keys.values()].map(({ policy, tags }) => [policy, tags]),
    aliases,
    associations: [...clusters.values()].map(({ podIdentityAssociations }) => podIdentityAssociations),
  });
}

/** Status written by a user who may write it: it gives access to no bucket, no role and no key. */

import { expect, test } from "vitest";
import { BUCKET_ACCESSES, S3_BUCKETS } from "../../../operator/api/names.ts";
import { isReady, isReconciling } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { accessesOf, roleOf, workloadAccount, worldWithBucket } from "../support/world/access.ts";
import { createWorld, type World } from "../support/world/world.ts";

const REGION = "eu-central-1";

/** The text of every policy in every role of the account. */
function policies({ account }: World): string {
  return [...account.roles.values()].flatMap(({ inlinePolicies }) => [...inlinePolicies.values()]).join("\n");
}

test.each([
  { how: "paused", annotations: { "s3-operator.io/paused": "true" } },
  { how: "not paused", annotations: {} },
])("the status of an S3Bucket that is $how names another bucket: its BucketAccess gets no policy", async (bait) => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await world.applyAccount(workloadAccount(world));
  const victim = world.account.createBucket(world.bucketName("victim"), REGION);
  const labels = Object.fromEntries([world.selector.split("=")]) as Record<string, string>;
  const metadata = { namespace: world.name, name: "bait", labels, annotations: bait.annotations };
  await world.applyBucket("bait", { bucketName: victim.name }, metadata);
  await accesses.apply("loot", { bucketRef: { name: "bait" }, grants: [{ prefix: "*", permissions: ["Read"] }] });
  await accesses.when("loot", isReconciling("BucketNotReady"));

  const status = {
    bucketName: victim.name,
    arn: `arn:aws:s3:::${victim.name}`,
    region: REGION,
    accountId: world.account.id,
  };
  await world.kube.mergePatch(
    S3_BUCKETS,
    { namespace: world.name, name: "bait" },
    { status },
    { subresource: "status" },
  );
  const after = await accesses.reconcileAgain("loot");
  expect(isReady(after)).toBe(false);
  expect(policies(world)).not.toContain(victim.name);
});

test("the status of a BucketAccess names a role and a key: neither is taken from there", async () => {
  await using world = await createWorld();
  using accesses = await accessesOf(world);
  await accesses.apply("reader", { grants: [{ prefix: "raw/", permissions: ["Read", "Write"] }] });
  const admin = world.account.addRole("break-glass-admin", { path: "/s3-operator/platform/" });
  const key = `arn:aws:kms:${REGION}:${world.account.id}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  const status = {
    roles: [{ serviceAccount: "app", name: admin.name, arn: admin.arn }],
    formerKeys: [{ kmsKeyArn: key, encryptionContexts: ["Bucket"] }],
  };
  const reader = { namespace: world.name, name: "reader" };
  await world.kube.mergePatch(BUCKET_ACCESSES, reader, { status }, { subresource: "status" });

  await using _operator = startOperator(world);
  await worldWithBucket(world);
  const access = await accesses.when("reader", isReady);
  expect(roleOf(world, access).arn).not.toBe(admin.arn);
  expect([...admin.inlinePolicies.keys()]).toEqual([]);
  expect(policies(world)).not.toContain(key);
});

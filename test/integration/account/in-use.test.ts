/** An AWSAccount stays until the last object that uses it is gone: they need it for their own deletion. */
import { beforeAll, expect, test } from "vitest";
import { AWS_ACCOUNTS, BUCKET_ACCESSES, RECONCILE_REQUESTED_AT, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { AWSAccount, S3Bucket } from "../../../operator/api/types.ts";
import { unlessNotFound } from "../../../operator/kube/errors.ts";
import { expectSoundStatus } from "../../conformance/conditions.ts";
import { addManagedRole } from "../access/sweeping.ts";
import { expectInvariants } from "../support/expect/invariants.ts";
import { condition, isReady, isReconciling } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { spawnOperator, startOperator } from "../support/process/operator.ts";
import { accessesOf, createServiceAccount, workloadAccount, worldWithBucket } from "../support/world/access.ts";
import { readyBucket, tagsAt } from "../support/world/buckets.ts";
import { kubectl } from "../support/world/kubectl.ts";
import { createWorld, NAMESPACES, type World } from "../support/world/world.ts";

let bundle: string;
beforeAll(async () => {
  bundle = await ensureBundle();
});

function accountWhen({ kube, name }: World, until: (account: AWSAccount | undefined) => boolean) {
  return eventually(
    () => unlessNotFound(kube.get<AWSAccount>(AWS_ACCOUNTS, { name })),
    until,
    (last) => JSON.stringify([last?.metadata, last?.status], undefined, 1),
  );
}

const isGone = (account: AWSAccount | undefined) => account === undefined;
const isHeld = (account: AWSAccount | undefined) => (account?.metadata.finalizers ?? []).length > 0;
const waits = (account: AWSAccount | undefined) => account !== undefined && isReconciling("AccountInUse")(account);
const deleteAccount = ({ kube, name }: World) => kube.delete(AWS_ACCOUNTS, { name });

test("the finalizer comes with the first user, and goes with the last", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount();
  await accountWhen(world, (account) => account !== undefined && isReady(account));
  expect(isHeld(await accountWhen(world, () => true))).toBe(false);
  await readyBucket(world, "docs");
  await accountWhen(world, isHeld);
  await world.deleteBucket("docs");
  await world.gone("docs");
  await accountWhen(world, (account) => !isHeld(account));
});

test("account, bucket and access that are deleted at once all go, and leave nothing at AWS", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await world.applyAccount(workloadAccount(world));
  await readyBucketOf(world, "docs");
  await createServiceAccount(world, world.name, "app");
  await accesses.ready("reader", {});
  await accountWhen(world, isHeld);

  await deleteAccount(world);
  await world.deleteBucket("docs");
  await accesses.delete("reader");
  await accountWhen(world, isGone);
  expect(await world.findBucket("docs")).toBeUndefined();
  expect([...world.account.buckets.keys()]).toEqual([]);
  expect([...world.account.roles.keys()]).toEqual([]);
});

/** Deleted with its S3Bucket; does not replace the account. */
async function readyBucketOf(world: World, name: string) {
  await world.applyBucket(name, { bucketName: world.bucketName(name), deletionPolicy: "DeleteIfEmpty" });
  await world.bucketWhen(name, isReady);
}

test("a deleted account says how many objects use it and where; they continue to work", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs");
  await accountWhen(world, isHeld);
  await deleteAccount(world);
  const kept = (await accountWhen(world, waits)) as AWSAccount;
  expectSoundStatus(kept);
  expect(condition(kept, "Ready")?.message).toContain(
    `kept while 1 object in 1 namespace use it: S3Bucket ${world.name}/docs.`,
  );
  const events = await kubectl(world, "get", "events", "--namespace=default", `--field-selector=reason=AccountInUse`);
  expect(events.stdout).toContain(world.name);

  await world.editSpec("docs", { tags: { team: "documents" } });
  await world.bucketWhen("docs", isReady);
  expect(tagsAt(world, world.bucketName("docs"))["team"]).toBe("documents");
  await world.deleteBucket("docs");
  await world.gone("docs");
  await accountWhen(world, isGone);
  expect(
    tagsAt(world, world.bucketName("docs"))["s3-operator.io/released-by"],
    "Retain needs the account",
  ).toBeDefined();
  await expectInvariants(world);
});

test("access that no BucketAccess asks for any more is revoked while a deleted account waits", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { pollIntervalMs: 1_000 });
  await worldWithBucket(world);
  await deleteAccount(world);
  await accountWhen(world, waits);

  const role = addManagedRole(world, { owner: { namespace: world.name, kind: "ServiceAccount", name: "app" } });
  await eventually(
    async () => {
      const annotations = { [RECONCILE_REQUESTED_AT]: new Date().toISOString() };
      await world.kube.mergePatch(AWS_ACCOUNTS, { name: world.name }, { metadata: { annotations } });
      return world.account.roles.has(role.arn);
    },
    (isThere) => !isThere,
  );
});

test("two operators that watch different namespaces do not take the account from each other", async () => {
  await using world = await createWorld();
  const second = `${world.name}-2`;
  await world.kube.create(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name: second } });
  await using _one = startOperator(world);
  await using _two = startOperator(world, { watchNamespaces: [second], leaderElectionName: "second" });
  await readyBucket(world, "docs");
  const { apiVersion, kind, metadata, spec: docs } = await world.bucket("docs");
  const there = { namespace: second, name: "docs" };
  const spec = { ...docs, bucketName: world.bucketName("second") };
  const object: S3Bucket = { apiVersion, kind, metadata: { ...there, labels: metadata.labels ?? {} }, spec };
  await world.kube.apply(S3_BUCKETS, object, { fieldManager: "test" });
  await accountWhen(world, (account) => account?.metadata.finalizers?.length === 2);

  await deleteAccount(world);
  await world.deleteBucket("docs");
  const left = await accountWhen(world, (account) => account?.metadata.finalizers?.length === 1);
  expect(condition(left as AWSAccount, "Ready")?.reason).toBe("AccountInUse");
  await world.kube.delete(S3_BUCKETS, there);
  await accountWhen(world, isGone);
});

test("an operator that was killed, or was down while its objects went, continues where it stood", async () => {
  await using world = await createWorld();
  const first = spawnOperator(world, bundle);
  await readyBucket(world, "docs");
  await accountWhen(world, isHeld);
  await first.kill();
  await deleteAccount(world);
  const second = spawnOperator(world, bundle);
  await accountWhen(world, waits);
  await second.kill();
  await world.deleteBucket("docs");
  await using _third = spawnOperator(world, bundle);
  await world.gone("docs");
  await accountWhen(world, isGone);
});

test("a deleted namespace releases the account that its objects used", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await world.applyAccount(workloadAccount(world));
  await readyBucketOf(world, "docs");
  await createServiceAccount(world, world.name, "app");
  await accesses.ready("reader", {});
  await deleteAccount(world);
  await world.kube.delete(NAMESPACES, { name: world.name });
  await accountWhen(world, isGone);
  const { items } = await world.kube.list(BUCKET_ACCESSES, { namespace: world.name });
  expect(items).toEqual([]);
});

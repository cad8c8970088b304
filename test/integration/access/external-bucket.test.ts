/**
 * Access to buckets that no S3Bucket manages: as far as the AWSAccount allows it, without a call for the bucket. With
 * the real calls of a Pod.
 */

import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { AWSAccountSpec, BucketAccessSpec } from "../../../operator/api/types.ts";
import { operatorCalls } from "../support/expect/invariants.ts";
import { condition, isReady, isStalled } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { accessesOf, expectAccessInvariants, workloadAccount, worldWithBucket } from "../support/world/access.ts";
import { snapshot } from "../support/world/buckets.ts";
import { otherNamespace } from "../support/world/namespace.ts";
import { runningPod } from "../support/world/pods.ts";
import { s3As } from "../support/world/workloads.ts";
import { createWorld, PERSON, type World } from "../support/world/world.ts";

const REGION = "eu-central-1";
const FOREIGN = "999988887777";

function to(name: string, more: Partial<BucketAccessSpec["bucket"]> = {}): Partial<BucketAccessSpec> {
  return {
    bucketRef: undefined as never,
    bucket: { name, region: REGION, ...more },
    identity: "PodIdentity",
    grants: [{ prefix: "in/", permissions: ["Read", "Write"] }],
  };
}

/** An account whose rules allow these bucket names. */
function allowing(world: World, buckets: string[], more: Partial<AWSAccountSpec> = {}): Partial<AWSAccountSpec> {
  return workloadAccount(world, { default: true, access: { rules: [{ buckets }] }, ...more });
}

async function bucketWithObjects({ account, person }: World, Bucket: string): Promise<string> {
  account.createBucket(Bucket, REGION);
  for (const Key of ["in/a", "out/a"]) await person.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  return Bucket;
}

test("a Pod reaches a bucket without an S3Bucket below its prefix, as long as the AWSAccount allows the name", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  const lake = await bucketWithObjects(world, world.bucketName("lake"));
  await world.applyAccount(workloadAccount(world, { default: true }));
  await accesses.apply("reader", to(lake));
  const refused = await accesses.when("reader", isStalled("NotAllowedByAccount"));
  expect(condition(refused, "Ready")?.message).toContain(`bucket '${lake}'`);
  expect([...world.account.roles.keys()]).toEqual([]);

  await world.applyAccount(allowing(world, ["lake-*"]));
  const { status } = await accesses.when("reader", isReady);
  expect(status).toMatchObject({ bucketName: lake, region: REGION });
  expect(status).not.toHaveProperty("ownerPolicies");
  using pod = await runningPod(world);
  expect([await pod.get(lake, "in/a"), await pod.put(lake, "in/b"), await pod.get(lake, "out/a")]).toEqual([
    200, 200, 403,
  ]);
  await expectAccessInvariants(world, accesses);
  expect(operatorCalls(world).filter(({ service }) => service.startsWith("s3"))).toEqual([]);

  await world.applyAccount(allowing(world, ["other-*", "*-{namespace}-lake"]));
  await accesses.when("reader", isStalled("NotAllowedByAccount"));
  expect([...world.account.roles.keys()]).toEqual([]);
  expect(await pod.get(lake, "in/a")).toBe(403);
});

test("a bucket of another account needs its owner's policy, which the status has ready to send", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  const theirs = world.bucketName("theirs");
  const { credentials } = world.simulator.account(FOREIGN).addUser(PERSON);
  const owner = s3As(world, credentials);
  await owner.send(
    new CreateBucketCommand({ Bucket: theirs, CreateBucketConfiguration: { LocationConstraint: REGION } }),
  );
  for (const Key of ["in/a", "out/a"]) await owner.send(new PutObjectCommand({ Bucket: theirs, Key, Body: Key }));

  const guardrails = { allowedAccounts: ["444455556666"] };
  await world.applyAccount(allowing(world, ["theirs-*"], { guardrails }));
  await accesses.apply("reader", to(theirs, { accountId: FOREIGN }));
  await accesses.when("reader", isStalled("GuardrailViolated"));
  await world.applyAccount(allowing(world, ["theirs-*"]));
  const { status } = await accesses.when("reader", isReady);
  const policy = status?.ownerPolicies?.bucketPolicy ?? "";
  using pod = await runningPod(world);
  expect(await pod.get(theirs, "in/a")).toBe(403);
  await owner.send(new PutBucketPolicyCommand({ Bucket: theirs, Policy: policy }));
  expect([await pod.get(theirs, "in/a"), await pod.get(theirs, "out/a")]).toEqual([200, 403]);
  expect(status?.ownerPolicies).not.toHaveProperty("keyPolicy");
  owner.destroy();
});

test("a pattern of the AWSAccount does not open the bucket of an S3Bucket", async () => {
  await using world = await createWorld();
  const attacker = await otherNamespace(world);
  await using _operator = startOperator(world, { watchNamespaces: [world.name, attacker.name] });
  using accesses = await accessesOf(world, attacker.name);
  await worldWithBucket(world, {}, allowing(world, ["*"]));
  await accesses.apply("thief", { ...to(world.bucketName("docs")), accountRef: { name: world.name } });
  const refused = await accesses.when("thief", isStalled("NotAllowedByAccount"));
  expect(condition(refused, "Ready")?.message).toContain("managed by an S3Bucket");
  expect([...world.account.roles.keys()]).toEqual([]);
});

test("an S3Bucket that only observes a bucket without owner gives access to it as far as the AWSAccount allows, and writes nothing", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  const seen = await bucketWithObjects(world, world.bucketName("seen"));
  await world.applyAccount(workloadAccount(world));
  const before = snapshot(world, seen);
  await world.applyBucket("docs", { bucketName: seen, mode: "Observe" });
  const { bucket: _bucket, ...grants } = to(seen);
  await accesses.apply("reader", { ...grants, bucketRef: { name: "docs" } });
  await accesses.when("reader", isStalled("NotAllowedByAccount"));
  expect([...world.account.roles.keys()]).toEqual([]);

  await world.applyAccount(allowing(world, ["seen-*"]));
  await accesses.when("reader", isReady);
  using pod = await runningPod(world);
  expect([await pod.get(seen, "in/a"), await pod.get(seen, "out/a")]).toEqual([200, 403]);
  expect(snapshot(world, seen)).toEqual(before);
});

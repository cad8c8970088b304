import { expect, test } from "vitest";
import type { S3Bucket, S3BucketSpec } from "../../../operator/api/types.ts";
import { expectHealth } from "../support/expect/health.ts";
import { expectInvariants } from "../support/expect/invariants.ts";
import { condition, isReady, isReconciling, isStalled } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { accessesOf, GRANTS, workloadAccount } from "../support/world/access.ts";
import { createWorld } from "../support/world/world.ts";

/*
 * A failure or a wait that lasts becomes Stalled, so that Argo CD, Flux and Helm stop waiting, and is still retried, so
 * that it recovers without an edit.
 */
const WHILE_TRIED = { kstatus: "InProgress", ready: false, argocd: "Progressing" } as const;
const STALLED = { kstatus: "Failed", ready: false, argocd: "Degraded" } as const;
const HEALTHY = { kstatus: "Current", ready: true, argocd: "Healthy" } as const;
/** Longer than the tools take to read an object. */
const AFTER_MS = 12_000;

test("a denied action is retried, becomes Stalled with the same message, and recovers", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { stalledAfterMs: AFTER_MS });
  await world.applyAccount();
  const allow = world.simulator.faults.deny("s3:PutBucketVersioning");
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), versioning: "Enabled" });
  const trying = await world.bucketWhen("docs", isReconciling("AccessDenied"));
  await expectHealth(world, trying, WHILE_TRIED);
  const stalled = await world.bucketWhen("docs", isStalled("AccessDenied"), 30_000);
  await expectHealth(world, stalled, STALLED);
  expect(condition(stalled, "Stalled")?.message).toBe(condition(trying, "Ready")?.message);
  const states = world.statuses.of("docs").filter(({ status }) => status?.conditions !== undefined);
  expect(
    states.filter((state) => condition(state, "Stalled")),
    "one write, and no change of the status",
  ).toHaveLength(1);
  allow();
  await world.annotate("docs", { "s3-operator.io/reconcile-requested-at": "now" });
  await expectHealth(world, await world.bucketWhen("docs", isReady), HEALTHY);
  await expectInvariants(world);
});

test("a missing log bucket becomes Stalled, and recovers without an edit once the bucket exists", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { stalledAfterMs: 1_000 });
  await world.applyAccount();
  const targetBucket = world.bucketName("logs");
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), logging: { targetBucket } });
  const isAnyStalled = (bucket: S3Bucket) => condition(bucket, "Stalled") !== undefined;
  await expectHealth(world, await world.bucketWhen("docs", isAnyStalled, 30_000), STALLED);
  const logs: S3BucketSpec = {
    bucketName: targetBucket,
    policy: { logDelivery: [{ service: "logging.s3.amazonaws.com" }] },
  };
  await world.applyBucket("logs", logs);
  await world.bucketWhen("logs", isReady);
  const healed = await world.bucketWhen("docs", isReady, 60_000);
  expect(healed.metadata.generation, "without an edit").toBe(1);
  await expectHealth(world, healed, HEALTHY);
  await expectInvariants(world);
});

test("a BucketAccess without its S3Bucket becomes Stalled, and recovers once the bucket exists", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { stalledAfterMs: 1_000 });
  await world.applyAccount(workloadAccount(world));
  using accesses = await accessesOf(world);
  const spec = { bucketRef: { name: "docs" }, grants: GRANTS, serviceAccountRefs: [{ name: "app" }] };
  await accesses.apply("app", spec);
  await expectHealth(world, await accesses.when("app", isStalled("BucketNotAvailable")), STALLED);
  await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
  await expectHealth(world, await accesses.when("app", isReady), HEALTHY);
});

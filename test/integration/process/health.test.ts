import { expect, test } from "vitest";
import { PAUSED } from "../../../operator/api/names.ts";
import type { Call } from "../../aws/index.ts";
import { kstatus } from "../../conformance/kstatus.ts";
import { expectHealth as expectHealthOf, type Health } from "../support/expect/health.ts";
import { expectInvariants, reconcileAgain } from "../support/expect/invariants.ts";
import { condition, isReady, isReconciling, isStalled } from "../support/expect/states.ts";
import { holdCalls } from "../support/faults/trap.ts";
import { watchWrites } from "../support/faults/write-watch.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket } from "../support/world/buckets.ts";
import { kubectl, kubectlWait } from "../support/world/kubectl.ts";
import { createWorld, type World } from "../support/world/world.ts";

/*
 * Each state of an S3Bucket as tools that wait for it see it: Helm 4 and Flux (kstatus), Argo CD, and kubectl. A
 * transient state is checked while the simulator holds the operator's next call.
 */

async function expectHealth(world: World, name: string, health: Health): Promise<void> {
  await expectHealthOf(world, await world.bucket(name), health);
}

/** Asserts that each status was sound, and that none was Ready while there was something to write. */
async function expectHonest(world: World, tooEarly: readonly string[]): Promise<void> {
  await expectInvariants(world);
  expect(tooEarly, "written while it was Ready").toEqual([]);
}

test("a new bucket is in progress until its first reconcile has finished", async () => {
  await using world = await createWorld();
  const tooEarly = watchWrites(world);
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), versioning: "Enabled" });
  expect((await world.bucket("docs")).status).toEqual({ observedGeneration: -1 });
  await expectHealth(world, "docs", { kstatus: "InProgress", ready: false, argocd: "Progressing" });

  const read = holdCalls(world.simulator, "HeadBucket");
  const creation = holdCalls(world.simulator, "CreateBucket");
  const versioning = holdCalls(world.simulator, "PutBucketVersioning");
  const readBack = holdCalls(world.simulator, "GetBucketVersioning");
  await using _operator = startOperator(world);
  for (const { full, release } of [read, creation]) {
    await full;
    await expectHealth(world, "docs", { kstatus: "InProgress", ready: false, argocd: "Progressing" });
    release();
  }
  expect(condition(await world.bucket("docs"), "Ready")).toMatchObject({ status: "Unknown", reason: "Creating" });
  await readBack.full;
  readBack.release();
  await versioning.full;
  const lastRead = holdCalls(world.simulator, "GetBucketVersioning");
  versioning.release();
  await lastRead.full;
  await expectHealth(world, "docs", { kstatus: "InProgress", ready: false, argocd: "Progressing" });
  lastRead.release();
  await world.bucketWhen("docs", isReady);
  await expectHealth(world, "docs", { kstatus: "Current", ready: true, argocd: "Healthy" });
  await expectHonest(world, tooEarly);
});

test("a bucket with an edited spec is in progress until it is reconciled", async () => {
  await using world = await createWorld();
  const tooEarly = watchWrites(world);
  const operator = startOperator(world);
  await readyBucket(world, "docs");
  await operator.stop();
  await world.editSpec("docs", { versioning: "Enabled" });
  await expectHealth(world, "docs", { kstatus: "InProgress", ready: false, argocd: "Progressing" });

  const write = holdCalls(world.simulator, "PutBucketVersioning");
  await using _operator = startOperator(world);
  await write.full;
  await expectHealth(world, "docs", { kstatus: "InProgress", ready: false, argocd: "Progressing" });
  write.release();
  await world.bucketWhen("docs", isReady);
  await expectHealth(world, "docs", { kstatus: "Current", ready: true, argocd: "Healthy" });
  await expectHonest(world, tooEarly);
});

test("a transient error of AWS is never a failure", async () => {
  await using world = await createWorld();
  const tooEarly = watchWrites(world);
  await using _operator = startOperator(world);
  await readyBucket(world, "docs");
  const off = world.simulator.faults.internalError({ bucket: world.bucketName("docs") });
  await reconcileAgain(world, "docs");
  await world.bucketWhen("docs", isReconciling("Unavailable"));
  await expectHealth(world, "docs", { kstatus: "InProgress", ready: false, argocd: "Progressing" });
  off();
  await world.bucketWhen("docs", isReady);
  await expectHealth(world, "docs", { kstatus: "Current", ready: true, argocd: "Healthy" });
  expect(new Set(world.statuses.of("docs").map(kstatus))).toEqual(new Set(["InProgress", "Current"]));
  await expectHonest(world, tooEarly);
});

test("an error that only a user can resolve is a failure", async () => {
  await using world = await createWorld();
  const tooEarly = watchWrites(world);
  world.simulator.account("999988887777").createBucket(world.bucketName("docs"), "eu-central-1");
  await using _operator = startOperator(world);
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
  await world.bucketWhen("docs", isStalled("BucketOwnedByAnotherAccount"));
  await expectHealth(world, "docs", { kstatus: "Failed", ready: false, argocd: "Degraded" });
  await expectHonest(world, tooEarly);
});

test("a bucket is not ready while drift is corrected", async () => {
  await using world = await createWorld();
  const tooEarly = watchWrites(world);
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", { versioning: "Enabled" });
  atAws(world, world.bucketName("docs")).versioning = "Suspended";
  const repair = holdCalls(world.simulator, "PutBucketVersioning");
  await reconcileAgain(world, "docs");
  await repair.full;
  await expectHealth(world, "docs", { kstatus: "InProgress", ready: false, argocd: "Progressing" });
  expect(condition(await world.bucket("docs"), "Ready")).toMatchObject({ status: "Unknown", reason: "DriftDetected" });
  repair.release();
  await world.bucketWhen("docs", isReady);
  await expectHealth(world, "docs", { kstatus: "Current", ready: true, argocd: "Healthy" });
  await expectHonest(world, tooEarly);
});

test("a paused bucket keeps its health unless it was edited", async () => {
  await using world = await createWorld();
  const tooEarly = watchWrites(world);
  await using _operator = startOperator(world);
  await readyBucket(world, "docs");
  await world.annotate("docs", { [PAUSED]: "true" });
  await world.bucketWhen("docs", (bucket) => condition(bucket, "Paused")?.status === "True");
  await expectHealth(world, "docs", { kstatus: "Current", ready: true, argocd: "Suspended" });
  await world.editSpec("docs", { versioning: "Enabled" });
  await expectHealth(world, "docs", { kstatus: "InProgress", ready: false, argocd: "Suspended" });
  await world.annotate("docs", { [PAUSED]: null });
  await world.bucketWhen("docs", isReady);
  await expectHealth(world, "docs", { kstatus: "Current", ready: true, argocd: "Healthy" });
  await expectHonest(world, tooEarly);
});

test("a bucket that is being deleted is terminating", async () => {
  await using world = await createWorld();
  const tooEarly = watchWrites(world);
  await using _operator = startOperator(world);
  await readyBucket(world, "docs", { deletionPolicy: "DeleteIfEmpty" });
  const call = holdCalls(world.simulator, "DeleteBucket");
  await world.deleteBucket("docs");
  await call.full;
  // A deletion increases the generation, so the last Ready condition is outdated.
  await expectHealth(world, "docs", { kstatus: "Terminating", ready: false, argocd: "Progressing" });
  expect(await kubectlWait(world, "docs", "delete", "10ms")).toBe(false);
  call.release();
  expect(await kubectlWait(world, "docs", "delete", "20s")).toBe(true);
  expect(world.account.buckets.has(world.bucketName("docs"))).toBe(false);
  await expectHonest(world, tooEarly);
});

test("kubectl wait returns as soon as AWS is done, and not before", async () => {
  await using world = await createWorld();
  const tooEarly = watchWrites(world);
  await using _operator = startOperator(world);
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), tags: { env: "prod" } });
  const answers = await Promise.all([
    kubectlWait(world, "docs", "condition=Ready", "20s"),
    kubectlWait(world, "docs", "jsonpath={.status.arn}", "20s"),
    kubectlWait(world, "docs", "condition=Ready=false", "0s"),
  ]);
  const written = world.simulator.calls.writes().length;
  expect(answers).toEqual([true, true, false]);
  await expectHonest(world, tooEarly);
  expect(world.simulator.calls.writes().map(({ operation }: Call) => operation)).toHaveLength(written);
});

test("kubectl get shows the columns", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs");
  const bucketName = world.bucketName("docs");
  const { stdout } = await kubectl(world, "get", "s3b", "-o", "wide");
  const [header = "", row = "", ...more] = stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/ {2,}/));
  expect(header).toEqual(["NAME", "READY", "REASON", "BUCKET", "REGION", "AGE", "ACCOUNT", "MESSAGE"]);
  const message = `Bucket '${bucketName}' is as declared`;
  const age = expect.stringMatching(/^\d+s$/) as unknown;
  expect(row).toEqual(["docs", "True", "Succeeded", bucketName, "eu-central-1", age, world.account.id, message]);
  expect(more).toEqual([]);
});

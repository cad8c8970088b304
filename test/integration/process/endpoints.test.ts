import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteBucketTaggingCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInvariants, operatorCalls, reconcileAgain } from "../support/expect/invariants.ts";
import { isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { ask, scrape, valueOf } from "../support/process/endpoints.ts";
import { spawnOperator } from "../support/process/operator.ts";
import { serverOf, startProxy, writeProxiedKubeconfig } from "../support/process/proxy.ts";
import { readyBucket } from "../support/world/buckets.ts";
import { createWorld } from "../support/world/world.ts";

const LISTEN = ["--health-address=127.0.0.1:0", "--metrics-address=127.0.0.1:0"];

let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "s3-operator-endpoints-"));
  bundle = await ensureBundle();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test.concurrent(
  "without an API server the operator is alive and not ready, with reasons; with one it becomes ready and works",
  async () => {
    await using world = await createWorld();
    await using proxy = await startProxy(await serverOf(world.kubeconfigPath));
    const kubeconfig = join(folder, world.name);
    await writeProxiedKubeconfig(world.kubeconfigPath, proxy, kubeconfig);
    await proxy.refuse();
    await using operator = spawnOperator(world, bundle, [...LISTEN, `--kubeconfig=${kubeconfig}`]);

    expect(await ask(operator, "/healthz")).toEqual({ status: 200, body: "ok\n" });
    const failing = operator.log.bind(operator);
    await eventually(failing, (log) => log.filter(({ msg }) => msg === "Watch failed, trying again").length >= 3);
    const { status, body } = await ask(operator, "/readyz");
    expect(status).toBe(503);
    expect(body.split("\n")).toEqual([
      "[-]watch-s3buckets: not listed yet",
      "[-]watch-bucketaccesses: not listed yet",
      "[-]watch-awsaccounts: not listed yet",
      "[-]watch-namespaces: not listed yet",
      "not ready",
      "",
    ]);
    expect(operator.child.exitCode, "it keeps running").toBeNull();

    await proxy.restore();
    await eventually(
      () => ask(operator, "/readyz"),
      (answer) => answer.status === 200,
    );
    await readyBucket(world, "docs");
    expect((await ask(operator, "/healthz")).status).toBe(200);
    await expectInvariants(world);
  },
);

test.concurrent("/metrics has the metrics of controller-runtime, with their names", async () => {
  await using world = await createWorld();
  await using operator = spawnOperator(world, bundle, LISTEN);
  const bucketName = world.bucketName("docs");
  const before = Date.now() / 1_000;
  await readyBucket(world, "docs", { versioning: "Enabled" });
  await world.person.send(
    new PutBucketVersioningCommand({ Bucket: bucketName, VersioningConfiguration: { Status: "Suspended" } }),
  );
  await reconcileAgain(world, "docs");
  await world.bucketWhen("docs", isReady);
  await expectInvariants(world);
  // The operator receives the object by a watch of its own.
  const object = { kind: "S3Bucket", namespace: world.name, name: "docs" };
  const condition = { ...object, type: "Ready", status: "True" };
  const samples = await eventually(
    () => scrape(operator),
    (all) => valueOf(all, "s3_operator_resource_condition", condition) === 1,
  );
  const value = (name: string, labels?: Record<string, string>) => valueOf(samples, name, labels) ?? NaN;

  expect(value("s3_operator_build_info", { node_version: process.version })).toBe(1);
  expect(value("s3_operator_resource_condition", object), "Ready is the only condition").toBe(1);
  const account = { kind: "AWSAccount", namespace: "", name: world.name, type: "Ready", status: "True" };
  expect(value("s3_operator_resource_condition", account)).toBe(1);
  expect(value("s3_operator_drift_detected_total", { kind: "S3Bucket", setting: "versioning" })).toBe(1);
  expect(value("s3_operator_drift_detected_total")).toBe(1);
  const synced = value("s3_operator_last_sync_timestamp_seconds", object);
  expect(synced).toBeGreaterThanOrEqual(before);
  expect(synced).toBeLessThanOrEqual(Date.now() / 1_000);

  const calls = operatorCalls(world);
  const counted = (operation: string) => value("s3_operator_aws_requests_total", { operation });
  for (const operation of ["HeadBucket", "CreateBucket", "PutBucketVersioning", "GetCallerIdentity"]) {
    expect(counted(operation), operation).toBe(calls.filter((call) => call.operation === operation).length);
  }
  const labels = { service: "s3", operation: "HeadBucket", code: "404" };
  expect(value("s3_operator_aws_requests_total", labels)).toBe(1);
  expect(value("s3_operator_aws_requests_total"), "each call that AWS received, and no other").toBe(calls.length);
  expect(value("s3_operator_aws_request_duration_seconds_count")).toBe(calls.length);

  const reconciles = value("controller_runtime_reconcile_total", { controller: "s3bucket", result: "success" });
  expect(reconciles).toBeGreaterThanOrEqual(3);
  for (const result of ["error", "requeue"]) {
    expect(value("controller_runtime_reconcile_total", { controller: "s3bucket", result }), result).toBe(0);
  }
  expect(value("controller_runtime_reconcile_time_seconds_count", { controller: "s3bucket" })).toBe(
    value("controller_runtime_reconcile_total", { controller: "s3bucket" }),
  );
  for (const name of ["s3bucket", "awsaccount"]) {
    expect(value("workqueue_adds_total", { name })).toBeGreaterThan(0);
    expect(value("workqueue_depth", { name })).toBe(0);
    expect(value("workqueue_retries_total", { name })).toBe(0);
    expect(value("workqueue_work_duration_seconds_count", { name })).toBeGreaterThan(0);
  }
  expect(value("rest_client_requests_total", { method: "GET", code: "200" })).toBeGreaterThanOrEqual(6);
  expect(value("rest_client_requests_total", { method: "PATCH", code: "200" })).toBeGreaterThanOrEqual(2);

  await world.deleteBucket("docs");
  await world.gone("docs");
  const later = await eventually(
    () => scrape(operator),
    (all) => valueOf(all, "s3_operator_resource_condition", object) === undefined,
  );
  expect(
    valueOf(later, "s3_operator_last_sync_timestamp_seconds", object),
    "the series of a deleted object is gone",
  ).toBeUndefined();
});

test.concurrent(
  "the log consists of JSON lines with the object of each reconcile, errors in one form, and no secret",
  async () => {
    await using world = await createWorld();
    await using operator = spawnOperator(world, bundle, ["--log-level=debug"]);
    await readyBucket(world, "docs", { tags: { team: "documents" } });
    world.simulator.faults.internalError({ operation: "PutBucketVersioning", times: 3 });
    world.simulator.faults.deny("s3:PutLifecycleConfiguration");
    await world.editSpec("docs", {
      versioning: "Enabled",
      lifecycle: { rules: [{ id: "a", status: "Enabled", expiration: { days: 1 } }] },
    });
    await eventually(
      () => operator.log(),
      (log) => log.some(({ msg }) => msg === "Reconcile failed"),
      () => operator.output(),
    );
    await world.person.send(new DeleteBucketTaggingCommand({ Bucket: world.bucketName("docs") }));

    const lines = operator.output().split("\n").slice(0, -1);
    const log = operator.log();
    expect(log.length, "every line is JSON").toBe(lines.length);
    for (const { ts, level, msg } of log) {
      expect(new Date(ts).toISOString()).toBe(ts);
      expect(["debug", "info", "warn", "error"]).toContain(level);
      expect(msg).toMatch(/^[A-Z]/);
    }
    const ofBucket = log.filter(({ controller }) => controller === "s3bucket");
    expect(ofBucket.length).toBeGreaterThan(1);
    for (const line of ofBucket) {
      expect(line).toMatchObject({ namespace: world.name, name: "docs", controllerKind: "S3Bucket" });
      expect(line["reconcileID"]).toMatch(/^[0-9a-f-]{36}$/);
    }
    const ids = new Set(ofBucket.map((line) => line["reconcileID"]));
    expect(ids.size, "each reconcile has an ID").toBeGreaterThan(1);

    const failure = log.find(({ msg }) => msg === "Reconcile failed");
    expect(failure).toMatchObject({
      level: "error",
      reason: expect.any(String) as string,
      detail: expect.any(String) as string,
      error: { name: expect.any(String) as string, message: expect.any(String) as string },
    });
    for (const line of log) expect(line, "errors have one key").not.toHaveProperty("err");

    const { secretAccessKey, accessKeyId } = world.account.credentials;
    expect(operator.output()).not.toContain(secretAccessKey);
    expect(operator.output()).not.toMatch(/authorization|AWS4-HMAC-SHA256|Bearer /i);
    // The access key ID is no secret, but does not belong into a log.
    expect(operator.output()).not.toContain(accessKeyId);
  },
);

/** The values of a running operator's metrics; the page, the dashboard and the alerts name exactly these metrics. */
import { PutBucketVersioningCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONFIRM_DELETE_CONTENTS } from "../../../operator/api/names.ts";
import { allQueries, documentedSeries, problemsOf, type Series } from "../../conformance/monitoring.ts";
import { operatorCalls, reconcileAgain } from "../support/expect/invariants.ts";
import { condition, isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { ask, scrape, valueOf, type Sample } from "../support/process/endpoints.ts";
import { spawnOperator } from "../support/process/operator.ts";
import type { NodeProcess } from "../support/process/process.ts";
import { createWorld, type World } from "../support/world/world.ts";

let world: World;
let operator: NodeProcess;
/** Scrapes at the start and at the end. */
let before: Sample[];
let after: Sample[];

const value = (name: string, labels?: Record<string, string>) => valueOf(after, name, labels);
const increase = (name: string, labels?: Record<string, string>) =>
  (valueOf(after, name, labels) ?? 0) - (valueOf(before, name, labels) ?? 0);

beforeAll(async () => {
  world = await createWorld();
  const listen = ["--health-address=127.0.0.1:0", "--metrics-address=127.0.0.1:0"];
  const elect = ["--leader-elect=true", `--leader-election-namespace=${world.name}`];
  operator = spawnOperator(world, await ensureBundle(), [...listen, ...elect]);
  before = await eventually(
    () => scrape(operator),
    (samples) => valueOf(samples, "leader_election_master_status") === 1,
    () => operator.output(),
  );
  await happenings();
  // The operator receives the objects by a watch of its own.
  after = await eventually(
    () => scrape(operator),
    (all) => valueOf(all, "s3_operator_resource_deletion_timestamp_seconds", { name: "stuck" }) !== undefined,
  );
}, 120_000);

afterAll(async () => {
  await operator.kill();
  await world[Symbol.asyncDispose]();
});

/** Causes drift; a throttled and a denied call; a bucket that is emptied and deleted, and one that cannot be. */
async function happenings() {
  await world.applyAccount({ allowedDeletionPolicies: ["Retain", "DeleteIfEmpty", "DeleteWithContents"] });
  const bucket = (name: string) => world.bucketName(name);
  const deletable = { bucketName: bucket("emptied"), deletionPolicy: "DeleteWithContents" as const };
  const annotations = { [CONFIRM_DELETE_CONTENTS]: bucket("emptied") };
  await world.applyBucket("docs", { bucketName: bucket("docs"), versioning: "Enabled" });
  await world.applyBucket("emptied", deletable, { annotations });
  await world.applyBucket("stuck", { bucketName: bucket("stuck"), deletionPolicy: "DeleteIfEmpty" });
  for (const name of ["docs", "emptied", "stuck"]) await world.bucketWhen(name, isReady);

  const suspended = { Status: "Suspended" } as const;
  await world.person.send(
    new PutBucketVersioningCommand({ Bucket: bucket("docs"), VersioningConfiguration: suspended }),
  );
  world.simulator.faults.throttle({ operation: "PutBucketVersioning", times: 1 });
  await reconcileAgain(world, "docs");
  await world.bucketWhen("docs", isReady);

  const denied = world.simulator.faults.deny("s3:PutLifecycleConfiguration");
  const rules = [{ id: "a", status: "Enabled", expiration: { days: 1 } }];
  await world.editSpec("docs", { lifecycle: { rules } });
  await world.bucketWhen("docs", (docs) => condition(docs, "Ready")?.reason === "AccessDenied");
  denied();

  for (const Key of ["a", "b", "c"]) {
    await world.person.send(new PutObjectCommand({ Bucket: bucket("emptied"), Key, Body: Key }));
  }
  await world.person.send(new PutObjectCommand({ Bucket: bucket("stuck"), Key: "a", Body: "a" }));
  await world.deleteBucket("emptied");
  await world.gone("emptied");
  await world.deleteBucket("stuck");
  await world.bucketWhen("stuck", (stuck) => condition(stuck, "Ready")?.reason === "BucketNotEmpty");
}

/** Series by name, with all labels that any sample has. */
function servedSeries(): Series[] {
  const byName = Map.groupBy(after, ({ name }) => name);
  return [...byName].map(([name, samples]) => ({
    name,
    labels: [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))],
  }));
}

describe("a scrape", () => {
  test("a scrape has the metrics of docs/metrics.md, and no other", () => {
    const inOrder = (all: readonly Series[]) =>
      all.map(({ name, labels }) => `${name}{${[...labels].sort().join()}}`).sort();
    const own = servedSeries().filter(({ name }) => !/^(process|nodejs)_/.test(name));
    expect(inOrder(own)).toEqual(inOrder(documentedSeries()));
  });

  test.each(allQueries())("a scrape has the metrics in the query of $where", ({ query }) => {
    expect(problemsOf(query, servedSeries())).toEqual([]);
  });

  test("a scrape has help and type of each metric", async () => {
    const { body } = await ask(operator, "/metrics");
    const described = [...body.matchAll(/^# HELP (\S+) \S/gm)].map(([, name]) => name);
    const typed = [...body.matchAll(/^# TYPE (\S+) (?:counter|gauge|histogram)$/gm)].map(([, name]) => name);
    expect(described).toEqual(typed);
    expect(new Set(described).size).toBe(described.length);
  });
});

describe("resources", () => {
  const docs = { kind: "S3Bucket", name: "docs" };

  test("each condition has one sample, with its reason", () => {
    const samples = after.filter(
      ({ name, labels }) => name === "s3_operator_resource_condition" && labels["name"] === "docs",
    );
    expect(samples.map(({ labels, value }) => [labels["type"], labels["status"], labels["reason"], value])).toEqual([
      ["Reconciling", "True", "ProgressingWithRetry", 1],
      ["Ready", "False", "AccessDenied", 1],
    ]);
    expect(new Set(samples.map(({ labels }) => labels["namespace"]))).toEqual(new Set([world.name]));
  });

  test("an account has an empty namespace label", () => {
    const labels = { kind: "AWSAccount", namespace: "", name: world.name, type: "Ready", status: "True" };
    expect(value("s3_operator_resource_condition", labels)).toBe(1);
    expect(value("s3_operator_last_sync_timestamp_seconds", { kind: "AWSAccount" })).toBeGreaterThan(0);
  });

  test("the time of the last sync is recent", () => {
    const synced = value("s3_operator_last_sync_timestamp_seconds", docs) ?? 0;
    expect(synced).toBeGreaterThan(Date.now() / 1000 - 120);
    expect(synced).toBeLessThanOrEqual(Date.now() / 1000);
  });

  test("each drift is counted once", () => {
    expect(value("s3_operator_drift_detected_total", { kind: "S3Bucket", setting: "versioning" })).toBe(1);
    expect(value("s3_operator_drift_detected_total")).toBe(1);
  });

  test("an unfinished deletion has its start time, and deleted objects are counted", async () => {
    const { metadata } = await world.bucket("stuck");
    expect(value("s3_operator_resource_deletion_timestamp_seconds", { namespace: world.name, name: "stuck" })).toBe(
      Date.parse(metadata.deletionTimestamp ?? "") / 1000,
    );
    expect(increase("s3_operator_deleted_objects_total")).toBe(3);
    expect(after.filter(({ labels }) => labels["name"] === "emptied")).toEqual([]);
  });
});

describe("AWS", () => {
  test("each request that AWS received is counted, and no other", () => {
    const calls = operatorCalls(world).length;
    expect(increase("s3_operator_aws_requests_total")).toBeGreaterThanOrEqual(calls - 1);
    expect(increase("s3_operator_aws_requests_total")).toBeLessThanOrEqual(calls);
    expect(value("s3_operator_aws_request_duration_seconds_count")).toBe(value("s3_operator_aws_requests_total"));
    const seconds = value("s3_operator_aws_request_duration_seconds_sum") ?? 0;
    expect(seconds / calls).toBeLessThan(1);
  });

  test("throttled and denied requests are counted", () => {
    expect(valueOf(before, "s3_operator_aws_throttles_total", { service: "s3" }), "there from the start").toBe(0);
    expect(value("s3_operator_aws_throttles_total", { service: "s3" })).toBe(1);
    const throttled = { service: "s3", operation: "PutBucketVersioning", code: "503" };
    expect(value("s3_operator_aws_requests_total", throttled)).toBe(1);
    const refused = { service: "s3", operation: "PutBucketLifecycleConfiguration", code: "403" };
    expect(value("s3_operator_aws_requests_total", refused)).toBeGreaterThanOrEqual(1);
  });
});

describe("controllers", () => {
  test.each(["s3bucket", "bucketaccess", "awsaccount"])("%s has series from the start, at 0", (controller) => {
    for (const result of ["success", "error", "requeue", "requeue_after"]) {
      expect(valueOf(before, "controller_runtime_reconcile_total", { controller, result })).toBe(0);
    }
    for (const kind of ["errors", "terminal_reconcile_errors", "panics", "timeouts"]) {
      const name = kind.includes("reconcile") ? kind : `reconcile_${kind}`;
      expect(valueOf(before, `controller_runtime_${name}_total`, { controller }), kind).toBe(0);
    }
    expect(valueOf(before, "workqueue_adds_total", { name: controller })).toBe(0);
  });

  test("reconciles are counted by result, with durations", () => {
    const of = (result: string) => increase("controller_runtime_reconcile_total", { controller: "s3bucket", result });
    expect(of("success"), "three created, one corrected, one deleted").toBeGreaterThanOrEqual(5);
    expect(of("error"), "denied").toBeGreaterThanOrEqual(1);
    expect(of("requeue_after"), "waits to be emptied").toBeGreaterThanOrEqual(1);
    expect(increase("controller_runtime_reconcile_errors_total", { controller: "s3bucket" })).toBe(of("error"));
    expect(value("controller_runtime_reconcile_time_seconds_count", { controller: "s3bucket" })).toBe(
      value("controller_runtime_reconcile_total", { controller: "s3bucket" }),
    );
    for (const kind of ["reconcile_panics", "reconcile_timeouts"]) {
      expect(value(`controller_runtime_${kind}_total`), kind).toBe(0);
    }
    expect(value("controller_runtime_max_concurrent_reconciles", { controller: "s3bucket" })).toBe(10);
    expect(value("controller_runtime_active_workers", { controller: "bucketaccess" })).toBe(0);
  });

  test("queues count additions, waits and work, and are empty at the end", () => {
    const queue = { name: "awsaccount", controller: "awsaccount" };
    const added = increase("workqueue_adds_total", queue);
    expect(added).toBeGreaterThan(0);
    expect(value("workqueue_queue_duration_seconds_count", queue)).toBe(added);
    expect(value("workqueue_work_duration_seconds_count", queue)).toBe(added);
    expect(value("workqueue_depth", queue)).toBe(0);
    expect(value("workqueue_unfinished_work_seconds", queue)).toBe(0);
    expect(value("workqueue_longest_running_processor_seconds", queue)).toBe(0);
  });
});

describe("Kubernetes", () => {
  test("requests to the API server are counted, with durations", () => {
    expect(increase("rest_client_requests_total", { method: "PATCH", code: "200" })).toBeGreaterThanOrEqual(6);
    expect(value("rest_client_request_duration_seconds_count")).toBe(value("rest_client_requests_total"));
    expect(value("rest_client_requests_total", { code: "<error>" })).toBeUndefined();
    const hosts = new Set(after.flatMap(({ labels }) => labels["host"] ?? []));
    expect(hosts.size).toBe(1);
  });

  test("watches count one list, events and no failure", () => {
    for (const name of ["s3buckets", "bucketaccesses", "awsaccounts", "namespaces"]) {
      expect(value("reflector_lists_total", { name }), name).toBe(1);
      expect(value("reflector_failures_total", { name }), name).toBe(0);
      expect(value("reflector_seconds_since_last_event", { name }), name).toBeLessThan(120);
    }
  });

  test("the leader's renewals succeed", () => {
    expect(value("leader_election_master_status", { name: "s3-operator" })).toBe(1);
    expect(value("leader_election_slowpath_total", { name: "s3-operator" })).toBe(0);
  });
});

test("the build info has the version", () => {
  expect(value("s3_operator_build_info", { node_version: process.version })).toBe(1);
});

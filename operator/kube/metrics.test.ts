import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { createKubeMetrics } from "./metrics.ts";
import { createQueue } from "./queue.ts";
import { createManualClock } from "./testing/manual-clock.ts";

async function scrape(registry: Registry): Promise<string[]> {
  const text = await registry.metrics();
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

test("known label sets start at 0", async () => {
  const registry = new Registry();
  const metrics = createKubeMetrics(registry);
  metrics.controller("s3bucket", 10);
  metrics.queue("s3bucket", { depth: () => 0, runningSeconds: () => [] });
  metrics.reflector("s3buckets", () => 0);
  metrics.leader("operator");
  const lines = await scrape(registry);
  for (const expected of [
    'controller_runtime_reconcile_total{controller="s3bucket",result="success"} 0',
    'controller_runtime_reconcile_total{controller="s3bucket",result="error"} 0',
    'controller_runtime_reconcile_total{controller="s3bucket",result="requeue"} 0',
    'controller_runtime_reconcile_total{controller="s3bucket",result="requeue_after"} 0',
    'controller_runtime_reconcile_errors_total{controller="s3bucket"} 0',
    'controller_runtime_terminal_reconcile_errors_total{controller="s3bucket"} 0',
    'controller_runtime_reconcile_panics_total{controller="s3bucket"} 0',
    'controller_runtime_reconcile_timeouts_total{controller="s3bucket"} 0',
    'controller_runtime_reconcile_time_seconds_count{controller="s3bucket"} 0',
    'controller_runtime_max_concurrent_reconciles{controller="s3bucket"} 10',
    'controller_runtime_active_workers{controller="s3bucket"} 0',
    'workqueue_depth{name="s3bucket",controller="s3bucket",priority="edit"} 0',
    'workqueue_depth{name="s3bucket",controller="s3bucket",priority="resync"} 0',
    'workqueue_adds_total{name="s3bucket",controller="s3bucket"} 0',
    'workqueue_retries_total{name="s3bucket",controller="s3bucket"} 0',
    'workqueue_unfinished_work_seconds{name="s3bucket",controller="s3bucket"} 0',
    'workqueue_longest_running_processor_seconds{name="s3bucket",controller="s3bucket"} 0',
    'reflector_lists_total{name="s3buckets"} 0',
    'reflector_failures_total{name="s3buckets"} 0',
    'reflector_seconds_since_last_event{name="s3buckets"} 0',
    'leader_election_master_status{name="operator"} 0',
    'leader_election_slowpath_total{name="operator"} 0',
  ]) {
    expect(lines).toContain(expected);
  }
});

test("a scrape reads the present state of queues and reflectors", async () => {
  const registry = new Registry();
  const metrics = createKubeMetrics(registry);
  let depth = 1;
  metrics.queue("a", { depth: (priority) => (priority === "edit" ? depth : 0), runningSeconds: () => [2, 5] });
  metrics.reflector("b", () => 42);
  depth = 7;
  const lines = await scrape(registry);
  expect(lines).toContain('workqueue_depth{name="a",controller="a",priority="edit"} 7');
  expect(lines).toContain('workqueue_unfinished_work_seconds{name="a",controller="a"} 7');
  expect(lines).toContain('workqueue_longest_running_processor_seconds{name="a",controller="a"} 5');
  expect(lines).toContain('reflector_seconds_since_last_event{name="b"} 42');
});

test("the depth of a queue is that of each priority, without the keys that workers have", async () => {
  const registry = new Registry();
  const metrics = createKubeMetrics(registry);
  const queue = createQueue({ name: "a", clock: createManualClock(), random: () => 0.5, metrics });
  for (const key of ["one", "two", "three"]) queue.add(key, "resync");
  for (const key of ["three", "four", "five"]) queue.add(key, "edit");
  expect(await queue.get()).toBe("three");
  const lines = await scrape(registry);
  expect(lines).toContain('workqueue_depth{name="a",controller="a",priority="edit"} 2');
  expect(lines).toContain('workqueue_depth{name="a",controller="a",priority="resync"} 2');
});

test("an error is counted, and the worker is no longer active", async () => {
  const registry = new Registry();
  const controller = createKubeMetrics(registry).controller("a", 1);
  controller.started();
  controller.started();
  controller.ended("error", 0.2);
  const lines = await scrape(registry);
  expect(lines).toContain('controller_runtime_reconcile_total{controller="a",result="error"} 1');
  expect(lines).toContain('controller_runtime_reconcile_errors_total{controller="a"} 1');
  expect(lines).toContain('controller_runtime_active_workers{controller="a"} 1');
});

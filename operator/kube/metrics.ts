/**
 * The metrics of this folder, with the names of controller-runtime and client-go, so that their dashboards work:
 * https://book.kubebuilder.io/reference/metrics-reference. Known label sets start at 0.
 */

import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { PRIORITIES, type Priority } from "./changes.ts";

export type ReconcileResult = "success" | "error" | "requeue" | "requeue_after";
const RESULTS: readonly ReconcileResult[] = ["success", "error", "requeue", "requeue_after"];

/** Read at each scrape. */
export interface QueueView {
  depth(priority: Priority): number;
  /** Running time of each key that a worker has, in seconds. */
  runningSeconds(): number[];
}

export interface QueueMetrics {
  added(): void;
  retried(): void;
  waited(seconds: number): void;
  worked(seconds: number): void;
}

export interface ControllerMetrics {
  started(): void;
  ended(result: ReconcileResult, seconds: number): void;
  terminalError(): void;
  panic(): void;
  timeout(): void;
}

export interface LeaderMetrics {
  set(leading: boolean): void;
  /** A renewal had to read the lease first, because the result of the previous one is unknown. */
  slowPath(): void;
}

export interface KubeMetrics {
  /** One HTTP request. `code` is the HTTP status, or "<error>" without a response. */
  request(labels: { method: string; host: string; code: string }, seconds: number): void;
  queue(name: string, view: QueueView): QueueMetrics;
  controller(name: string, concurrency: number): ControllerMetrics;
  reflector(name: string, secondsSinceLastEvent: () => number): { listed(): void; failed(): void };
  leader(name: string): LeaderMetrics;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const WAITS = [0.001, 0.01, 0.1, 1, 10, 60, 600];

/** Registers all metrics of this folder, once per registry. */
export function createKubeMetrics(registry: Registry): KubeMetrics {
  return {
    ...requestMetrics(registry),
    ...queueMetrics(registry),
    ...controllerMetrics(registry),
    ...reflectorMetrics(registry),
    ...leaderMetrics(registry),
  };
}

function requestMetrics(registry: Registry): Pick<KubeMetrics, "request"> {
  const registers = [registry];
  const total = new Counter({
    name: "rest_client_requests_total",
    help: "Requests to the Kubernetes API server, by status code (<error> if none came), method and host.",
    labelNames: ["code", "method", "host"],
    registers,
  });
  const duration = new Histogram({
    name: "rest_client_request_duration_seconds",
    help: "Time until the response of the Kubernetes API server; for watches, until its headers.",
    labelNames: ["verb", "host"],
    buckets: SECONDS,
    registers,
  });
  return {
    request({ method, host, code }, seconds) {
      total.inc({ code, method, host });
      duration.observe({ verb: method, host }, seconds);
    },
  };
}

function queueMetrics(registry: Registry): Pick<KubeMetrics, "queue"> {
  const registers = [registry];
  const labelNames = ["name", "controller"] as const;
  const views = new Map<string, QueueView>();
  const labelsOf = (name: string) => ({ name, controller: name });

  const adds = new Counter({ name: "workqueue_adds_total", help: "Keys added to the queue.", labelNames, registers });
  const retries = new Counter({
    name: "workqueue_retries_total",
    help: "Keys queued again for a retry after a failure.",
    labelNames,
    registers,
  });
  const queueDuration = new Histogram({
    name: "workqueue_queue_duration_seconds",
    help: "Time that a key was in the queue before a worker took it.",
    labelNames,
    buckets: WAITS,
    registers,
  });
  const workDuration = new Histogram({
    name: "workqueue_work_duration_seconds",
    help: "Time that a worker took for a key.",
    labelNames,
    buckets: SECONDS,
    registers,
  });
  const gauge = (name: string, help: string, value: (seconds: number[]) => number) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        for (const [queue, view] of views) this.set(labelsOf(queue), value(view.runningSeconds()));
      },
    });
  gauge("workqueue_unfinished_work_seconds", "Running time of all keys that workers have.", (seconds) =>
    seconds.reduce((sum, each) => sum + each, 0),
  );
  gauge("workqueue_longest_running_processor_seconds", "Running time of the key that has taken longest.", (seconds) =>
    Math.max(0, ...seconds),
  );
  const depth = new Gauge({
    name: "workqueue_depth",
    help: "Keys in the queue, by priority.",
    labelNames: ["name", "controller", "priority"],
    registers: [],
    collect() {
      for (const [queue, view] of views) {
        for (const priority of PRIORITIES) this.set({ ...labelsOf(queue), priority }, view.depth(priority));
      }
    },
  });
  registry.registerMetric(depth);

  return {
    queue(name, view) {
      const labels = labelsOf(name);
      views.set(name, view);
      adds.inc(labels, 0);
      retries.inc(labels, 0);
      queueDuration.zero(labels);
      workDuration.zero(labels);
      return {
        added: () => adds.inc(labels),
        retried: () => retries.inc(labels),
        waited: (seconds) => queueDuration.observe(labels, seconds),
        worked: (seconds) => workDuration.observe(labels, seconds),
      };
    },
  };
}

function controllerMetrics(registry: Registry): Pick<KubeMetrics, "controller"> {
  const registers = [registry];
  const labelNames = ["controller"] as const;
  const total = new Counter({
    name: "controller_runtime_reconcile_total",
    help: "Reconciles by result: success, error, requeue (a conflict), requeue_after (waits for something).",
    labelNames: ["controller", "result"],
    registers,
  });
  const count = (name: string, help: string) => new Counter({ name, help, labelNames, registers });
  const errors = count("controller_runtime_reconcile_errors_total", "Reconciles that ended in an error.");
  const terminal = count(
    "controller_runtime_terminal_reconcile_errors_total",
    "Reconciles that ended in an error that only a user can fix.",
  );
  const panics = count(
    "controller_runtime_reconcile_panics_total",
    "Reconciles that ended in an error that only a bug causes.",
  );
  const timeouts = count("controller_runtime_reconcile_timeouts_total", "Reconciles that exceeded their deadline.");
  const duration = new Histogram({
    name: "controller_runtime_reconcile_time_seconds",
    help: "Duration of a reconcile.",
    labelNames,
    buckets: SECONDS,
    registers,
  });
  const workers = new Gauge({
    name: "controller_runtime_max_concurrent_reconciles",
    help: "Maximum number of concurrent reconciles.",
    labelNames,
    registers,
  });
  const active = new Gauge({
    name: "controller_runtime_active_workers",
    help: "Reconciles that are running.",
    labelNames,
    registers,
  });

  return {
    controller(controller, concurrency) {
      const labels = { controller };
      for (const result of RESULTS) total.inc({ controller, result }, 0);
      for (const counter of [errors, terminal, panics, timeouts]) counter.inc(labels, 0);
      duration.zero(labels);
      workers.set(labels, concurrency);
      active.set(labels, 0);
      return {
        started: () => active.inc(labels),
        ended(result, seconds) {
          active.dec(labels);
          total.inc({ controller, result });
          if (result === "error") errors.inc(labels);
          duration.observe(labels, seconds);
        },
        terminalError: () => terminal.inc(labels),
        panic: () => panics.inc(labels),
        timeout: () => timeouts.inc(labels),
      };
    },
  };
}

function reflectorMetrics(registry: Registry): Pick<KubeMetrics, "reflector"> {
  const registers = [registry];
  const labelNames = ["name"] as const;
  const ages = new Map<string, () => number>();
  const age = new Gauge({
    name: "reflector_seconds_since_last_event",
    help: "Seconds since the last response or event of this watch; bookmarks come about once a minute.",
    labelNames,
    registers: [],
    collect() {
      for (const [name, secondsSinceLastEvent] of ages) this.set({ name }, secondsSinceLastEvent());
    },
  });
  registry.registerMetric(age);
  const lists = new Counter({ name: "reflector_lists_total", help: "Complete lists.", labelNames, registers });
  const failures = new Counter({
    name: "reflector_failures_total",
    help: "Lists and watches that ended in an error and were retried.",
    labelNames,
    registers,
  });
  return {
    reflector(name, secondsSinceLastEvent) {
      ages.set(name, secondsSinceLastEvent);
      lists.inc({ name }, 0);
      failures.inc({ name }, 0);
      return { listed: () => lists.inc({ name }), failed: () => failures.inc({ name }) };
    },
  };
}

function leaderMetrics(registry: Registry): Pick<KubeMetrics, "leader"> {
  const registers = [registry];
  const labelNames = ["name"] as const;
  const status = new Gauge({
    name: "leader_election_master_status",
    help: "1 while this process holds the named lease.",
    labelNames,
    registers,
  });
  const slowPaths = new Counter({
    name: "leader_election_slowpath_total",
    help: "Renewals of the named lease that had to read it first, after a failed one.",
    labelNames,
    registers,
  });
  return {
    leader(name) {
      status.set({ name }, 0);
      slowPaths.inc({ name }, 0);
      return { set: (leading) => status.set({ name }, leading ? 1 : 0), slowPath: () => slowPaths.inc({ name }) };
    },
  };
}

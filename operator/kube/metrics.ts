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
  const make = createInstruments(registry);
  return {
    ...requestMetrics(make),
    ...queueMetrics(make),
    ...controllerMetrics(make),
    ...reflectorMetrics(make),
    ...leaderMetrics(make),
  };
}

/** Makes metrics that are registered with `registry`. `collect` sets a gauge at each scrape. */
export function createInstruments(registry: Registry) {
  const registers = [registry];
  return {
    counter: <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
      new Counter<Label>({ name, help, labelNames, registers }),
    histogram: <Label extends string>(name: string, help: string, labelNames: readonly Label[], buckets: number[]) =>
      new Histogram<Label>({ name, help, labelNames, buckets, registers }),
    gauge: <Label extends string>(
      name: string,
      help: string,
      labelNames: readonly Label[],
      collect: (gauge: Gauge<Label>) => void = () => {},
    ) =>
      new Gauge<Label>({
        name,
        help,
        labelNames,
        registers,
        collect() {
          collect(this);
        },
      }),
  };
}

type Instruments = ReturnType<typeof createInstruments>;

function requestMetrics({ counter, histogram }: Instruments): Pick<KubeMetrics, "request"> {
  const total = counter(
    "rest_client_requests_total",
    "Requests to the Kubernetes API server, by status code (<error> if none came), method and host.",
    ["code", "method", "host"],
  );
  const duration = histogram(
    "rest_client_request_duration_seconds",
    "Time until the response of the Kubernetes API server; for watches, until its headers.",
    ["verb", "host"],
    SECONDS,
  );
  return {
    request({ method, host, code }, seconds) {
      total.inc({ code, method, host });
      duration.observe({ verb: method, host }, seconds);
    },
  };
}

function queueMetrics({ counter, gauge, histogram }: Instruments): Pick<KubeMetrics, "queue"> {
  const labelNames = ["name", "controller"] as const;
  const views = new Map<string, QueueView>();
  const labelsOf = (name: string) => ({ name, controller: name });

  const adds = counter("workqueue_adds_total", "Keys added to the queue.", labelNames);
  const retries = counter("workqueue_retries_total", "Keys queued again for a retry after a failure.", labelNames);
  const queueDuration = histogram(
    "workqueue_queue_duration_seconds",
    "Time that a key was in the queue before a worker took it.",
    labelNames,
    WAITS,
  );
  const workDuration = histogram(
    "workqueue_work_duration_seconds",
    "Time that a worker took for a key.",
    labelNames,
    SECONDS,
  );
  const running = (name: string, help: string, value: (seconds: number[]) => number) =>
    gauge(name, help, labelNames, (self) => {
      for (const [queue, view] of views) self.set(labelsOf(queue), value(view.runningSeconds()));
    });
  running("workqueue_unfinished_work_seconds", "Running time of all keys that workers have.", (seconds) =>
    seconds.reduce((sum, each) => sum + each, 0),
  );
  running("workqueue_longest_running_processor_seconds", "Running time of the key that has taken longest.", (seconds) =>
    Math.max(0, ...seconds),
  );
  gauge("workqueue_depth", "Keys in the queue, by priority.", ["name", "controller", "priority"], (self) => {
    for (const [queue, view] of views) {
      for (const priority of PRIORITIES) self.set({ ...labelsOf(queue), priority }, view.depth(priority));
    }
  });

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

function controllerMetrics({ counter, gauge, histogram }: Instruments): Pick<KubeMetrics, "controller"> {
  const labelNames = ["controller"] as const;
  const total = counter(
    "controller_runtime_reconcile_total",
    "Reconciles by result: success, error, requeue (a conflict), requeue_after (waits for something).",
    ["controller", "result"],
  );
  const count = (name: string, help: string) => counter(name, help, labelNames);
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
  const duration = histogram(
    "controller_runtime_reconcile_time_seconds",
    "Duration of a reconcile.",
    labelNames,
    SECONDS,
  );
  const workers = gauge(
    "controller_runtime_max_concurrent_reconciles",
    "Maximum number of concurrent reconciles.",
    labelNames,
  );
  const active = gauge("controller_runtime_active_workers", "Reconciles that are running.", labelNames);

  return {
    controller(controller, concurrency) {
      const labels = { controller };
      for (const result of RESULTS) total.inc({ controller, result }, 0);
      for (const each of [errors, terminal, panics, timeouts]) each.inc(labels, 0);
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

function reflectorMetrics({ counter, gauge }: Instruments): Pick<KubeMetrics, "reflector"> {
  const labelNames = ["name"] as const;
  const ages = new Map<string, () => number>();
  gauge(
    "reflector_seconds_since_last_event",
    "Seconds since the last response or event of this watch; bookmarks come about once a minute.",
    labelNames,
    (self) => {
      for (const [name, secondsSinceLastEvent] of ages) self.set({ name }, secondsSinceLastEvent());
    },
  );
  const lists = counter("reflector_lists_total", "Complete lists.", labelNames);
  const failures = counter(
    "reflector_failures_total",
    "Lists and watches that ended in an error and were retried.",
    labelNames,
  );
  return {
    reflector(name, secondsSinceLastEvent) {
      ages.set(name, secondsSinceLastEvent);
      lists.inc({ name }, 0);
      failures.inc({ name }, 0);
      return { listed: () => lists.inc({ name }), failed: () => failures.inc({ name }) };
    },
  };
}

function leaderMetrics({ counter, gauge }: Instruments): Pick<KubeMetrics, "leader"> {
  const labelNames = ["name"] as const;
  const status = gauge("leader_election_master_status", "1 while this process holds the named lease.", labelNames);
  const slowPaths = counter(
    "leader_election_slowpath_total",
    "Renewals of the named lease that had to read it first, after a failed one.",
    labelNames,
  );
  return {
    leader(name) {
      status.set({ name }, 0);
      slowPaths.inc({ name }, 0);
      return { set: (leading) => status.set({ name }, leading ? 1 : 0), slowPath: () => slowPaths.inc({ name }) };
    },
  };
}

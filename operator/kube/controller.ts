/** The controller loop of one kind: takes keys from the queue, reconciles each, and applies the outcome. */

import { randomUUID } from "node:crypto";
import type { Span } from "@opentelemetry/api";
import type { Logger } from "pino";
import { abortable, deadline, type Deadline } from "../clock.ts";
import { inSpan } from "../tracing.ts";
import { needsReconcile, priorityOf, type Priority } from "./changes.ts";
import { isConflict, isNotFound, isRefusal } from "./errors.ts";
import { LeadLostError } from "./leader-election.ts";
import { createLongFailures } from "./long-failures.ts";
import type { KubeMetrics, ReconcileResult } from "./metrics.ts";
import { keyOf, parseKey, type ObjectKey, type StatusObject } from "./object.ts";
import {
  eventOf,
  isPanic,
  isQuiet,
  isTerminal,
  refusedStatusEvent,
  requeueOf,
  resultOf,
  thrownOutcome,
  type FailureOf,
} from "./outcome-effects.ts";
import type { Failure, Outcome } from "./outcome.ts";
import { createQueue } from "./queue.ts";
import type { KubeReason } from "./reasons.ts";
import { createRun, type Reconcile, type ReconcileRun, type RunOptions } from "./reconcile.ts";
import type { OnChange } from "./reflector.ts";
import { noteOutcome, reconcileSpan } from "./trace.ts";

export interface ControllerOptions<T extends StatusObject> extends RunOptions<T> {
  /** For logs and metrics. */
  name: string;
  reconcile: Reconcile<T>;
  /** For errors that are not the API server's. */
  failureOf: FailureOf;
  concurrency: number;
  /** For one reconcile, without the status write after it. */
  timeoutMs: number;
  /** Time that running reconciles have to finish on shutdown. They have none if the lease is lost. */
  drainMs?: number;
  /** Time after which an object that fails or waits for the same reason is Stalled. */
  stalledAfterMs: number;
  /** In [0, 1). */
  random: () => number;
  metrics: KubeMetrics;
  log: Logger;
}

export interface Controller<T> {
  enqueue(key: ObjectKey, priority: Priority): void;
  /** For the reflector of this kind. */
  onChange: OnChange<T>;
  /** Runs until `signal` aborts, then drains. Call once, after the store has synced. */
  run(signal: AbortSignal): Promise<void>;
}

/** Time between the abort of a reconcile's signal and its abandonment. */
const GRACE_MS = 5_000;
const STATUS_TIMEOUT_MS = 15_000;

export function createController<T extends StatusObject>(options: ControllerOptions<T>): Controller<T> {
  const { name, resource, store, refresh, reconcile, failureOf, finalizer } = options;
  const { concurrency, timeoutMs, drainMs = 20_000, events, clock, random, metrics, log } = options;
  const queue = createQueue({ name, clock, random, metrics });
  const measure = metrics.controller(name, concurrency);
  const longFailures = createLongFailures(clock, options.stalledAfterMs);
  /** On shutdown, running reconciles are first aborted, then abandoned. */
  const stopping = new AbortController();
  const abandoning = new AbortController();

  async function work(key: string): Promise<void> {
    const object = store.get(parseKey(key));
    if (object === undefined) {
      queue.forget(key);
      longFailures.forget(key);
      queue.done(key);
      return;
    }
    const reconcileID = randomUUID();
    const { name: span, options: about } = reconcileSpan(name, object, reconcileID);
    await inSpan(span, about, (open) => workOn(key, object, logOf(object, reconcileID), open));
  }

  async function workOn(key: string, object: T, workLog: Logger, span: Span): Promise<void> {
    const start = clock.monotonic();
    measure.started();
    using limit = deadline(clock, timeoutMs, stopping.signal);
    const isFailing =
      longFailures.isShown(key) && (object.metadata.generation ?? 0) === object.status?.observedGeneration;
    const run = createRun(options, { key, object, isFailing, signal: limit.signal, log: workLog });
    const running = (async () => reconcile(run.context))();
    const { outcome, error } = await endOf(running, limit);
    run.close();
    noteOutcome(span, outcome);
    const result = await finish(key, run, outcome, error);
    measure.ended(result, (clock.monotonic() - start) / 1000);
    // An abandoned reconcile keeps its key until it ends.
    void Promise.allSettled([running]).then(() => queue.done(key));
  }

  function logOf({ metadata: { namespace, name: objectName } }: T, reconcileID: string): Logger {
    const object = { ...(namespace === undefined ? {} : { namespace }), name: objectName };
    const kind = { controllerGroup: resource.group, controllerKind: resource.kind };
    return log.child({ controller: name, ...kind, ...object, reconcileID });
  }

  /** Never rejects. A reconcile that exceeds its time is a failure. */
  async function endOf(running: Promise<Outcome>, limit: Deadline): Promise<{ outcome: Outcome; error?: unknown }> {
    using abandon = deadline(clock, timeoutMs + GRACE_MS, abandoning.signal);
    try {
      return { outcome: await abortable(running, abandon.signal) };
    } catch (error) {
      const thrown = thrownOutcome(error, failureOf);
      if (thrown.kind !== "failure") return { outcome: thrown };
      if (limit.expired()) {
        measure.timeout();
        const message = `The reconcile did not end within ${timeoutMs / 1000} s.`;
        return { outcome: failure({ reason: "DeadlineExceeded", message }), error };
      }
      if (stopping.signal.aborted) {
        return { outcome: failure({ reason: "ShuttingDown", message: "", quiet: true }), error };
      }
      if (isPanic(error)) measure.panic();
      return { outcome: thrown, error };
    }
  }

  /** Turns an outcome into log line, status, event, metrics and requeue. Never rejects. */
  async function finish(key: string, run: ReconcileRun<T>, outcome: Outcome, error: unknown): Promise<ReconcileResult> {
    const { object, log: workLog } = run.context;
    using limit = deadline(clock, STATUS_TIMEOUT_MS, abandoning.signal);
    try {
      const shown = longFailures.judge(key, object, outcome);
      logOutcome(workLog, shown, error);
      if (shown.kind !== "released" && !isQuiet(shown)) await run.writeStatus(shown, limit.signal);
      const event = eventOf(object, shown);
      if (event !== undefined) events.record(object, event);
    } catch (err) {
      // The status lacks the outcome: reconcile again.
      queue.addRateLimited(key);
      if (run.isOutdated() && (isConflict(err) || isNotFound(err))) {
        await readAgain(object, workLog, limit.signal);
        return "requeue";
      }
      workLog.error({ error: err }, "Status could not be written");
      if (isRefusal(err)) events.record(object, refusedStatusEvent(err, outcome));
      return "error";
    }
    if (run.isOutdated()) await readAgain(object, workLog, limit.signal);
    if (isTerminal(outcome)) measure.terminalError();
    const requeue = requeueOf(outcome, random);
    if (requeue === "backoff") queue.addRateLimited(key);
    else if (outcome.kind !== "failure" || outcome.terminal) queue.forget(key);
    if (typeof requeue === "object") queue.addAfter(key, requeue.afterMs, requeue.priority);
    const untilStalled = longFailures.remainingMs(key);
    if (untilStalled !== undefined) queue.addAfter(key, untilStalled, "edit");
    return resultOf(outcome);
  }

  /** After a rejected write the store is out of date, and the next try would start from the same state. */
  async function readAgain({ metadata }: T, workLog: Logger, signal: AbortSignal): Promise<void> {
    try {
      await refresh(metadata, signal);
    } catch (error) {
      workLog.warn({ error }, "Object could not be read again");
    }
  }

  async function runWorker(): Promise<void> {
    for (let key = await queue.get(); key !== undefined; key = await queue.get()) await work(key);
  }

  return {
    enqueue: (key, priority) => queue.add(keyOf(key), priority),
    onChange(type, object, old) {
      const key = keyOf(object.metadata);
      if (old === undefined) queue.add(key, priorityOf(object));
      else if (type === "deleted" || needsReconcile(old, object, finalizer)) queue.add(key, "edit");
    },
    async run(signal) {
      const workers = Promise.all(Array.from({ length: concurrency }, runWorker));
      const shutDown = () => {
        // Not awaited: a reconcile may never end.
        void queue.shutDown();
        const isLost = signal.reason instanceof LeadLostError;
        for (const [end, afterMs] of [
          [stopping, drainMs],
          [abandoning, drainMs + GRACE_MS],
        ] as const) {
          if (isLost) end.abort(signal.reason);
          else timers.push(clock.schedule(afterMs, () => end.abort(new Error("shutting down"))));
        }
      };
      const timers: (() => void)[] = [];
      if (signal.aborted) shutDown();
      else signal.addEventListener("abort", shutDown, { once: true });
      await workers;
      for (const cancel of timers) cancel();
    },
  };
}

const failure = (given: Failure<KubeReason>): Outcome => ({ kind: "failure", ...given });

/** The only place that logs the error of a reconcile. */
function logOutcome(log: Logger, outcome: Outcome, error: unknown) {
  if (outcome.kind !== "failure" || isQuiet(outcome)) return log.debug({ outcome: outcome.kind }, "Reconciled");
  const about = { error, reason: outcome.reason, detail: outcome.message };
  if (isTerminal(outcome)) log.warn(about, "Reconcile stalled");
  else log.error(about, "Reconcile failed");
}

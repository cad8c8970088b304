/**
 * The queue of keys to reconcile, with the rules of client-go's workqueue: a key is queued at most once, one worker at
 * a time has it, and it is queued again if it was added meanwhile. Edits go before resyncs.
 */

import type { Clock } from "../clock.ts";
import { backoffDelay, type Backoff } from "./backoff.ts";
import type { Priority } from "./changes.ts";
import { createDelays } from "./delays.ts";
import type { KubeMetrics } from "./metrics.ts";

export interface QueueOptions extends Partial<Backoff> {
  /** For metrics. */
  name: string;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  metrics: KubeMetrics;
}

export interface Queue {
  /** Queues the key now, even if it has a delay. An edit raises the priority of a queued resync. */
  add(key: string, priority: Priority): void;
  /** Queues the key after `delayMs`, or after the delay that it already has if that ends first. */
  addAfter(key: string, delayMs: number, priority: Priority): void;
  /** Queues the key after its backoff, which doubles with each call until {@link forget}. */
  addRateLimited(key: string): void;
  /** Resets the backoff of the key. */
  forget(key: string): void;
  /** Resolves with a key, to pass to {@link done} later. Undefined after {@link shutDown}, or if `signal` aborts. */
  get(signal?: AbortSignal): Promise<string | undefined>;
  done(key: string): void;
  /** Drops all queued keys and accepts no more. Resolves when all keys of workers are done. */
  shutDown(): Promise<void>;
  /** Number of queued keys, without delayed ones. */
  depth(): number;
}

export function createQueue({ name, clock, random, metrics, baseMs = 500, maxMs = 300_000 }: QueueOptions): Queue {
  /** Queued keys with the time at which they were queued, oldest first. */
  const ready: Record<Priority, Map<string, number>> = { edit: new Map(), resync: new Map() };
  /** Keys that workers have, with the time at which they got them. */
  const processing = new Map<string, number>();
  /** Keys that were added while a worker has them. */
  const again = new Map<string, Priority>();
  const failures = new Map<string, number>();
  const delays = createDelays(clock, makeReady);
  /** Workers that wait for a key, in order. */
  const idle = new Set<(key: string | undefined) => void>();
  const drained = Promise.withResolvers<void>();
  let shuttingDown = false;

  const seconds = (since: number) => (clock.monotonic() - since) / 1000;
  const measure = metrics.queue(name, {
    depth: (priority) => ready[priority].size,
    runningSeconds: () => Array.from(processing.values(), seconds),
  });

  function makeReady(key: string, priority: Priority) {
    if (shuttingDown) return;
    if (processing.has(key)) {
      if (again.get(key) !== "edit") again.set(key, priority);
      return;
    }
    if (ready.edit.has(key)) return;
    const since = ready.resync.get(key);
    if (since === undefined) measure.added();
    else if (priority === "resync") return;
    ready.resync.delete(key);
    ready[priority].set(key, since ?? clock.monotonic());
    const [worker] = idle;
    worker?.(take());
  }

  function take(): string | undefined {
    for (const keys of [ready.edit, ready.resync]) {
      for (const [key, since] of keys) {
        keys.delete(key);
        processing.set(key, clock.monotonic());
        measure.waited(seconds(since));
        return key;
      }
    }
    return undefined;
  }

  function addAfter(key: string, delayMs: number, priority: Priority) {
    if (!shuttingDown) delays.set(key, delayMs, priority);
  }

  function add(key: string, priority: Priority) {
    delays.cancel(key);
    makeReady(key, priority);
  }

  return {
    add,
    addAfter,

    addRateLimited(key) {
      const failed = failures.get(key) ?? 0;
      failures.set(key, failed + 1);
      measure.retried();
      addAfter(key, backoffDelay(failed, { baseMs, maxMs }, random), "edit");
    },

    forget(key) {
      failures.delete(key);
    },

    get(signal) {
      if (shuttingDown || signal?.aborted) return Promise.resolve(undefined);
      const key = take();
      if (key !== undefined) return Promise.resolve(key);
      return new Promise((resolve) => {
        const give = (given: string | undefined) => {
          idle.delete(give);
          signal?.removeEventListener("abort", giveUp);
          resolve(given);
        };
        const giveUp = () => give(undefined);
        idle.add(give);
        signal?.addEventListener("abort", giveUp);
      });
    },

    done(key) {
      const since = processing.get(key);
      if (since === undefined) return;
      processing.delete(key);
      measure.worked(seconds(since));
      const priority = again.get(key);
      again.delete(key);
      if (priority !== undefined) add(key, priority);
      if (shuttingDown && processing.size === 0) drained.resolve();
    },

    shutDown() {
      shuttingDown = true;
      delays.clear();
      ready.edit.clear();
      ready.resync.clear();
      for (const worker of idle) worker(undefined);
      if (processing.size === 0) drained.resolve();
      return drained.promise;
    },

    depth: () => ready.edit.size + ready.resync.size,
  };
}

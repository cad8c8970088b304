/** client-go's leader election, with a drain before the release of the lease. */

import type { Logger } from "pino";
import { abortable, deadline, sleep, type Clock } from "../clock.ts";
import { createLeaseLock, type LeaseLockOptions } from "./lease.ts";
import type { KubeMetrics } from "./metrics.ts";

/** Abort reason when the lease is lost. Another process may lead already: write nothing more. */
export class LeadLostError extends Error {
  override readonly name = "LeadLostError";
}

export interface LeaderElectionOptions extends Omit<LeaseLockOptions, "leaseDurationMs" | "onSlowPath"> {
  /** Time that other processes wait after the last renewal that they saw. */
  leaseDurationMs?: number;
  /** Time without a renewal after which the lead is lost. Must be shorter than `leaseDurationMs`. */
  renewDeadlineMs?: number;
  retryPeriodMs?: number;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  log: Logger;
  metrics: KubeMetrics;
  /** Called after each renewal with the monotonic time until which no other process leads. */
  onHeldUntil?: (time: number) => void;
  /** Its signal aborts on shutdown, to drain and resolve, or with a {@link LeadLostError}. */
  onStartedLeading(signal: AbortSignal): Promise<void>;
  /** Shutdown. */
  signal: AbortSignal;
}

/**
 * Acquires the lease, then runs `onStartedLeading` and renews until it ends. "released": it ended and the lease is
 * free, or shutdown came first. "lost": another process may lead, so this one must exit. Rejects if `onStartedLeading`
 * rejects.
 */
export async function runLeaderElection(options: LeaderElectionOptions): Promise<"released" | "lost"> {
  const {
    name,
    leaseDurationMs = 15_000,
    renewDeadlineMs = 10_000,
    retryPeriodMs = 2_000,
    clock,
    random,
    log,
  } = options;
  const leader = options.metrics.leader(name);
  const lock = createLeaseLock({ ...options, leaseDurationMs, onSlowPath: () => leader.slowPath() });

  /** Monotonic time at which the last successful call began. */
  let renewedAt = 0;

  async function attempt(signal: AbortSignal): Promise<boolean> {
    const start = clock.monotonic();
    try {
      if (!(await abortable(lock.acquireOrRenew(signal), signal))) return false;
      renewedAt = start;
      options.onHeldUntil?.(start + renewDeadlineMs);
      return true;
    } catch (err) {
      if (!signal.aborted) log.warn({ error: err, lease: name }, "Lease could not be acquired or renewed");
      return false;
    }
  }

  /** Resolves with false if shutdown came first. */
  async function acquire(): Promise<boolean> {
    while (!options.signal.aborted) {
      using limit = deadline(clock, renewDeadlineMs, options.signal);
      if (await attempt(limit.signal)) return true;
      // Random, so that not all processes call when a lease expires.
      await sleep(clock, retryPeriodMs * (1 + random() / 5), options.signal);
    }
    return false;
  }

  /** Resolves with true if no renewal succeeded in time, with false if `stopped` aborts. */
  async function renewUntilLost(stopped: AbortSignal): Promise<boolean> {
    for (;;) {
      using limit = deadline(clock, renewedAt + renewDeadlineMs - clock.monotonic(), stopped);
      do {
        await sleep(clock, retryPeriodMs, limit.signal);
      } while (!limit.signal.aborted && !(await attempt(limit.signal)));
      if (limit.signal.aborted) return limit.expired();
    }
  }

  async function release(): Promise<void> {
    using limit = deadline(clock, renewDeadlineMs);
    try {
      await abortable(lock.release(limit.signal), limit.signal);
      log.info({ lease: name }, "Lease released");
    } catch (err) {
      log.warn({ error: err, lease: name }, "Lease could not be released");
    }
  }

  if (!(await acquire())) return "released";
  log.info({ lease: name, identity: options.identity }, "Became leader");
  leader.set(true);

  const leading = new AbortController();
  const stop = () => leading.abort(options.signal.reason);
  if (options.signal.aborted) stop();
  options.signal.addEventListener("abort", stop);
  const ended = new AbortController();
  const work = options.onStartedLeading(leading.signal).finally(() => ended.abort());
  // Awaited below, unless the lead is lost.
  work.catch(() => {});
  try {
    if (await renewUntilLost(ended.signal)) {
      log.error({ lease: name }, "Lease lost");
      leading.abort(new LeadLostError("the lead is lost"));
      return "lost";
    }
    await release();
    await work;
    return "released";
  } finally {
    leader.set(false);
    options.signal.removeEventListener("abort", stop);
  }
}

/** Makes sure that one of several processes works: client-go's leader election, with a drain before the release. */

import type { Logger } from "pino";
import { abortable, deadline, sleep, type Clock } from "../clock.ts";
import { createLeaseLock, type LeaseLockOptions } from "./lease.ts";
import type { KubeMetrics } from "./metrics.ts";

/** The reason with which the signal of the work aborts when another process may lead already: nothing more may be written. */
export class LeadLostError extends Error {
  override readonly name = "LeadLostError";
}

export interface LeaderElectionOptions extends Omit<LeaseLockOptions, "leaseDurationMs" | "onSlowPath"> {
  /** How long others wait after the last renewal that they saw. */
  leaseDurationMs?: number;
  /** After this long without a renewal the lead is lost; shorter than the lease, so that no two lead at once. */
  renewDeadlineMs?: number;
  retryPeriodMs?: number;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  log: Logger;
  metrics: KubeMetrics;
  /** Told of each renewal: until when, by the clock's monotonic time, no other process leads. */
  onHeldUntil?: (time: number) => void;
  /** The work. Its signal aborts on shutdown, when it should drain and resolve, or with a {@link LeadLostError}. */
  onStartedLeading(signal: AbortSignal): Promise<void>;
  /** Shutdown. */
  signal: AbortSignal;
}

/**
 * Waits for the lease, then runs `onStartedLeading` while renewing, also while that drains. "released": it ended, and the lease is free
 * (or shutdown came before the lead). "lost": another may lead already; the process should exit. Rejects with what `onStartedLeading` throws.
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

  /** When the lease was last known to be ours, by the time at which the successful call began. */
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

  /** False: shutdown came first. */
  async function acquire(): Promise<boolean> {
    while (!options.signal.aborted) {
      using limit = deadline(clock, renewDeadlineMs, options.signal);
      if (await attempt(limit.signal)) return true;
      // Not all at once, when a lease ends.
      await sleep(clock, retryPeriodMs * (1 + random() / 5), options.signal);
    }
    return false;
  }

  /** Resolves with true when no renewal succeeded in time, with false when `stopped` aborts. */
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
  // It is awaited below, unless the lead is lost.
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

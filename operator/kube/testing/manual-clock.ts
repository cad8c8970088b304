import type { Clock } from "../../clock.ts";

export interface ManualClock extends Clock {
  /** Advances by `ms`. Calls each due timer in order, and lets promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Number of timers. */
  timers(): number;
}

/** A clock that advances only by `advance`. Starts at 2026-01-01T00:00:00Z. */
export function createManualClock(): ManualClock {
  const start = Date.UTC(2026, 0, 1);
  const timers = new Map<symbol, { at: number; callback: () => void }>();
  let elapsed = 0;

  const nextDue = (end: number) =>
    [...timers].filter(([, timer]) => timer.at <= end).sort(([, a], [, b]) => a.at - b.at)[0];

  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    timers: () => timers.size,
    schedule(delayMs, callback) {
      const id = Symbol("timer");
      timers.set(id, { at: elapsed + delayMs, callback });
      return () => timers.delete(id);
    },
    async advance(ms) {
      const end = elapsed + ms;
      await settle();
      for (let due = nextDue(end); due !== undefined; due = nextDue(end)) {
        const [id, timer] = due;
        timers.delete(id);
        elapsed = Math.max(elapsed, timer.at);
        timer.callback();
        await settle();
      }
      elapsed = end;
    },
  };
}

/** Waits until promises without timers and network have settled. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}

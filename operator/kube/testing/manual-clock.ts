import type { Clock } from "../../clock.ts";

export interface ManualClock extends Clock {
  /** Lets `ms` pass, firing each timer that falls due in its turn and letting its promises settle before the next. */
  advance(ms: number): Promise<void>;
  /** How many timers are set. */
  timers(): number;
}

/** A clock that stands still until told otherwise; it begins at 2026-01-01T00:00:00Z. */
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

/** Waits until promises that need no timer and no network have settled. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}

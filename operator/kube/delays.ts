/** Keys with a delay: a list sorted by time, and one timer for its head. */

import { MAX_DELAY_MS, type Clock } from "../clock.ts";
import type { Priority } from "./changes.ts";

export interface Delays {
  /** If the key already has a delay, keeps the earlier end and the higher priority. */
  set(key: string, delayMs: number, priority: Priority): void;
  cancel(key: string): void;
  clear(): void;
}

interface Delay {
  key: string;
  /** Monotonic time. */
  at: number;
  priority: Priority;
}

export function createDelays(clock: Clock, onEnd: (key: string, priority: Priority) => void): Delays {
  const byKey = new Map<string, Delay>();
  const sorted: Delay[] = [];
  let cancelTimer = () => {};

  function wake() {
    const now = clock.monotonic();
    const later = sorted.findIndex(({ at }) => at > now);
    const due = sorted.splice(0, later < 0 ? sorted.length : later);
    for (const { key } of due) byKey.delete(key);
    setTimer();
    for (const { key, priority } of due) onEnd(key, priority);
  }

  function setTimer() {
    cancelTimer();
    const [next] = sorted;
    cancelTimer = next === undefined ? () => {} : clock.schedule(Math.max(0, next.at - clock.monotonic()), wake);
  }

  function remove(key: string) {
    const delay = byKey.get(key);
    if (delay === undefined) return;
    byKey.delete(key);
    sorted.splice(sorted.indexOf(delay, firstAt(sorted, delay.at)), 1);
  }

  return {
    set(key, delayMs, priority) {
      const old = byKey.get(key);
      // NaN must not become a hot loop.
      const wait = Number.isNaN(delayMs) ? MAX_DELAY_MS : Math.min(Math.max(delayMs, 0), MAX_DELAY_MS);
      const delay: Delay = {
        key,
        at: Math.min(clock.monotonic() + wait, old?.at ?? Infinity),
        priority: old?.priority === "edit" ? "edit" : priority,
      };
      remove(key);
      byKey.set(key, delay);
      sorted.splice(firstAt(sorted, delay.at), 0, delay);
      setTimer();
    },
    cancel(key) {
      remove(key);
      setTimer();
    },
    clear() {
      byKey.clear();
      sorted.length = 0;
      setTimer();
    },
  };
}

/** The index of the first delay that ends at `at` or later. */
function firstAt(sorted: Delay[], at: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.at ?? Infinity) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

import { abortable } from "../clock.ts";

/** Runs at most `limit` tasks at once, the others in order of arrival. */
export interface Semaphore {
  /** Rejects with the reason of `signal` if that aborts while the task waits; then `task` is not called. */
  run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T>;
}

export function createSemaphore(limit: number): Semaphore {
  let free = limit;
  const waiting: PromiseWithResolvers<void>[] = [];

  /** Hands the place on. */
  function release() {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next.resolve();
  }

  async function acquire(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return;
    }
    const place = Promise.withResolvers<void>();
    waiting.push(place);
    try {
      await abortable(place.promise, signal);
    } catch (error) {
      const index = waiting.indexOf(place);
      if (index >= 0) waiting.splice(index, 1);
      // The place was handed on at the same time.
      else release();
      throw error;
    }
  }

  return {
    async run(signal, task) {
      await acquire(signal);
      try {
        return await task();
      } finally {
        release();
      }
    },
  };
}

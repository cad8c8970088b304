import { abortable } from "../../clock.ts";

/** Runs `work` when all work of the same key that began earlier has ended. Rejects if `signal` aborts before. */
export type Exclusive = <T>(key: string, signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

/** A mutex for each key, in memory: only the leader works. Work must not ask for another key. */
export function createExclusive(): Exclusive {
  const last = new Map<string, Promise<void>>();
  return async (key, signal, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const own = Promise.withResolvers<void>();
    const ended = before.then(() => own.promise);
    last.set(key, ended);
    void ended.then(() => last.get(key) === ended && last.delete(key));
    try {
      await abortable(before, signal);
      return await work();
    } finally {
      own.resolve();
    }
  };
}

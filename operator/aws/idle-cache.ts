import type { Clock } from "../clock.ts";

/** Disposes of values that are unused for a while or exceed the maximum, the longest unused first. */
export interface IdleCache<Value> {
  /** Creates the value on the first call. */
  get(key: string, make: () => Value): Value;
  /** Disposes of the values whose keys start with `prefix`. */
  drop(prefix: string): void;
  readonly size: number;
}

export interface IdleCacheOptions<Value> {
  max: number;
  idleMs: number;
  clock: Clock;
  dispose: (value: Value) => void;
}

export function createIdleCache<Value>({ max, idleMs, clock, dispose }: IdleCacheOptions<Value>): IdleCache<Value> {
  // In order of last use: each use moves its entry to the end.
  const entries = new Map<string, { value: Value; usedAt: number }>();

  const remove = (key: string, value: Value) => {
    entries.delete(key);
    dispose(value);
  };

  const removeUnused = (now: number) => {
    for (const [key, { value, usedAt }] of entries) {
      if (entries.size <= max && now - usedAt < idleMs) return;
      remove(key, value);
    }
  };

  return {
    get: (key, make) => {
      const now = clock.monotonic();
      const value = entries.has(key) ? (entries.get(key)?.value as Value) : make();
      entries.delete(key);
      entries.set(key, { value, usedAt: now });
      removeUnused(now);
      return value;
    },
    drop: (prefix) => {
      for (const [key, { value }] of entries) if (key.startsWith(prefix)) remove(key, value);
    },
    get size() {
      return entries.size;
    },
  };
}

export interface Backoff {
  baseMs: number;
  maxMs: number;
}

/**
 * Milliseconds before retry number `attempt` (0 for the first). Doubles from `baseMs` to `maxMs`; half of it is random,
 * so that keys that failed together are not retried together. `random` returns a number in [0, 1).
 */
export function backoffDelay(attempt: number, { baseMs, maxMs }: Backoff, random: () => number): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30));
  return ceiling / 2 + (random() * ceiling) / 2;
}

import type { TakeTurn } from "../../dependencies.ts";

/** Limits how many buckets are emptied at once, so that other objects still find a free worker. */
export function createTurns(limit: number): TakeTurn {
  let taken = 0;
  return () => {
    if (taken >= limit) return undefined;
    taken += 1;
    return { [Symbol.dispose]: () => void (taken -= 1) };
  };
}

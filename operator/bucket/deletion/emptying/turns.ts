/** A turn at work that keeps a worker busy for long; undefined when all turns are taken. Disposing gives it back. */
export type TakeTurn = () => Disposable | undefined;

/** So that many buckets being emptied do not leave everybody else without a worker. */
export function createTurns(limit: number): TakeTurn {
  let taken = 0;
  return () => {
    if (taken >= limit) return undefined;
    taken += 1;
    return { [Symbol.dispose]: () => void (taken -= 1) };
  };
}

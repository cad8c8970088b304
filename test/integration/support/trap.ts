import type { Call, Simulator } from "../../aws/index.ts";

export type Moment = "before it is applied" | "after it was applied";

/** Calls that are held, one for each bucket, so that something can happen while all of them are under way. */
export interface Trap {
  /** Resolves when each bucket's call is held. */
  full: Promise<void>;
  /** The connections of the held calls end; nothing is held any more. */
  release(): void;
}

/** Holds, of each bucket, the call with the given number, counted from now on and from 1. */
export function setTrap({ faults }: Simulator, numbers: ReadonlyMap<string, number>, moment: Moment): Trap {
  const counts = new Map<string, number>();
  const awaited = new Set<Call>();
  const held = new Set<string>();
  const full = Promise.withResolvers<void>();
  const released = Promise.withResolvers<"drop">();

  const remove = faults.onCall((call, phase) => {
    const { bucket } = call;
    const number = bucket === undefined ? undefined : numbers.get(bucket);
    if (bucket === undefined || number === undefined) return;
    if (phase === "before") {
      const count = (counts.get(bucket) ?? 0) + 1;
      counts.set(bucket, count);
      if (count === number) awaited.add(call);
    }
    if (!awaited.has(call) || (phase === "before") !== (moment === "before it is applied")) return;
    held.add(bucket);
    if (held.size === numbers.size) full.resolve();
    return released.promise;
  });

  return {
    full: full.promise,
    release: () => {
      remove();
      released.resolve("drop");
    },
  };
}

import type { Call, Simulator } from "../../../aws/index.ts";

/** Calls that are held, so that something can happen while all of them are under way. */
export interface Trap {
  /** Resolves when all that are to be held are. */
  full: Promise<void>;
  /** Nothing is held any more: the connections of the held calls end, or the calls take their course. */
  release: (how?: "drop") => void;
}

/** Holds every call of an operation, before it is applied. */
export function holdCalls({ faults }: Simulator, operation: string): Trap {
  const full = Promise.withResolvers<void>();
  const released = Promise.withResolvers<"drop" | void>();
  const remove = faults.onCall((call, phase) => {
    if (call.operation !== operation || phase === "after") return;
    full.resolve();
    return released.promise;
  });
  return {
    full: full.promise,
    release: (how) => {
      remove();
      released.resolve(how);
    },
  };
}

/** Where a call is held: `before` it is applied, or `after` it was, with its answer still to come. */
export interface Point {
  /** Of the calls or writes on one bucket, counted from when the trap is set, and from 1. */
  number: number;
  moment: "before" | "after";
}

/** Which calls a {@link Point} counts. */
export type Counted = "call" | "write";

/** Holds one call of each of these buckets. */
export function setTrap({ faults }: Simulator, points: ReadonlyMap<string, Point>, counted: Counted = "call"): Trap {
  const counts = new Map<string, number>();
  const chosen = new Set<Call>();
  const held = new Set<string>();
  const full = Promise.withResolvers<void>();
  const released = Promise.withResolvers<"drop" | void>();
  const remove = faults.onCall((call, phase) => {
    const { bucket = "" } = call;
    const point = points.get(bucket);
    if (point === undefined || !isCounted(call, counted)) return;
    if (phase === "before") {
      const count = (counts.get(bucket) ?? 0) + 1;
      counts.set(bucket, count);
      if (count === point.number) chosen.add(call);
    }
    if (!chosen.has(call) || phase !== point.moment) return;
    held.add(bucket);
    if (held.size === points.size) full.resolve();
    return released.promise;
  });
  return {
    full: full.promise,
    release: (how) => {
      remove();
      released.resolve(how);
    },
  };
}

export function isCounted({ write }: Call, counted: Counted): boolean {
  return counted === "call" || write;
}

import type { Call, Simulator } from "../../../aws/index.ts";

/** Holds calls, so that a test can act while all of them are in progress. */
export interface Trap {
  /** Resolves when all calls are held. */
  full: Promise<void>;
  /** Holds no more: drops the connections of the held calls, or lets the calls continue. */
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

/** Where a call is held: `before` it is applied, or `after` it, with its response not yet sent. */
export interface Point {
  /** The number of the call or write on one bucket since the trap was set, from 1. */
  number: number;
  moment: "before" | "after";
}

/** The calls that a {@link Point} counts. */
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

import type { Call, CallHook, Simulator } from "../../../aws/index.ts";

/** Holds calls, so that a test can act while all of them are in progress. */
export interface Trap {
  /** Resolves when all calls are held. */
  full: Promise<void>;
  /** Holds no more: drops the connections of the held calls, or lets the calls continue. */
  release: (how?: "drop") => void;
}

/** Where a call is held: `before` it is applied, or `after` it, with its response not yet sent. */
export interface Point {
  /** The number of the call among those that the trap counts, from 1. */
  number: number;
  moment: "before" | "after";
}

/** The calls on a bucket that {@link trapBuckets} counts. */
export type Counted = "call" | "write";

/** Both points of each of the first `calls` calls. */
export function pointsOf(calls: number): Point[] {
  const numbers = Array.from({ length: calls }, (_, index) => index + 1);
  return numbers.flatMap((number) => [
    { number, moment: "before" },
    { number, moment: "after" },
  ]);
}

/** Holds every call of an operation, before it is applied. Full with the first one. */
export function holdCalls({ faults }: Simulator, operation: string): Trap {
  return setTrap(faults, (call, phase, full) => {
    const isHeld = call.operation === operation && phase === "before";
    if (isHeld) full();
    return isHeld;
  });
}

/** Holds one call of each of these buckets. */
export function trapBuckets(
  { faults }: Simulator,
  points: ReadonlyMap<string, Point>,
  counted: Counted = "call",
): Trap {
  return trapByKey(faults, points, (call) => (isCounted(call, counted) ? call.bucket : undefined));
}

/** Holds one call of each of these accounts. Counts the calls to `services`, by default all but STS. */
export function trapAccounts(
  { faults }: Simulator,
  points: ReadonlyMap<string, Point>,
  services?: readonly string[],
): Trap {
  const isOf = (service: string) => services?.includes(service) ?? service !== "sts";
  return trapByKey(faults, points, ({ account, service }) => (isOf(service) ? account : undefined));
}

export function isCounted({ write }: Call, counted: Counted): boolean {
  return counted === "call" || write;
}

/** Holds one call of each key, among the calls for which `keyOf` returns that key. */
function trapByKey(
  faults: Simulator["faults"],
  points: ReadonlyMap<string, Point>,
  keyOf: (call: Call) => string | undefined,
): Trap {
  const counts = new Map<string, number>();
  const chosen = new Set<Call>();
  const held = new Set<string>();
  return setTrap(faults, (call, phase, full) => {
    const key = keyOf(call) ?? "";
    const point = points.get(key);
    if (point === undefined) return false;
    if (phase === "before") {
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (count === point.number) chosen.add(call);
    }
    if (!chosen.has(call) || phase !== point.moment) return false;
    held.add(key);
    if (held.size === points.size) full();
    return true;
  });
}

/** Holds the calls for which `holds` returns true. It calls `full` when no more will come. */
function setTrap(
  faults: Simulator["faults"],
  holds: (call: Call, phase: Parameters<CallHook>[1], full: () => void) => boolean,
): Trap {
  const full = Promise.withResolvers<void>();
  const released = Promise.withResolvers<"drop" | void>();
  const remove = faults.onCall((call, phase) => (holds(call, phase, full.resolve) ? released.promise : undefined));
  return {
    full: full.promise,
    release: (how) => {
      remove();
      released.resolve(how);
    },
  };
}

import type { Call, Simulator } from "../../../aws/index.ts";

/** One call of an account: its number, counted from when the trap is set and from 1, and whether it is held before it is applied, or after. */
export interface HeldCall {
  number: number;
  phase: "before" | "after";
}

/** Calls that are held, one of each account, so that something can happen while all of them are under way. */
export interface AccountTrap {
  /** Resolves when all that are to be held are. */
  full: Promise<void>;
  /** The connections of the held calls end without an answer, and nothing is held any more. */
  drop(): void;
}

/** `calls` by account. Those to STS do not count, or only those to `services` do. */
export function trapAccounts(
  { faults }: Simulator,
  calls: ReadonlyMap<string, HeldCall>,
  services?: readonly string[],
): AccountTrap {
  const counts = new Map<string, number>();
  const awaited = new Set<Call>();
  const held = new Set<string>();
  const full = Promise.withResolvers<void>();
  const released = Promise.withResolvers<"drop">();
  const remove = faults.onCall((call, phase) => {
    const { account, service } = call;
    const wanted = calls.get(account);
    if (wanted === undefined || !(services?.includes(service) ?? service !== "sts")) return;
    if (phase === "before") {
      const count = (counts.get(account) ?? 0) + 1;
      counts.set(account, count);
      if (count === wanted.number) awaited.add(call);
    }
    if (!awaited.has(call) || phase !== wanted.phase) return;
    held.add(account);
    if (held.size === calls.size) full.resolve();
    return released.promise;
  });
  return {
    full: full.promise,
    drop: () => {
      remove();
      released.resolve("drop");
    },
  };
}

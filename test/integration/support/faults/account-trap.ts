import type { Call, Simulator } from "../../../aws/index.ts";

/**
 * A call of an account: its number since the trap was set, from 1, and whether it is held before or after it is
 * applied.
 */
export interface HeldCall {
  number: number;
  phase: "before" | "after";
}

/** Holds one call of each account, so that a test can act while all of them are in progress. */
export interface AccountTrap {
  /** Resolves when all calls are held. */
  full: Promise<void>;
  /** Ends the connections of the held calls without a response, and holds no more. */
  drop(): void;
}

/** `calls` by account. Counts the calls to `services`, by default all but STS. */
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

const HOUR_MS = 3_600_000;

/** What sweeps remember, for fewer calls. */
export interface SweepMemory {
  /** Whether the tags of this role or association named another owner not long ago. */
  isForeign(id: string): boolean;
  noteForeign(id: string): void;
  /** The existing role after which the next sweep of the AWS account continues. */
  lastExamined: Map<string, string>;
}

/** Tags change rarely: they are read again after this time. */
const FOREIGN_MS = 6 * HOUR_MS;
const MAX_FOREIGN = 20_000;

/** @param monotonic in milliseconds */
export function createMemory(monotonic: () => number): SweepMemory {
  const foreign = new Map<string, number>();
  return {
    isForeign: (id) => monotonic() - (foreign.get(id) ?? -Infinity) < FOREIGN_MS,
    noteForeign: (id) => {
      if (foreign.size >= MAX_FOREIGN) foreign.clear();
      foreign.set(id, monotonic());
    },
    lastExamined: new Map(),
  };
}

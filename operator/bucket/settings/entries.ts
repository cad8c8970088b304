import type { EntriesStatus, S3BucketStatus } from "../../api/generated/s3bucket.ts";

/** Settings that are lists of entries with ids, in which others may have theirs. Status records which were applied, under the same name. */
export type EntrySetting = {
  [Name in keyof S3BucketStatus]-?: Required<S3BucketStatus>[Name] extends EntriesStatus ? Name : never;
}[keyof S3BucketStatus];

const NAMES: Record<EntrySetting, true> = {
  lifecycle: true,
  cors: true,
  notifications: true,
  intelligentTiering: true,
  inventory: true,
  metrics: true,
  analytics: true,
};

export const ENTRY_SETTINGS = Object.keys(NAMES) as EntrySetting[];

/** As the CRD bounds them in status. */
const MAX_APPLIED = 1_000;
const MAX_UNMANAGED = 100;
const MAX_ID = 300;

/** Which of the entries are ours. A part of what is desired. */
export interface Owned {
  /** Of the declared entries. */
  ids: readonly string[];
  /** Of those that earlier reconciles applied, and that are no longer declared. */
  former: readonly string[];
  /** What happens to all others. */
  unmanaged: "Keep" | "Remove";
}

export function ownedEntries(
  ids: readonly string[],
  applied: readonly string[] = [],
  unmanaged: Owned["unmanaged"],
): Owned {
  return { ids, former: applied.filter((id) => !ids.includes(id)), unmanaged };
}

/** What a reset wants: that none of the entries is there that are on record as ours. Undefined: none is. */
export function withoutApplied(observed: readonly string[], applied: readonly string[] = []): Owned | undefined {
  return applied.some((id) => observed.includes(id)) ? ownedEntries([], applied, "Keep") : undefined;
}

/** Whether we decide if the entry is there, and what it says. */
export function isOwned({ ids, former, unmanaged }: Owned, id: string): boolean {
  return unmanaged === "Remove" || ids.includes(id) || former.includes(id);
}

/** Which entries are there of those that are ours, or are about to be, and which are not. */
export function entriesStatus({ ids, former }: Owned, observed: readonly string[]): EntriesStatus {
  const applied = [...ids, ...former.filter((id) => observed.includes(id))];
  const others = observed.filter((id) => !applied.includes(id)).map((id) => id.slice(0, MAX_ID));
  return { appliedIds: applied.slice(0, MAX_APPLIED).sort(), unmanagedIds: others.sort().slice(0, MAX_UNMANAGED) };
}

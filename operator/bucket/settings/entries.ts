import type { EntriesStatus, S3BucketStatus } from "../../api/generated/s3bucket.ts";

/**
 * Settings that are lists of entries with ids, to which other tools may add entries. Status records the applied ids
 * under the setting's name.
 */
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

/** The CRD's bounds of the lists in status. */
const MAX_APPLIED = 1_000;
const MAX_UNMANAGED = 100;
const MAX_ID = 300;

/** Which entries the operator owns. Part of the desired state. */
export interface Owned {
  /** Ids in the spec. */
  ids: readonly string[];
  /** Ids that earlier reconciles applied, and that have left the spec. */
  former: readonly string[];
  /** What to do with all other entries. */
  unmanaged: "Keep" | "Remove";
}

export function ownedEntries(
  ids: readonly string[],
  applied: readonly string[] = [],
  unmanaged: Owned["unmanaged"],
): Owned {
  return { ids, former: applied.filter((id) => !ids.includes(id)), unmanaged };
}

/** The desired state of a reset: without the entries that were applied. Undefined: none of them is left. */
export function withoutApplied(observed: readonly string[], applied: readonly string[] = []): Owned | undefined {
  return applied.some((id) => observed.includes(id)) ? ownedEntries([], applied, "Keep") : undefined;
}

/** Whether the operator decides about the entry. */
export function isOwned({ ids, former, unmanaged }: Owned, id: string): boolean {
  return unmanaged === "Remove" || ids.includes(id) || former.includes(id);
}

/** Ids for status: applied ones, those about to be written included, and those of other tools. */
export function entriesStatus({ ids, former }: Owned, observed: readonly string[]): EntriesStatus {
  const applied = [...ids, ...former.filter((id) => observed.includes(id))];
  const others = observed.filter((id) => !applied.includes(id)).map((id) => id.slice(0, MAX_ID));
  return { appliedIds: applied.slice(0, MAX_APPLIED).sort(), unmanagedIds: others.sort().slice(0, MAX_UNMANAGED) };
}

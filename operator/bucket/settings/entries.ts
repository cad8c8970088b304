import type { EntriesStatus, S3BucketStatus } from "../../api/generated/s3bucket.ts";

/** Settings of entries with ids, to which other writers may add. Status records applied ids under the same name. */
export const ENTRY_SETTINGS = [
  "lifecycle",
  "cors",
  "notifications",
  "intelligentTiering",
  "inventory",
  "metrics",
  "analytics",
] as const satisfies readonly (keyof S3BucketStatus)[];

export type EntrySetting = (typeof ENTRY_SETTINGS)[number];

/** Limits of the CRD's status. */
const MAX_APPLIED = 1_000;
const MAX_UNMANAGED = 100;
const MAX_ID = 300;

/** Which entries the operator owns. Part of the desired state. */
export interface Owned {
  /** Ids in the spec. */
  ids: readonly string[];
  /** Ids that earlier reconciles applied and the spec no longer has. */
  former: readonly string[];
  /** What happens to entries of other writers. */
  unmanaged: "Keep" | "Remove";
}

export function ownedEntries(
  ids: readonly string[],
  applied: readonly string[] = [],
  unmanaged: Owned["unmanaged"],
): Owned {
  return { ids, former: applied.filter((id) => !ids.includes(id)), unmanaged };
}

/** Ownership for a reset, which removes all recorded entries; undefined if none is observed. */
export function withoutApplied(observed: readonly string[], applied: readonly string[] = []): Owned | undefined {
  return applied.some((id) => observed.includes(id)) ? ownedEntries([], applied, "Keep") : undefined;
}

/** Whether the operator may change or remove the entry. */
export function isOwned({ ids, former, unmanaged }: Owned, id: string): boolean {
  return unmanaged === "Remove" || ids.includes(id) || former.includes(id);
}

/** Ids in status: applied ones, including those about to be written, and those of other writers. */
export function entriesStatus({ ids, former }: Owned, observed: readonly string[]): EntriesStatus {
  const applied = [...ids, ...former.filter((id) => observed.includes(id))];
  const others = observed.filter((id) => !applied.includes(id)).map((id) => id.slice(0, MAX_ID));
  return { appliedIds: applied.slice(0, MAX_APPLIED).sort(), unmanagedIds: others.sort().slice(0, MAX_UNMANAGED) };
}

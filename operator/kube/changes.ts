/** Which changes of an object require a reconcile, and how urgent it is. Pure. */

import { isDeepStrictEqual } from "node:util";
import type { StatusObject } from "./object.ts";

/** "edit": a user or another object waits for it. "resync": a periodic check of an object believed correct. */
export type Priority = "edit" | "resync";
export const PRIORITIES: readonly Priority[] = ["edit", "resync"];

/**
 * True for a new generation, a deletion, and changed annotations or finalizers. False for status, labels and the
 * addition of `finalizer`, which are mostly the operator's own writes.
 */
export function needsReconcile<T extends StatusObject>(old: T, object: T, finalizer: string): boolean {
  const [before, after] = [old.metadata, object.metadata];
  const ours = (finalizers: string[] | undefined) => finalizers?.includes(finalizer) ?? false;
  const others = (finalizers: string[] | undefined) => (finalizers ?? []).filter((name) => name !== finalizer);
  return (
    before.generation !== after.generation ||
    before.deletionTimestamp !== after.deletionTimestamp ||
    !isDeepStrictEqual(before.annotations ?? {}, after.annotations ?? {}) ||
    !isDeepStrictEqual(others(before.finalizers), others(after.finalizers)) ||
    (ours(before.finalizers) && !ours(after.finalizers))
  );
}

/** The priority of an object seen for the first time: "resync" if an earlier process reconciled this generation. */
export function priorityOf({ metadata, status }: StatusObject): Priority {
  const known = metadata.generation !== undefined && status?.observedGeneration === metadata.generation;
  return known && metadata.deletionTimestamp === undefined ? "resync" : "edit";
}

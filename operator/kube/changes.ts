/** Which changes of an object call for a reconcile, and how urgent it is. Pure. */

import { isDeepStrictEqual } from "node:util";
import type { StatusObject } from "./object.ts";

/** "edit": a user or another object waits for the reconcile. "resync": a periodic check of an object believed correct. */
export type Priority = "edit" | "resync";
export const PRIORITIES: readonly Priority[] = ["edit", "resync"];

/**
 * True for a new spec (generation), a deletion, changed annotations, finalizers that others changed, or ours taken away by somebody. Not for status or labels, nor for our own finalizer being added: those are mostly echoes of our own writes.
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

/** An object seen for the first time is only a resync if an earlier run of ours has already dealt with this very spec. */
export function priorityOf({ metadata, status }: StatusObject): Priority {
  const known = metadata.generation !== undefined && status?.observedGeneration === metadata.generation;
  return known && metadata.deletionTimestamp === undefined ? "resync" : "edit";
}

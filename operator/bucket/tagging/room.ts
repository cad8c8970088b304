import { ORIGIN_TAG, type Tags } from "../../api/ownership.ts";

/** Maximum of tags per bucket: https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_TagResource.html */
export const MAX_TAGS = 50;

/** Whether AWS owns the tag: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html */
export function isReserved(key: string): boolean {
  return key.toLowerCase().startsWith("aws:");
}

/** Counts the tags that the limit covers: all but AWS's own. */
export function countTags(keys: Iterable<string>): number {
  return [...new Set(keys)].filter((key) => !isReserved(key)).length;
}

/** A change of a bucket's tags. Keys in none of the three lists stay. */
export interface TagChange {
  /** Keys to remove first, to make room. */
  drop?: readonly string[];
  set?: Tags;
  /** Keys to remove after `set`, because they name the owner until then. */
  dropAfter?: readonly string[];
}

/** One call. */
export type TagStep = { set: Tags } | { drop: readonly string[] };

/** Keys after `change`. */
function remaining(observed: Tags, { drop = [], set = {}, dropAfter = [] }: TagChange): string[] {
  const dropped = new Set([...drop, ...dropAfter]);
  return [...Object.keys(observed).filter((key) => !dropped.has(key)), ...Object.keys(set)];
}

/**
 * Splits a change into calls that never exceed S3's limit. If there is no room for an intermediate tag, the origin tag
 * is removed first, and restored at the end if it fits. After each call the tags name the former or the new owner, so
 * that a crash leaves no bucket without one. Pure.
 */
export function stepsOf(observed: Tags, { drop = [], set = {}, dropAfter = [] }: TagChange): TagStep[] {
  const fits = countTags(remaining(observed, { drop, set })) <= MAX_TAGS;
  const origin = set[ORIGIN_TAG] ?? observed[ORIGIN_TAG];
  if (fits || origin === undefined) return steps({ drop }, { set }, { drop: dropAfter });
  const { [ORIGIN_TAG]: _, ...others } = set;
  const first = Object.hasOwn(observed, ORIGIN_TAG) ? [...drop, ORIGIN_TAG] : drop;
  const hasRoomAfter = countTags([...remaining(observed, { drop, set, dropAfter }), ORIGIN_TAG]) <= MAX_TAGS;
  const last = hasRoomAfter ? { [ORIGIN_TAG]: origin } : {};
  return steps({ drop: first }, { set: others }, { drop: dropAfter }, { set: last });
}

function steps(...all: TagStep[]): TagStep[] {
  return all.filter((step) => ("set" in step ? Object.keys(step.set) : step.drop).length > 0);
}

/** How many other tags must be removed to make room for `set`. Pure. */
export function tagsTooMany(observed: Tags, { drop = [], set = {} }: TagChange): number {
  return Math.max(0, countTags(remaining(observed, { drop, set })) - MAX_TAGS);
}

/** Whether an ownership tag can be added, in place of the origin tag if needed. Pure. */
export function hasRoomFor(key: string, observed: Tags): boolean {
  return tagsTooMany(observed, { drop: [ORIGIN_TAG], set: { [key]: "" } }) === 0;
}

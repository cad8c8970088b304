import { ORIGIN_TAG, type Tags } from "../../api/ownership.ts";

/** Tags of a bucket: https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_TagResource.html */
export const MAX_TAGS = 50;

/** AWS's own: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html */
export function isReserved(key: string): boolean {
  return key.toLowerCase().startsWith("aws:");
}

/** Those that count towards the limit, which AWS's own do not. */
export function countTags(keys: Iterable<string>): number {
  return [...new Set(keys)].filter((key) => !isReserved(key)).length;
}

/** What is to become of a bucket's tags; those in none of the three stay. */
export interface TagChange {
  /** Keys that go first, to make room. */
  drop?: readonly string[];
  set?: Tags;
  /** Keys that go only when `set` is there: as long as they are there, they say whose the bucket is. */
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
 * The calls by which tags are changed one by one, in an order in which there are never more than S3 allows. Where it takes one more on
 * the way, the origin gives its place, and comes back if there is one in the end. Whatever call is the last one before a crash, the
 * tags say at each moment that the bucket belongs to the owner before or the one after. Pure.
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

/** How many of the tags that are not in `set` must go so that there is room for it; 0: none. Pure. */
export function tagsTooMany(observed: Tags, { drop = [], set = {} }: TagChange): number {
  return Math.max(0, countTags(remaining(observed, { drop, set })) - MAX_TAGS);
}

/** Whether a tag of ours can be added, the origin giving its place if need be. Pure. */
export function hasRoomFor(key: string, observed: Tags): boolean {
  return tagsTooMany(observed, { drop: [ORIGIN_TAG], set: { [key]: "" } }) === 0;
}

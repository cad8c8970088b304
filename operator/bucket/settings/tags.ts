import { GROUP } from "../../api/names.ts";
import { isClaimed, ownershipTags, RELEASED_BY_TAG, type Tags } from "../../api/ownership.ts";
import { REASON } from "../../api/reasons.ts";
import type { S3BucketSpec } from "../../api/types.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import { SettingRefused } from "../failure.ts";
import { countTags, isReserved, MAX_TAGS, tagsTooMany } from "../tagging/room.ts";
import { changeTags, readTags } from "../tagging/tagging.ts";
import { defineSetting, type SettingContext } from "./setting.ts";
import type { ExportedSetting } from "./to-spec.ts";

interface DesiredTags {
  set: Tags;
  /** Keys to remove. Keys in neither belong to other writers. */
  remove: readonly string[];
}

type TagContext = Pick<SettingContext, "accountTags" | "ownershipTags" | "appliedTagKeys">;

/** All desired tags. A new bucket gets them in the call that creates it. */
export function tagsOf(spec: S3BucketSpec, { accountTags, ownershipTags }: TagContext): Tags {
  return { ...accountTags, ...spec.tags, ...ownershipTags };
}

export function desiredTags(spec: S3BucketSpec, context: TagContext): DesiredTags {
  const set = tagsOf(spec, context);
  return { set, remove: [...context.appliedTagKeys, RELEASED_BY_TAG].filter((key) => !Object.hasOwn(set, key)) };
}

function diff({ set, remove }: DesiredTags, observed: Tags): Change[] {
  return [
    ...Object.entries(set).flatMap(([key, value]) => compare(key, value, valueOf(observed, key))),
    ...remove.flatMap((key) => compare(key, undefined, valueOf(observed, key))),
  ];
}

/** Undefined also for "constructor" and other inherited names. */
function valueOf(tags: Tags, key: string): string | undefined {
  return Object.hasOwn(tags, key) ? tags[key] : undefined;
}

function isRelease(key: string): boolean {
  return key === RELEASED_BY_TAG;
}

function isUserKey(key: string): boolean {
  return !key.startsWith(`${GROUP}/`);
}

/** The CRD's limit. */
const MAX_SPEC_TAGS = 35;

const CLAIMED =
  "they name an S3Bucket as the bucket's owner: another one can adopt it only after that one is deleted with deletionPolicy Retain";

/** Used for its keys only. */
const ANY_OWNERSHIP = ownershipTags({ cluster: "", namespace: "", name: "" }, "Adopted");

/** Exports the user's tags, without ownership tags. Omitted tags stay on the bucket. */
function toSpec(observed: Tags): ExportedSetting {
  const ofUser = Object.entries(observed).filter(([key]) => isUserKey(key));
  const writable = ofUser.filter(([key]) => !isReserved(key));
  const surplus = tagsTooMany(Object.fromEntries(ofUser), { set: ANY_OWNERSHIP });
  const omitted = [
    ...ofUser.flatMap(([key]) => (isReserved(key) ? [`'${key}' is AWS's own`] : [])),
    ...writable.slice(MAX_SPEC_TAGS).map(([key]) => `'${key}' exceeds the ${MAX_SPEC_TAGS} of a spec`),
  ];
  if (isClaimed(observed)) omitted.push(CLAIMED);
  if (surplus > 0) {
    const count = countTags(Object.keys(observed));
    omitted.push(
      `${count} tags leave no room for the ownership tags of s3-operator: remove ${surplus} at AWS before the adoption`,
    );
  }
  const tags = Object.fromEntries(writable.slice(0, MAX_SPEC_TAGS));
  return { ...(writable.length > 0 && { spec: { tags } }), omitted };
}

/** Why the tags do not fit: with those of other writers, they exceed S3's limit. Undefined: they fit. Pure. */
export function roomProblem(name: string, { set, remove }: DesiredTags, observed: Tags): SettingRefused | undefined {
  const surplus = tagsTooMany(observed, { drop: remove, set });
  if (surplus === 0) return undefined;
  const kept = Object.keys(observed).filter((key) => !remove.includes(key));
  const missing = Object.keys(set).filter((key) => !kept.includes(key));
  const ours = missing.filter((key) => !isUserKey(key)).length;
  const message =
    `S3 allows ${MAX_TAGS} tags on a bucket. Bucket '${name}' has ${countTags(kept)}, and the operator needs room for ${missing.length} more: ` +
    `${ours} ownership tags, and ${missing.length - ours} of spec.tags and the AWSAccount. Remove ${surplus} of the bucket's tags at AWS`;
  return new SettingRefused(REASON.tooManyTags, message);
}

/** Tags of the spec and of the AWSAccount, and ownership tags. */
export const tags = defineSetting<DesiredTags, Tags>({
  name: "tags",
  iamActions: { read: ["s3:ListTagsForResource"], write: ["s3:TagResource", "s3:UntagResource"] },

  desired: desiredTags,

  observe: readTags,

  diff,

  write: async (bucket, { set, remove }, observed) => {
    const problem = roomProblem(bucket.name, { set, remove }, observed);
    if (problem !== undefined) throw problem;
    const changed = Object.entries(set).filter(([key, value]) => valueOf(observed, key) !== value);
    const surplus = remove.filter((key) => Object.hasOwn(observed, key));
    await changeTags(bucket, observed, {
      drop: surplus.filter((key) => !isRelease(key)),
      set: Object.fromEntries(changed),
      // Claim a released bucket before removing the mark of its release.
      dropAfter: surplus.filter(isRelease),
    });
  },

  // Always declared, because of the ownership tags.
  reset: () => undefined,

  toSpec,

  report: (desired, observed) => {
    const { set = {}, remove = [] } = desired ?? {};
    const left = remove.filter((key) => Object.hasOwn(observed, key));
    return { tagKeys: [...Object.keys(set), ...left].filter(isUserKey).sort() };
  },
});

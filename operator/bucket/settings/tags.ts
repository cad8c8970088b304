import { GROUP } from "../../api/names.ts";
import { REASON } from "../../api/reasons.ts";
import type { S3BucketSpec } from "../../api/types.ts";
import { isClaimed, ownershipTags, RELEASED_BY_TAG, type Tags } from "../../api/ownership.ts";
import { countTags, isReserved, MAX_TAGS, tagsTooMany } from "../tagging/room.ts";
import { changeTags, readTags } from "../tagging/tagging.ts";
import type { ExportedSetting } from "./to-spec.ts";
import { defineSetting, type SettingContext } from "./setting.ts";
import { SettingRefused } from "../failure.ts";
import { type Change, compare } from "../../reconcile/change.ts";

interface DesiredTags {
  set: Tags;
  /** Keys that must not be there; all keys in neither are somebody else's. */
  remove: readonly string[];
}

type TagContext = Pick<SettingContext, "accountTags" | "ownershipTags" | "appliedTagKeys">;

/** All tags that a bucket is to have; a new one gets them in the call that creates it. */
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

/** Undefined also for "constructor" and other names that every object knows. */
function valueOf(tags: Tags, key: string): string | undefined {
  return Object.hasOwn(tags, key) ? tags[key] : undefined;
}

function isRelease(key: string): boolean {
  return key === RELEASED_BY_TAG;
}

function isUserKey(key: string): boolean {
  return !key.startsWith(`${GROUP}/`);
}

/** As the CRD bounds them. */
const MAX_SPEC_TAGS = 35;

/** For the keys alone. */
const ANY_OWNERSHIP = ownershipTags({ cluster: "", namespace: "", name: "" }, "Adopted");

/** Of the user's tags, which all stay in any case; whose the bucket is, is not for a spec to say. */
function toSpec(observed: Tags): ExportedSetting {
  const ofUser = Object.entries(observed).filter(([key]) => isUserKey(key));
  const writable = ofUser.filter(([key]) => !isReserved(key));
  const surplus = tagsTooMany(Object.fromEntries(ofUser), { set: ANY_OWNERSHIP });
  const omitted = [
    ...ofUser.flatMap(([key]) => (isReserved(key) ? [`'${key}' is AWS's own`] : [])),
    ...writable.slice(MAX_SPEC_TAGS).map(([key]) => `'${key}' is beyond the ${MAX_SPEC_TAGS} of a spec`),
    ...(isClaimed(observed)
      ? [
          "they say that an S3Bucket has the bucket: only once it is deleted, with deletionPolicy Retain, can another one adopt it",
        ]
      : []),
    ...(surplus > 0
      ? [
          `${countTags(Object.keys(observed))} tags leave no room for those by which an s3-operator says whose a bucket is: remove ${surplus} at AWS before it is adopted`,
        ]
      : []),
  ];
  const said = Object.fromEntries(writable.slice(0, MAX_SPEC_TAGS));
  return { ...(writable.length > 0 && { spec: { tags: said } }), omitted };
}

/** Why the bucket cannot have its tags: with those of others, they are more than S3 allows. Undefined: it can. Pure. */
export function roomProblem(name: string, { set, remove }: DesiredTags, observed: Tags): SettingRefused | undefined {
  const surplus = tagsTooMany(observed, { drop: remove, set });
  if (surplus === 0) return undefined;
  const kept = Object.keys(observed).filter((key) => !remove.includes(key));
  const missing = Object.keys(set).filter((key) => !kept.includes(key));
  const ours = missing.filter((key) => !isUserKey(key)).length;
  const message =
    `S3 allows ${MAX_TAGS} tags on a bucket. Bucket '${name}' has ${countTags(kept)}, and the operator needs room for ${missing.length} more: ` +
    `${ours} that say whose it is, and ${missing.length - ours} of spec.tags and the AWSAccount. Remove ${surplus} of the bucket's tags at AWS`;
  return new SettingRefused(REASON.tooManyTags, message);
}

/** The spec's tags, the account's and those that say whose the bucket is. */
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
      // A released bucket is claimed before it stops being one.
      dropAfter: surplus.filter(isRelease),
    });
  },

  // Always declared: without its ownership tags a bucket is not ours.
  reset: () => undefined,

  toSpec,

  report: (desired, observed) => {
    const { set = {}, remove = [] } = desired ?? {};
    const left = remove.filter((key) => Object.hasOwn(observed, key));
    return { tagKeys: [...Object.keys(set), ...left].filter(isUserKey).sort() };
  },
});

import { ListTagsForResourceCommand, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-s3-control";
import { GROUP } from "../../api/names.ts";
import type { S3BucketSpec } from "../../api/types.ts";
import type { BucketClient } from "../bucket-client.ts";
import { isClaimed, RELEASED_BY_TAG, type Tags } from "../../ownership.ts";
import type { Declaration } from "./declaration.ts";
import { type Change, compare, defineSetting, type SettingContext } from "./setting.ts";

interface DesiredTags {
  set: Tags;
  /** Keys that must not be there; all keys in neither are somebody else's. */
  remove: readonly string[];
}

/** All tags that a bucket is to have; a new one gets them in the call that creates it. */
export function tagsOf(spec: S3BucketSpec, { accountTags, ownershipTags }: SettingContext): Tags {
  return { ...accountTags, ...spec.tags, ...ownershipTags };
}

function desired(spec: S3BucketSpec, context: SettingContext): DesiredTags {
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

/** Of the user's tags, which all stay in any case; whose the bucket is, is not for a spec to say. */
function declare(observed: Tags): Declaration {
  const ofUser = Object.entries(observed).filter(([key]) => isUserKey(key));
  const writable = ofUser.filter(([key]) => !isReserved(key));
  const unsaid = [
    ...ofUser.flatMap(([key]) => (isReserved(key) ? [`'${key}' is AWS's own`] : [])),
    ...writable.slice(MAX_SPEC_TAGS).map(([key]) => `'${key}' is beyond the ${MAX_SPEC_TAGS} of a spec`),
    ...(isClaimed(observed)
      ? [
          "they say that an S3Bucket has the bucket: only once it is deleted, with deletionPolicy Retain, can another one adopt it",
        ]
      : []),
  ];
  const said = Object.fromEntries(writable.slice(0, MAX_SPEC_TAGS));
  return { ...(writable.length > 0 && { spec: { tags: said } }), unsaid };
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html */
function isReserved(key: string): boolean {
  return key.toLowerCase().startsWith("aws:");
}

function list(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Adds or replaces these tags and leaves the rest, unlike PutBucketTagging, which replaces the whole set. */
export async function putTags({ s3Control, accountId, arn, options }: BucketClient, tags: Tags): Promise<void> {
  await s3Control.send(new TagResourceCommand({ AccountId: accountId, ResourceArn: arn, Tags: list(tags) }), options);
}

export async function removeTags(bucket: BucketClient, keys: readonly string[]): Promise<void> {
  const { s3Control, accountId, arn, options } = bucket;
  await s3Control.send(
    new UntagResourceCommand({ AccountId: accountId, ResourceArn: arn, TagKeys: [...keys] }),
    options,
  );
}

/**
 * The spec's tags, the account's and those that say whose the bucket is. By S3 Control, which also works with ABAC on.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_TagResource.html
 */
export const tags = defineSetting<DesiredTags, Tags>({
  name: "tags",
  permissions: { read: ["s3:ListTagsForResource"], write: ["s3:TagResource", "s3:UntagResource"] },

  desired,

  observe: async ({ s3Control, accountId, arn, options }) => {
    const command = new ListTagsForResourceCommand({ AccountId: accountId, ResourceArn: arn });
    const { Tags } = await s3Control.send(command, options);
    return Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
  },

  diff,

  write: async (bucket, { set, remove }, observed) => {
    const changed = Object.entries(set).filter(([key, value]) => valueOf(observed, key) !== value);
    const surplus = remove.filter((key) => Object.hasOwn(observed, key));
    // Room first, S3 allows 50; but a released bucket is claimed before it stops being one.
    const [released, dropped] = [surplus.filter(isRelease), surplus.filter((key) => !isRelease(key))];
    if (dropped.length > 0) await removeTags(bucket, dropped);
    if (changed.length > 0) await putTags(bucket, Object.fromEntries(changed));
    if (released.length > 0) await removeTags(bucket, released);
  },

  // Always declared: without its ownership tags a bucket is not ours.
  reset: () => undefined,

  declare,

  report: (desired, observed) => {
    const { set = {}, remove = [] } = desired ?? {};
    const left = remove.filter((key) => Object.hasOwn(observed, key));
    return { tagKeys: [...Object.keys(set), ...left].filter(isUserKey).sort() };
  },
});

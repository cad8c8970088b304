import { GetBucketTaggingCommand, PutBucketTaggingCommand } from "@aws-sdk/client-s3";
import { ORIGIN_TAG, type Tags } from "../../api/ownership.ts";
import type { BucketClient } from "../bucket-client.ts";
import { unlessAbsent } from "../subresource.ts";
import { tagList, tagsOfList } from "../tag-list.ts";
import { countTags, MAX_TAGS, type TagChange } from "./room.ts";

/** All tags of a bucket: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html */
export async function readTagSet({ s3, ref, options }: BucketClient): Promise<Tags> {
  const answer = await unlessAbsent(s3.send(new GetBucketTaggingCommand(ref), options));
  return tagsOfList(answer?.TagSet);
}

/**
 * Replaces the whole set. Changes by other tools since the read are lost. AWS's own tags must stay unchanged:
 * https://github.com/hashicorp/terraform-provider-aws/issues/7323
 */
export async function changeTagSet(bucket: BucketClient, change: TagChange): Promise<void> {
  const { s3, ref, options } = bucket;
  const TagSet = tagList(changed(await readTagSet(bucket), change));
  await s3.send(new PutBucketTaggingCommand({ ...ref, Tagging: { TagSet } }), options);
}

/** Drops the origin tag if the result would exceed the limit. */
function changed(tags: Tags, { drop = [], set = {}, dropAfter = [] }: TagChange): Tags {
  const dropped = new Set([...drop, ...dropAfter]);
  const kept = Object.entries(tags).filter(([key]) => !dropped.has(key));
  const all = { ...Object.fromEntries(kept), ...set };
  if (countTags(Object.keys(all)) <= MAX_TAGS) return all;
  const { [ORIGIN_TAG]: _, ...others } = all;
  return others;
}

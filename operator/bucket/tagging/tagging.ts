import {
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type S3ControlClient,
} from "@aws-sdk/client-s3-control";
import type { Tags } from "../../api/ownership.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import type { BucketClient } from "../bucket-client.ts";
import { headBucket } from "../existence.ts";
import { tagList, tagsOfList } from "../tag-list.ts";
import { changeTagSet, readTagSet } from "./classic.ts";
import { stepsOf, type TagChange, type TagStep } from "./room.ts";

/**
 * Clients of endpoints without tags in S3 Control. They use the classic calls, which fail on buckets with ABAC.
 * See docs/adr/0009-tags-without-s3-control.md.
 */
const withoutTags = new WeakSet<S3ControlClient>();

export function usesClassicTagging({ s3Control }: BucketClient): boolean {
  return withoutTags.has(s3Control);
}

/** All tags of a bucket, including AWS's own. */
export async function readTags(bucket: BucketClient): Promise<Tags> {
  if (usesClassicTagging(bucket)) return readTagSet(bucket);
  try {
    return await listTags(bucket);
  } catch (error) {
    if (!(await knowsNoTags(bucket, error))) throw error;
  }
  withoutTags.add(bucket.s3Control);
  return readTagSet(bucket);
}

/** `observed` are the bucket's tags as last read. */
export async function changeTags(bucket: BucketClient, observed: Tags, change: TagChange): Promise<void> {
  if (usesClassicTagging(bucket)) return changeClassically(bucket, change);
  for (const step of stepsOf(observed, change)) await send(bucket, step);
}

/** After a failure the next read tries S3 Control again: the region may support it now, and the bucket have ABAC. */
async function changeClassically(bucket: BucketClient, change: TagChange): Promise<void> {
  try {
    await changeTagSet(bucket, change);
  } catch (error) {
    withoutTags.delete(bucket.s3Control);
    throw error;
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListTagsForResource.html */
async function listTags({ s3Control, accountId, arn, options }: BucketClient): Promise<Tags> {
  const command = new ListTagsForResourceCommand({ AccountId: accountId, ResourceArn: arn });
  return tagsOfList((await s3Control.send(command, options)).Tags);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_TagResource.html, API_control_UntagResource.html */
async function send({ s3Control, accountId, arn, options }: BucketClient, step: TagStep): Promise<void> {
  const resource = { AccountId: accountId, ResourceArn: arn };
  if ("drop" in step) await s3Control.send(new UntagResourceCommand({ ...resource, TagKeys: [...step.drop] }), options);
  else await s3Control.send(new TagResourceCommand({ ...resource, Tags: tagList(step.set) }), options);
}

/** Prefix of S3 Control's paths. Stores without S3 Control take it for a bucket name. */
const API_VERSION = "v20180820";

/** Whether S3 Control has no tags. A store without it may look for a key in a bucket named `API_VERSION`. */
async function knowsNoTags(bucket: BucketClient, error: unknown): Promise<boolean> {
  const kind = awsErrorKind(error);
  if (kind === "Unsupported") return true;
  if (kind !== "NotFound" || (error as { BucketName?: unknown }).BucketName !== API_VERSION) return false;
  return (await headBucket(bucket)).state === "Exists";
}

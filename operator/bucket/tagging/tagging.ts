import {
  ListTagsForResourceCommand,
  type S3ControlClient,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-s3-control";
import { awsErrorKind } from "../../aws/errors.ts";
import type { Tags } from "../../api/ownership.ts";
import type { BucketClient } from "../bucket-client.ts";
import { headBucket } from "../existence.ts";
import { changeTagSet, readTagSet } from "./classic.ts";
import { tagList, tagsOfList } from "../tag-list.ts";
import { stepsOf, type TagChange, type TagStep } from "./room.ts";

/**
 * The clients, each of one account and region, whose endpoint knows no tags by S3 Control, as its answers have shown. The classic calls then
 * stand in. Nowhere else: they do not work with ABAC on.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html, docs/adr/0009-tags-without-s3-control.md
 */
const withoutTags = new WeakSet<S3ControlClient>();

export function usesClassicTagging({ s3Control }: BucketClient): boolean {
  return withoutTags.has(s3Control);
}

/** All tags of a bucket, AWS's own included. */
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

/** `observed`: the bucket's tags as last read. */
export async function changeTags(bucket: BucketClient, observed: Tags, change: TagChange): Promise<void> {
  if (usesClassicTagging(bucket)) return changeClassically(bucket, change);
  for (const step of stepsOf(observed, change)) await take(bucket, step);
}

/** A refusal may mean that the region has S3 Control's calls by now, and a bucket there ABAC: the next read tries them again. */
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

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_TagResource.html and API_control_UntagResource.html */
async function take({ s3Control, accountId, arn, options }: BucketClient, step: TagStep): Promise<void> {
  const resource = { AccountId: accountId, ResourceArn: arn };
  if ("drop" in step) await s3Control.send(new UntagResourceCommand({ ...resource, TagKeys: [...step.drop] }), options);
  else await s3Control.send(new TagResourceCommand({ ...resource, Tags: tagList(step.set) }), options);
}

/** What the paths of S3 Control begin with, which a store without it takes for the name of a bucket. */
const API_VERSION = "v20180820";

/**
 * The call is not known in the region, or at the store; or the store has a bucket of that name, in which the tags would be an object: then
 * HeadBucket has to find the bucket that is meant.
 */
async function knowsNoTags(bucket: BucketClient, error: unknown): Promise<boolean> {
  const kind = awsErrorKind(error);
  if (kind === "Unsupported") return true;
  if (kind !== "NotFound" || (error as { BucketName?: unknown }).BucketName !== API_VERSION) return false;
  return (await headBucket(bucket)).state === "Exists";
}

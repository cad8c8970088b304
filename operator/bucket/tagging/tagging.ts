import { ListTagsForResourceCommand, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-s3-control";
import type { Tags } from "../../ownership.ts";
import type { BucketClient } from "../bucket-client.ts";
import { stepsOf, type TagChange, type TagStep } from "./room.ts";

/**
 * All tags of a bucket, AWS's own included. By S3 Control, which also works with ABAC on.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListTagsForResource.html
 */
export async function readTags({ s3Control, accountId, arn, options }: BucketClient): Promise<Tags> {
  const command = new ListTagsForResourceCommand({ AccountId: accountId, ResourceArn: arn });
  const { Tags } = await s3Control.send(command, options);
  return Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
}

/** `observed`: the bucket's tags as last read. */
export async function changeTags(bucket: BucketClient, observed: Tags, change: TagChange): Promise<void> {
  for (const step of stepsOf(observed, change)) await take(bucket, step);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_TagResource.html and API_control_UntagResource.html */
async function take({ s3Control, accountId, arn, options }: BucketClient, step: TagStep): Promise<void> {
  const resource = { AccountId: accountId, ResourceArn: arn };
  if ("drop" in step) {
    await s3Control.send(new UntagResourceCommand({ ...resource, TagKeys: [...step.drop] }), options);
    return;
  }
  const Tags = Object.entries(step.set).map(([Key, Value]) => ({ Key, Value }));
  await s3Control.send(new TagResourceCommand({ ...resource, Tags }), options);
}

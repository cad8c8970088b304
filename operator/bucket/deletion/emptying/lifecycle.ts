import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
} from "@aws-sdk/client-s3";
import { isNoSuchBucket } from "../../../aws/errors.ts";
import type { BucketClient } from "../../bucket-client.ts";
import { failWith } from "../../../fail-with.ts";
import { EXPIRE_ALL_IDS } from "../../settings/lifecycle.ts";
import { unlessAbsent } from "../../settings/setting.ts";

/**
 * Expires everything: objects after a day, what that leaves behind a day later. Delete markers that stand alone need a rule of their own.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
 */
export const EXPIRE_ALL: readonly LifecycleRule[] = [
  {
    ID: EXPIRE_ALL_IDS[0],
    Status: "Enabled",
    Filter: { Prefix: "" },
    Expiration: { Days: 1 },
    NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  },
  {
    ID: EXPIRE_ALL_IDS[1],
    Status: "Enabled",
    Filter: { Prefix: "" },
    Expiration: { ExpiredObjectDeleteMarker: true },
  },
];

/** Takes the place of the whole lifecycle configuration: the bucket is going, and other rules could only slow that down. */
export async function expireAll(bucket: BucketClient): Promise<void> {
  if (await expiresAll(bucket)) return;
  const { s3, ref, options, arn } = bucket;
  const command = new PutBucketLifecycleConfigurationCommand({
    ...ref,
    LifecycleConfiguration: { Rules: [...EXPIRE_ALL] },
  });
  await s3.send(command, options).catch(failWith("s3:PutLifecycleConfiguration", arn));
}

async function expiresAll({ s3, ref, options, arn }: BucketClient): Promise<boolean> {
  const answer = unlessAbsent(s3.send(new GetBucketLifecycleConfigurationCommand(ref), options));
  const { Rules = [] } = (await answer.catch(failWith("s3:GetLifecycleConfiguration", arn))) ?? {};
  const enabled = new Set(Rules.filter(({ Status }) => Status === "Enabled").map(({ ID }) => ID));
  return EXPIRE_ALL.every(({ ID }) => enabled.has(ID));
}

/** Takes the lifecycle configuration away without looking: S3's answer may be older than our write. A bucket that is gone has none. */
export async function stopExpiring({ s3, ref, options, arn }: BucketClient): Promise<void> {
  try {
    await s3.send(new DeleteBucketLifecycleCommand(ref), options);
  } catch (error) {
    if (!isNoSuchBucket(error)) failWith("s3:PutLifecycleConfiguration", arn)(error);
  }
}

import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule,
} from "@aws-sdk/client-s3";
import { isNoSuchBucket } from "../../../aws/errors.ts";
import { throwFailure } from "../../../reconcile/aws-failure.ts";
import type { BucketClient } from "../../bucket-client.ts";
import { EXPIRE_ALL_IDS } from "../../settings/lifecycle.ts";
import { deleteSeen, unlessAbsent } from "../../subresource.ts";

/**
 * Expires everything within days. Lone delete markers need a second rule:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
 */
const EXPIRE_ALL: readonly LifecycleRule[] = [
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

/** Replaces the whole lifecycle configuration, since other rules could only delay the deletion. */
export async function expireAll(bucket: BucketClient): Promise<void> {
  if (await expiresAll(bucket)) return;
  await putRules(bucket, [...EXPIRE_ALL]).catch(throwFailure("s3:PutLifecycleConfiguration", bucket.arn));
}

async function rulesOf({ s3, ref, options }: BucketClient): Promise<LifecycleRule[]> {
  return (await unlessAbsent(s3.send(new GetBucketLifecycleConfigurationCommand(ref), options)))?.Rules ?? [];
}

async function expiresAll(bucket: BucketClient): Promise<boolean> {
  const rules = await rulesOf(bucket).catch(throwFailure("s3:GetLifecycleConfiguration", bucket.arn));
  const enabled = new Set(rules.filter(({ Status }) => Status === "Enabled").map(({ ID }) => ID));
  return EXPIRE_ALL.every(({ ID }) => enabled.has(ID));
}

/** Deletes the rules. S3 may not show rules just written: then it disables them. Does nothing if the bucket is gone. */
export async function stopExpiring(bucket: BucketClient): Promise<void> {
  const { ref, arn } = bucket;
  const unlessNoBucket = (action: string) => (error: unknown) =>
    isNoSuchBucket(error) ? undefined : throwFailure(action, arn)(error);
  const rules = await rulesOf(bucket).catch(unlessNoBucket("s3:GetLifecycleConfiguration"));
  if (rules === undefined) return;
  const stopped =
    rules.length > 0
      ? deleteSeen(bucket, rules, new DeleteBucketLifecycleCommand(ref))
      : putRules(
          bucket,
          EXPIRE_ALL.map((rule) => ({ ...rule, Status: "Disabled" })),
        );
  await stopped.catch(unlessNoBucket("s3:PutLifecycleConfiguration"));
}

async function putRules({ s3, ref, options }: BucketClient, Rules: LifecycleRule[]): Promise<void> {
  await s3.send(new PutBucketLifecycleConfigurationCommand({ ...ref, LifecycleConfiguration: { Rules } }), options);
}

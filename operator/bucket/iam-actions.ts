import { SETTINGS } from "./settings/index.ts";
import type { Setting } from "./settings/setting.ts";

/** IAM actions on buckets that belong to no setting: find a bucket, create it with its tags, delete it. */
export const BUCKET_ACTIONS = ["s3:ListBucket", "s3:CreateBucket", "s3:TagResource", "s3:DeleteBucket"] as const;

/** For regions where S3 Control has no tags; not needed elsewhere. */
export const CLASSIC_TAGGING_ACTIONS = ["s3:GetBucketTagging", "s3:PutBucketTagging"] as const;

/** On objects, for `deletionPolicy: DeleteWithContents`; not needed where no AWSAccount allows it. */
export const EMPTYING_ACTIONS = [
  "s3:ListBucketVersions",
  "s3:ListBucketMultipartUploads",
  "s3:AbortMultipartUpload",
  "s3:DeleteObject",
  "s3:DeleteObjectVersion",
  "s3:GetObjectRetention",
  "s3:GetObjectLegalHold",
  "s3:GetBucketVersioning",
  "s3:GetBucketPolicy",
  "s3:GetLifecycleConfiguration",
  "s3:PutLifecycleConfiguration",
] as const;

/** On the keys that `spec.encryption.kmsKey` names. */
export const KEY_ACTIONS = ["kms:DescribeKey"] as const;

/** For `spec.encryption.kmsKey.managed`; these actions take no resource. */
export const KEY_CREATION_ACTIONS = ["kms:CreateKey", "kms:ListKeys"] as const;

/** For `spec.encryption.kmsKey.managed`. */
export const MANAGED_KEY_ACTIONS = [
  ...KEY_CREATION_ACTIONS,
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
] as const;

/** To pass the role of `spec.replication` to S3. */
export const REPLICATION_ACTIONS = ["iam:PassRole"] as const;

/**
 * What a bucket policy must not deny the operator, so that it can keep the bucket as declared. Does not include the
 * deletion, which a user may forbid by policy.
 */
export const CONFIGURATION_ACTIONS: readonly string[] = [
  ...new Set(["s3:ListBucket", ...SETTINGS.flatMap(actionsOf).filter((action) => action.startsWith("s3:"))]),
];

export function actionsOf({ iamActions }: Setting): string[] {
  return [...iamActions.read, ...iamActions.write];
}

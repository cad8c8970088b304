import { SETTINGS } from "./settings/index.ts";
import type { Setting } from "./settings/setting.ts";

/** IAM actions on buckets that belong to no setting: looking for a bucket, making it with its tags, deleting it. */
export const BUCKET_ACTIONS = ["s3:ListBucket", "s3:CreateBucket", "s3:TagResource", "s3:DeleteBucket"] as const;

/** For regions where S3 Control knows no tags: to be left out elsewhere. */
export const CLASSIC_TAGGING_ACTIONS = ["s3:GetBucketTagging", "s3:PutBucketTagging"] as const;

/** On what is in buckets, for `deletionPolicy: DeleteWithContents`: to be left out where no AWSAccount allows that. */
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

/** For `spec.encryption.kmsKey.managed`: these two take no resource. */
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

/** S3 takes on the role of `spec.replication`, and IAM asks whether we may hand it one. */
export const ROLE_ACTIONS = ["iam:PassRole"] as const;

/**
 * What the operator must be able to do on a bucket to keep it as declared, as far as a bucket policy decides it. Creating and deleting
 * are not among them: a policy that forbids deletion is a wish like any other.
 */
export const CONFIGURATION_ACTIONS: readonly string[] = [
  ...new Set(["s3:ListBucket", ...SETTINGS.flatMap(actionsOf).filter((action) => action.startsWith("s3:"))]),
];

export function actionsOf({ iamActions }: Setting): string[] {
  return [...iamActions.read, ...iamActions.write];
}

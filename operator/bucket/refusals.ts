import { REASON, type Reason } from "../api/reasons.ts";
import { REFUSAL } from "../aws/error-codes.ts";
import { isRefusalWith } from "../aws/errors.ts";
import { SettingRefused } from "./failure.ts";
import type { SettingPlan } from "./plan.ts";

/** A refusal of S3 that its code alone does not explain. */
interface KnownRefusal {
  /** Name of the setting; absent: any. */
  setting?: string;
  code: string;
  /** What S3's message contains. S3 has some codes for many causes. */
  words?: RegExp;
  desired?: unknown;
  reason: Reason;
  /** What to do. `words` is S3's message. */
  message: (bucketName: string, words: string) => string;
  /** Not terminal: the cause may end without a user, such as the other bucket of the same `kubectl apply`. */
  isTemporary?: true;
}

/** The first row that matches applies. */
export const KNOWN_REFUSALS: readonly KnownRefusal[] = [
  {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-error-responses.html
    setting: "objectOwnership",
    code: REFUSAL.bucketAcl,
    reason: REASON.bucketACLGrantsAccess,
    message: (bucketName) =>
      "The bucket's ACL grants access to others, so that S3 does not disable ACLs. Grant what they still need in " +
      "spec.policy, for access logs in spec.policy.logDelivery. Then remove the grants, which the operator never does: " +
      `aws s3api put-bucket-acl --bucket ${bucketName} --acl private. To keep the ACL, set spec.objectOwnership to ` +
      "BucketOwnerPreferred",
  },
  {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-and-other-bucket-configs.html
    setting: "versioning",
    code: REFUSAL.bucketState,
    desired: "Suspended",
    reason: REASON.versioningNeeded,
    message: () =>
      "S3 does not suspend versioning of a bucket with object lock, which cannot be disabled, or replication: " +
      "set spec.versioning to Enabled",
  },
  {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    setting: "objectLock",
    code: REFUSAL.bucketState,
    words: /versioning must be/i,
    ...needsVersioning("object lock"),
  },
  {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html#replication-requirements
    setting: "replication",
    code: REFUSAL.request,
    words: /versioning must be/i,
    ...needsVersioning("replication"),
  },
  {
    // S3 answers alike for a destination that does not exist and one without versioning.
    setting: "replication",
    code: REFUSAL.request,
    words: /^destination bucket must /i,
    reason: "DestinationRefused",
    message: (_bucketName, words) =>
      `S3 refuses a destination of spec.replication.rules: ${words} Each must exist, in the account that the rule ` +
      "names, with versioning enabled",
    isTemporary: true,
  },
  {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/transfer-acceleration.html
    setting: "accelerate",
    code: REFUSAL.request,
    words: /transfer acceleration is not supported for buckets with/i,
    reason: "Invalid",
    message: (bucketName) =>
      `S3 does not accelerate buckets with a name such as '${bucketName}', which cannot change: remove spec.accelerate`,
  },
  {
    // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
    code: REFUSAL.configurations,
    reason: "QuotaExceeded",
    message: () =>
      "The bucket has as many configurations of this kind as S3 allows: remove some from the spec or at AWS, or set " +
      "unmanagedConfigurations to Remove",
  },
];

/** Explains an error of S3 that has a row; undefined for all others. */
export function knownRefusal(
  { name, desired }: Pick<SettingPlan, "name" | "desired">,
  bucketName: string,
  error: unknown,
): SettingRefused | undefined {
  const row = KNOWN_REFUSALS.find(
    ({ setting = name, code, words = /^/, desired: only = desired }) =>
      setting === name && only === desired && isRefusalWith(error, code, words),
  );
  const words = error instanceof Error ? error.message : "";
  return row && new SettingRefused(row.reason, row.message(bucketName, words), row.isTemporary !== true);
}

function needsVersioning(what: string): Pick<KnownRefusal, "reason" | "message" | "isTemporary"> {
  return {
    reason: REASON.versioningNeeded,
    message: () =>
      `S3 needs versioning for ${what}, and the bucket does not have it: set spec.versioning to Enabled, and see its ` +
      "state in status.settings",
    isTemporary: true,
  };
}

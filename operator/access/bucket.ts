import type { BucketAccess, S3Bucket } from "../api/types.ts";
import type { VerifiedBucket } from "../bucket/verified.ts";
import { encryptionContexts } from "./policy/kms.ts";
import type { AccessBucket } from "./policy/model.ts";

const BOTH = ["Bucket", "Object"] as const;

/**
 * The bucket of an S3Bucket as the policies of an access see it. `principals` get no grant on a former key, whose policy
 * the operator does not write. Their statements take both encryption contexts, since nothing remembers which of them
 * older objects have. Pure.
 */
export function accessBucketOf(
  { spec: { encryption } }: S3Bucket,
  { spec: { principals } }: BucketAccess,
  { name, arn, region, accountId }: Pick<AccessBucket, "name" | "arn" | "region" | "accountId">,
  { kmsKeyArn, formerKmsKeyArn }: Pick<VerifiedBucket, "kmsKeyArn" | "formerKmsKeyArn">,
): AccessBucket {
  const contexts = principals === undefined ? encryptionContexts(encryption?.bucketKeyEnabled) : BOTH;
  const isFormer = principals === undefined && formerKmsKeyArn !== undefined && formerKmsKeyArn !== kmsKeyArn;
  return {
    name,
    arn,
    region,
    accountId,
    ...(kmsKeyArn !== undefined && { encryption: { kmsKeyArn, contexts } }),
    formerEncryptions: isFormer ? [{ kmsKeyArn: formerKmsKeyArn, contexts, inUse: true }] : [],
  };
}

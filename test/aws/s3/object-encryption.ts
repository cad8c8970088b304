/**
 * KMS keys of objects. The bucket's default key encrypts new objects. A key must be enabled to write or read objects.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */

import { AwsError } from "../errors.ts";
import { findKey } from "../kms/find-key.ts";
import type { Bucket, Key, ObjectVersion } from "../state.ts";
import { child, textAt } from "../xml.ts";
import type { Exchange } from "./route.ts";

/**
 * Encryption of a new object, without a key for SSE-S3. Throws KMS errors, named as S3 names them, for unusable keys.
 */
export function encryptionOfNewObject(
  bucket: Bucket,
  exchange: Exchange,
): Pick<ObjectVersion, "kmsKeyArn" | "bucketKeyEnabled"> {
  const byDefault = defaultKeyOf(bucket);
  if (byDefault === undefined) return { kmsKeyArn: undefined, bucketKeyEnabled: false };
  const { arn } = usableKey(byDefault.keyId, bucket.region, exchange);
  return { kmsKeyArn: arn, bucketKeyEnabled: byDefault.bucketKeyEnabled };
}

/** The key ID of the bucket's default encryption, as written; undefined for SSE-S3. */
export function defaultKeyOf({ encryption }: Bucket): { keyId: string; bucketKeyEnabled: boolean } | undefined {
  const rule = child(encryption, "Rule");
  const byDefault = child(rule, "ApplyServerSideEncryptionByDefault");
  if (textAt(byDefault, "SSEAlgorithm")?.startsWith("aws:kms") !== true) return undefined;
  const keyId = textAt(byDefault, "KMSMasterKeyID") ?? "alias/aws/s3";
  return { keyId, bucketKeyEnabled: textAt(rule, "BucketKeyEnabled") === "true" };
}

/** Throws if the object's key is disabled or pending deletion. */
export function requireUsableKey({ kmsKeyArn }: ObjectVersion, exchange: Exchange): void {
  if (kmsKeyArn !== undefined) usableKey(kmsKeyArn, kmsKeyArn.split(":")[3] ?? "", exchange);
}

export function encryptionHeaders({
  kmsKeyArn,
  bucketKeyEnabled,
}: Pick<ObjectVersion, "kmsKeyArn" | "bucketKeyEnabled">): Record<string, string> {
  if (kmsKeyArn === undefined) return { "x-amz-server-side-encryption": "AES256" };
  return {
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": kmsKeyArn,
    ...(bucketKeyEnabled && { "x-amz-server-side-encryption-bucket-key-enabled": "true" }),
  };
}

function usableKey(keyId: string, region: string, { world, caller }: Exchange): Key {
  const key = foundKey(() => findKey(keyId, { world, caller, region }));
  if (key.state === "Disabled") throw kmsError("DisabledException", `${key.arn} is disabled.`);
  if (key.state === "PendingDeletion") throw kmsError("KMSInvalidStateException", `${key.arn} is pending deletion.`);
  return key;
}

function foundKey(find: () => Key): Key {
  try {
    return find();
  } catch (error) {
    throw error instanceof AwsError ? kmsError(error.code, error.message) : error;
  }
}

function kmsError(code: string, message: string): AwsError {
  return new AwsError(400, `KMS.${code}`, message);
}

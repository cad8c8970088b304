/**
 * KMS keys of objects. The request or the bucket's default names the key that encrypts a new object. A key must be
 * enabled to write or read objects.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/specifying-kms-encryption.html
 */

import { AwsError } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import { findKey } from "../kms/find-key.ts";
import type { Bucket, Key, ObjectVersion } from "../state.ts";
import { child, textAt } from "../xml.ts";
import { invalidArgument, type Exchange } from "./route.ts";

const SSE = "x-amz-server-side-encryption";
const KEY_ID = `${SSE}-aws-kms-key-id`;
const BUCKET_KEY = `${SSE}-bucket-key-enabled`;

/** Without SSE-C and encryption contexts. */
export const ENCRYPTION_HEADERS = [SSE, KEY_ID, BUCKET_KEY];

/** A key as written, in the request or in the bucket's default. */
interface WantedKey {
  keyId: string;
  bucketKeyEnabled: boolean;
}

/**
 * Encryption of a new object, without a key for SSE-S3. Throws KMS errors, named as S3 names them, for unusable keys.
 */
export function encryptionOfNewObject(
  bucket: Bucket,
  exchange: Exchange,
): Pick<ObjectVersion, "kmsKeyArn" | "bucketKeyEnabled"> {
  checkEncryptionHeaders(exchange.request);
  const wanted = keyOfNewObject(bucket, exchange.request);
  if (wanted === undefined) return { kmsKeyArn: undefined, bucketKeyEnabled: false };
  const { arn } = usableKey(wanted.keyId, bucket.region, exchange);
  return { kmsKeyArn: arn, bucketKeyEnabled: wanted.bucketKeyEnabled };
}

/** The key of the request or of the bucket's default encryption; undefined for SSE-S3. */
export function keyOfNewObject(bucket: Bucket, { headers }: AwsRequest): WantedKey | undefined {
  const byDefault = defaultKeyOf(bucket);
  const { [SSE]: algorithm, [KEY_ID]: keyId = "alias/aws/s3", [BUCKET_KEY]: bucketKey } = headers;
  if (algorithm === undefined) return byDefault;
  if (!algorithm.startsWith("aws:kms")) return undefined;
  return {
    keyId,
    bucketKeyEnabled: bucketKey === undefined ? byDefault?.bucketKeyEnabled === true : bucketKey === "true",
  };
}

function checkEncryptionHeaders({ headers }: AwsRequest): void {
  const { [SSE]: algorithm, [KEY_ID]: keyId } = headers;
  if (algorithm !== undefined && !["AES256", "aws:kms", "aws:kms:dsse"].includes(algorithm)) {
    throw invalidArgument("The encryption method specified is not supported", SSE, algorithm);
  }
  if (keyId !== undefined && algorithm?.startsWith("aws:kms") !== true) {
    const message =
      "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms";
    throw invalidArgument(message, SSE, algorithm ?? "null");
  }
}

/** The key of the bucket's default encryption; undefined for SSE-S3. */
function defaultKeyOf({ encryption }: Bucket): WantedKey | undefined {
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

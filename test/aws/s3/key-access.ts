/**
 * Permissions on the KMS keys of objects. With a bucket key the encryption context is the bucket, otherwise the object:
 * FACTS.md#workload-sessions.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */

import { AwsError } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import { findKey } from "../kms/find-key.ts";
import { shownPolicy } from "../policy-json.ts";
import type { Access } from "../policy/access.ts";
import type { Bucket, Identity, Key, ObjectVersion, World } from "../state.ts";
import { keyOfNewObject } from "./object-encryption.ts";

interface ObjectRequest {
  request: AwsRequest;
  world: World;
  caller: Identity;
  /** API name. */
  operation: string;
  key: string;
}

/** KMS actions of operations that write. Completing an upload decrypts its parts. */
const OF_WRITES: Record<string, string[]> = {
  PutObject: ["kms:GenerateDataKey"],
  CopyObject: ["kms:GenerateDataKey"],
  CreateMultipartUpload: ["kms:GenerateDataKey"],
  UploadPart: ["kms:GenerateDataKey", "kms:Decrypt"],
  UploadPartCopy: ["kms:GenerateDataKey", "kms:Decrypt"],
  CompleteMultipartUpload: ["kms:Decrypt"],
};

/** Accesses to the KMS key that writing the object needs. The key of a part was decided when its upload began. */
export function writeKeyAccesses(bucket: Bucket, asked: ObjectRequest): Access[] {
  const actions = OF_WRITES[asked.operation] ?? [];
  if (actions.length === 0) return [];
  const upload = bucket.uploads.get(asked.request.query.get("uploadId") ?? "");
  if (upload !== undefined) return actions.flatMap((action) => usesOf(action, bucket, upload.properties, asked));
  const wanted = keyOfNewObject(bucket, asked.request);
  const found = wanted && findKmsKey(wanted.keyId, bucket.region, asked);
  if (wanted === undefined || found === undefined) return [];
  return actions.map((action) => access(action, bucket, found, wanted.bucketKeyEnabled, asked));
}

/** Accesses to the KMS key that reading this version needs. */
export function readKeyAccesses(bucket: Bucket, version: ObjectVersion | undefined, asked: ObjectRequest): Access[] {
  return version === undefined ? [] : usesOf("kms:Decrypt", bucket, version, asked);
}

function usesOf(
  action: string,
  bucket: Bucket,
  { kmsKeyArn, bucketKeyEnabled }: Pick<ObjectVersion, "kmsKeyArn" | "bucketKeyEnabled">,
  asked: ObjectRequest,
): Access[] {
  const found = kmsKeyArn === undefined ? undefined : findKmsKey(kmsKeyArn, kmsKeyArn.split(":")[3] ?? "", asked);
  return found === undefined ? [] : [access(action, bucket, found, bucketKeyEnabled, asked)];
}

function access(
  action: string,
  bucket: Bucket,
  used: Key,
  bucketKeyEnabled: boolean,
  { world, caller, key }: ObjectRequest,
): Access {
  const bucketArn = `arn:aws:s3:::${bucket.name}`;
  return {
    action,
    resource: used.arn,
    owner: used.accountId,
    policy: shownPolicy(world, used.policy),
    context: {
      "kms:ViaService": `s3.${bucket.region}.amazonaws.com`,
      "kms:CallerAccount": caller.accountId,
      "kms:EncryptionContext:aws:s3:arn": bucketKeyEnabled ? bucketArn : `${bucketArn}/${key}`,
      "kms:EncryptionContextKeys": ["aws:s3:arn"],
      "aws:ViaAWSService": "true",
    },
  };
}

/** Undefined for a missing key: the operation answers that itself. */
function findKmsKey(keyId: string, region: string, { world, caller }: ObjectRequest): Key | undefined {
  try {
    return findKey(keyId, { world, caller, region });
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

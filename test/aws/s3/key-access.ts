/**
 * Permissions on the KMS key of a bucket or object. With a bucket key the encryption context is the bucket, otherwise
 * the object: FACTS.md#workload-sessions.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */

import { AwsError } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import { findKey } from "../kms/find-key.ts";
import { shownPolicy } from "../policy-json.ts";
import type { Access } from "../policy/access.ts";
import type { Bucket, Identity, Key, ObjectVersion, World } from "../state.ts";
import { defaultKeyOf } from "./object-encryption.ts";

interface ObjectRequest {
  request: AwsRequest;
  world: World;
  caller: Identity;
  /** API name. */
  operation: string;
  key: string;
}

/** KMS actions by operation. Completing an upload decrypts its parts. */
const WITH_DEFAULT_KEY: Record<string, string[]> = {
  PutObject: ["kms:GenerateDataKey"],
  CreateMultipartUpload: ["kms:GenerateDataKey"],
  UploadPart: ["kms:GenerateDataKey", "kms:Decrypt"],
  CompleteMultipartUpload: ["kms:Decrypt"],
};

/** Accesses to the KMS key that the request needs. */
export function keyAccesses(bucket: Bucket, asked: ObjectRequest): Access[] {
  const { key, operation, world, caller } = asked;
  if (operation === "GetObject" || operation === "HeadObject") {
    const { kmsKeyArn, bucketKeyEnabled = false } = versionOf(bucket, asked) ?? {};
    const found = kmsKeyArn === undefined ? undefined : findKmsKey(kmsKeyArn, kmsKeyArn.split(":")[3] ?? "", asked);
    return found === undefined ? [] : [access("kms:Decrypt", found, bucketKeyEnabled)];
  }
  const byDefault = defaultKeyOf(bucket);
  const found = byDefault && findKmsKey(byDefault.keyId, bucket.region, asked);
  if (byDefault === undefined || found === undefined) return [];
  return (WITH_DEFAULT_KEY[operation] ?? []).map((action) => access(action, found, byDefault.bucketKeyEnabled));

  function access(action: string, used: Key, bucketKeyEnabled: boolean): Access {
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
}

function versionOf({ objects }: Bucket, { request, key }: ObjectRequest): ObjectVersion | undefined {
  const versionId = request.query.get("versionId");
  const versions = objects.get(key) ?? [];
  return versionId === null ? versions[0] : versions.find((version) => version.versionId === versionId);
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

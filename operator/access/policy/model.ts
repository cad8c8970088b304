/** Input of the pure functions in this folder. The controller gathers it once. */

import type { Grant } from "../../api/types.ts";
import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";

export interface AccessBucket {
  name: string;
  arn: string;
  region: string;
  /** Owner of the bucket. */
  accountId: string;
  /** Absent if objects need no KMS permission: encrypted by S3, or with the AWS managed key `aws/s3`. */
  encryption?: AccessEncryption;
  /** Earlier keys of the bucket, which still encrypt older objects; latest first. */
  formerEncryptions: readonly AccessEncryption[];
}

/** The grants of one BucketAccess, and their bucket. */
export interface BucketGrants {
  grants: readonly Grant[];
  bucket: AccessBucket;
}

export interface AccessEncryption {
  kmsKeyArn: string;
  /** At least one. */
  contexts: readonly EncryptionContext[];
  /** A former key that S3 still uses for new objects. */
  inUse?: true;
}

/**
 * The ARN that S3 puts into the KMS encryption context: the bucket's with an S3 Bucket Key, otherwise the object's.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html#bucket-key-changes
 */
export type EncryptionContext = "Bucket" | "Object";

/** The Pods that get a role. */
export interface Workload {
  namespace: string;
  serviceAccount: string;
}

/** How Pods get the role's credentials. */
export type WorkloadIdentity = { type: "IRSA"; oidcProviderArn: string } | { type: "PodIdentity"; clusterArn: string };

/** Escaped prefixes use policy variables, which need this version. */
export function policyDocument(statements: Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** Unwraps a list of one, which AWS treats alike, to shorten the policy. */
export function oneOrMany(values: readonly string[]): string | string[] {
  const [first, ...others] = values;
  return first === undefined || others.length > 0 ? [...values] : first;
}

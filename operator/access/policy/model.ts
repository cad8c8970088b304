/** What the pure core of BucketAccess works on: plain values, gathered once by the controller. */

import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";

/** A bucket, as far as access to it goes. */
export interface AccessBucket {
  name: string;
  arn: string;
  region: string;
  /** Absent: its objects need no KMS permission, being encrypted by S3, or with the AWS managed key `aws/s3`. */
  encryption?: AccessEncryption;
  /** Keys that the bucket had before, and that its older objects are still encrypted with; the last one first. */
  formerEncryptions: readonly AccessEncryption[];
}

export interface AccessEncryption {
  kmsKeyArn: string;
  /** See {@link EncryptionContext}; at least one. */
  contexts: readonly EncryptionContext[];
  /** Of a former key: S3 still encrypts new objects with it. */
  inUse?: true;
}

/**
 * By what KMS is told of an object: with an S3 Bucket Key by the bucket's ARN, without one by the object's.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html#bucket-key-changes
 */
export type EncryptionContext = "Bucket" | "Object";

/** Whose Pods get a role. */
export interface Workload {
  namespace: string;
  serviceAccount: string;
}

/** How its Pods get the role's credentials. */
export type WorkloadIdentity =
  { type: "IRSA"; oidcProviderArn: string } | { type: "PodIdentity"; /** Of the EKS cluster. */ clusterArn: string };

/** Policy variables, with which prefixes are escaped, need this version. */
export function policyDocument(statements: Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** The shorter spelling of a list of one, which AWS takes as the same. */
export function oneOrMany(values: readonly string[]): string | string[] {
  const [first, ...others] = values;
  return first === undefined || others.length > 0 ? [...values] : first;
}

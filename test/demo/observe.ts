/** Reads the settings of a bucket at AWS with the SDK, independently of the operator. */

import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  type S3Client,
} from "@aws-sdk/client-s3";

export interface Observation {
  publicAccessBlocked: boolean;
  ownership: string | undefined;
  encryption: string | undefined;
  ssecBlocked: boolean;
  versioning: string | undefined;
  /** IDs of the rules, sorted. */
  lifecycleRules: string[];
  /** Sids of the statements that deny. */
  deniedSids: string[];
  tags: Record<string, string>;
}

interface Policy {
  Statement: { Sid?: string; Effect: string }[];
}

/** Rejects when one of the settings cannot be read, for example because there is none. */
export async function observe(s3: S3Client, bucketName: string): Promise<Observation> {
  const Bucket = { Bucket: bucketName };
  const [block, ownership, encryption, versioning, lifecycle, policy, tagging] = await Promise.all([
    s3.send(new GetPublicAccessBlockCommand(Bucket)),
    s3.send(new GetBucketOwnershipControlsCommand(Bucket)),
    s3.send(new GetBucketEncryptionCommand(Bucket)),
    s3.send(new GetBucketVersioningCommand(Bucket)),
    s3.send(new GetBucketLifecycleConfigurationCommand(Bucket)),
    s3.send(new GetBucketPolicyCommand(Bucket)),
    s3.send(new GetBucketTaggingCommand(Bucket)),
  ]);
  const { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets } =
    block.PublicAccessBlockConfiguration ?? {};
  const [rule] = encryption.ServerSideEncryptionConfiguration?.Rules ?? [];
  const { Statement } = JSON.parse(policy.Policy ?? "") as Policy;
  return {
    publicAccessBlocked: [BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets].every(Boolean),
    ownership: ownership.OwnershipControls?.Rules?.[0]?.ObjectOwnership,
    encryption: rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    ssecBlocked: rule?.BlockedEncryptionTypes?.EncryptionType?.includes("SSE-C") ?? false,
    versioning: versioning.Status,
    lifecycleRules: (lifecycle.Rules ?? []).map(({ ID = "" }) => ID).toSorted(),
    deniedSids: Statement.filter(({ Effect }) => Effect === "Deny").map(({ Sid = "" }) => Sid),
    tags: tagsOf(tagging.TagSet),
  };
}

export function tagsOf(
  tagSet: { Key?: string | undefined; Value?: string | undefined }[] = [],
): Record<string, string> {
  return Object.fromEntries(tagSet.map(({ Key = "", Value = "" }) => [Key, Value]));
}

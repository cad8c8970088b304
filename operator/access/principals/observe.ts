import { GetKeyPolicyCommand } from "@aws-sdk/client-kms";
import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import type { Owner } from "../../api/ownership.ts";
import type { S3Bucket } from "../../api/types.ts";
import { parsePolicy, type Statement } from "../../aws/policy/document.ts";
import type { AwsSession } from "../../aws/session.ts";
import type { Verification } from "../../bucket/verified.ts";
import { unlessGone } from "../../reconcile/aws-failure.ts";
import { sidPrefixOf, type Contribution } from "./contribution.ts";

/** The bucket policy and key policy that BucketAccesses contribute to. */
export interface SharedPolicies {
  bucketName: string;
  bucketArn: string;
  region: string;
  /** The managed key. */
  keyArn: string | undefined;
}

/** Undefined while the bucket is not verified. */
export function sharedPoliciesOf(
  { spec }: S3Bucket,
  verification: Verification | undefined,
): SharedPolicies | undefined {
  if (verification?.state !== "Verified") return undefined;
  const { name: bucketName, arn: bucketArn, region, kmsKeyArn } = verification;
  return { bucketName, bucketArn, region, keyArn: spec.encryption?.kmsKey?.managed && kmsKeyArn };
}

/** Reads the owner's statements in the bucket policy and the key policy; a bucket or a key that is gone has none. */
export async function observeContribution(
  session: AwsSession,
  { bucketName, bucketArn, region, keyArn }: SharedPolicies,
  owner: Owner,
  signal: AbortSignal,
): Promise<Contribution> {
  const options = { abortSignal: signal };
  const ofBucket = new GetBucketPolicyCommand({ Bucket: bucketName, ExpectedBucketOwner: session.accountId });
  const ofKey = new GetKeyPolicyCommand({ KeyId: keyArn, PolicyName: "default" });
  const [bucket, key] = await Promise.all([
    unlessGone(session.s3(region).send(ofBucket, options), "s3:GetBucketPolicy", bucketArn),
    keyArn === undefined ? undefined : unlessGone(session.kms(region).send(ofKey, options), "kms:GetKeyPolicy", keyArn),
  ]);
  return { bucket: ownStatements(bucket?.Policy, owner), key: ownStatements(key?.Policy, owner) };
}

function ownStatements(policy: string | undefined, owner: Owner): Statement[] {
  const prefix = sidPrefixOf(owner);
  return parsePolicy(policy).Statement.filter(({ Sid }) => Sid?.startsWith(prefix));
}

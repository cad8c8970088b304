import type { S3BucketSpec } from "../../api/types.ts";
import type { Statement } from "../../aws/policy/document.ts";
import { SID_PREFIX } from "../policy/compose.ts";

/**
 * Lets the distributions of the spec read objects under the managed key; the bucket policy lets them write none.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html#create-oac-overview-s3
 */
export function cloudFrontOnKey({ policy: { cloudFrontDistributions = [] } = {} }: S3BucketSpec): Statement[] {
  if (cloudFrontDistributions.length === 0) return [];
  return [
    {
      Sid: `${SID_PREFIX}AllowCloudFront`,
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: { StringEquals: { "AWS:SourceArn": [...cloudFrontDistributions] } },
    },
  ];
}

/** What the user must do for CloudFront where the operator does not write the policy of the key; "" if nothing. */
export function cloudFrontAdvice({ policy, encryption }: S3BucketSpec): string {
  const isTheirs = encryption?.kmsKey !== undefined && encryption.kmsKey.managed === undefined;
  if (!isTheirs || (policy?.cloudFrontDistributions ?? []).length === 0) return "";
  return "; for spec.policy.cloudFrontDistributions its policy must allow kms:Decrypt to cloudfront.amazonaws.com, which the operator does not look at";
}

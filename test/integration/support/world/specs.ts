import type { S3BucketSpec } from "../../../../operator/api/types.ts";

/** The eight most common settings, none at S3's default. The key must belong to the world's account. */
export function fullSpec(bucketName: string, kmsKeyArn: string): S3BucketSpec {
  return {
    bucketName,
    publicAccessBlock: {
      blockPublicAcls: true,
      ignorePublicAcls: true,
      blockPublicPolicy: true,
      restrictPublicBuckets: false,
    },
    objectOwnership: "BucketOwnerPreferred",
    encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn: kmsKeyArn }, bucketKeyEnabled: true },
    versioning: "Enabled",
    lifecycle: {
      rules: [
        {
          id: "raw-tiers",
          status: "Enabled",
          filter: { prefix: "raw/", tags: { tier: "cold" } },
          transitions: [
            { days: 30, storageClass: "STANDARD_IA" },
            { days: 90, storageClass: "GLACIER" },
          ],
          expiration: { days: 365 },
          noncurrentVersionExpiration: { noncurrentDays: 90, newerNoncurrentVersions: 3 },
        },
        { id: "uploads", status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
      ],
    },
    cors: {
      rules: [
        { id: "web", allowedOrigins: ["https://app.example.com"], allowedMethods: ["PUT"], allowedHeaders: ["*"] },
      ],
    },
    policy: {
      minimumTLSVersion: "1.3",
      cloudFrontDistributions: ["arn:aws:cloudfront::111122223333:distribution/E1A2B3C4D5E6F7"],
      statements: [
        {
          sid: "DenyDeletes",
          effect: "Deny",
          principals: { aws: ["*"] },
          actions: ["s3:DeleteObjectVersion"],
          resources: ["{bucket}/raw/*"],
          conditions: [{ operator: "StringNotEquals", key: "aws:PrincipalTag/team", values: ["platform"] }],
        },
      ],
    },
    tags: { team: "documents" },
  };
}

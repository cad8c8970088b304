import { SID_PREFIX } from "../compose.ts";
import type { Template } from "./context.ts";

/**
 * Allows the named distributions to read by Origin Access Control, which needs no public bucket.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */
export const cloudFront: Template = ({ cloudFrontDistributions = [] }, { bucketArn }) => {
  if (cloudFrontDistributions.length === 0) return [];
  return [
    {
      Sid: `${SID_PREFIX}AllowCloudFront`,
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "s3:GetObject",
      Resource: `${bucketArn}/*`,
      Condition: { StringEquals: { "AWS:SourceArn": [...cloudFrontDistributions] } },
    },
  ];
};

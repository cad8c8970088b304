import type { S3BucketSpec } from "../../api/types.ts";
import { SID_PREFIX } from "./compose.ts";
import type { Statement } from "./document.ts";
import { userStatement } from "./user-statement.ts";

type PolicySpec = NonNullable<S3BucketSpec["policy"]>;

export interface PolicyContext {
  baseline: boolean;
  bucketArn: string;
}

/** TLS 1.2 is the oldest version that AWS still serves, so that the baseline denies nobody who could connect. */
const BASELINE_TLS_VERSION = "1.2";

/** What the spec and the baseline say, as statements of the policy; each template adds its own or nothing. */
export function statementsOf(spec: PolicySpec | undefined, context: PolicyContext): Statement[] {
  const { bucketArn } = context;
  const tlsVersion = spec?.minimumTLSVersion ?? (context.baseline ? BASELINE_TLS_VERSION : "None");
  return [
    ...transport(tlsVersion, bucketArn),
    ...cloudFront(spec?.cloudFrontDistributions ?? [], bucketArn),
    ...(spec?.statements ?? []).map((statement) => userStatement(statement, bucketArn)),
  ];
}

/**
 * Denies plain HTTP and old TLS in the shape that auditors look for (Security Hub S3.5: `aws:SecureTransport` as the string "false",
 * all of S3, the bucket and its objects, everybody). AWS services deliver by TLS, and have no `s3:TlsVersion`, which then does not match.
 */
function transport(tlsVersion: string, bucketArn: string): Statement[] {
  if (tlsVersion === "None") return [];
  const everything = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
  } as const;
  return [
    {
      Sid: `${SID_PREFIX}DenyInsecureTransport`,
      ...everything,
      Resource: [...everything.Resource],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      Sid: `${SID_PREFIX}DenyOldTLS`,
      ...everything,
      Resource: [...everything.Resource],
      Condition: { NumericLessThan: { "s3:TlsVersion": tlsVersion } },
    },
  ];
}

/**
 * Lets the named distributions read by Origin Access Control, with which the bucket stays private.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */
function cloudFront(distributions: readonly string[], bucketArn: string): Statement[] {
  if (distributions.length === 0) return [];
  return [
    {
      Sid: `${SID_PREFIX}AllowCloudFront`,
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "s3:GetObject",
      Resource: `${bucketArn}/*`,
      Condition: { StringEquals: { "AWS:SourceArn": [...distributions] } },
    },
  ];
}

import { SID_PREFIX } from "../compose.ts";
import { bucketAndObjects, type Template } from "./context.ts";

/** TLS 1.2 is the oldest version that AWS still serves, so that the baseline denies nobody who could connect. */
const BASELINE_TLS_VERSION = "1.2";

/**
 * Denies plain HTTP and old TLS in the shape that auditors look for (Security Hub S3.5: `aws:SecureTransport` as the string "false",
 * all of S3, the bucket and its objects, everybody). No exemptions: whoever it denies need only connect by TLS.
 * AWS services deliver by TLS, and have no `s3:TlsVersion`, which then does not match.
 */
export const transport: Template = ({ minimumTLSVersion }, { baseline, bucketArn }) => {
  const tlsVersion = minimumTLSVersion ?? (baseline ? BASELINE_TLS_VERSION : "None");
  if (tlsVersion === "None") return [];
  const everything = { Effect: "Deny", Principal: "*", Action: "s3:*" } as const;
  return [
    {
      Sid: `${SID_PREFIX}DenyInsecureTransport`,
      ...everything,
      Resource: bucketAndObjects(bucketArn),
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      Sid: `${SID_PREFIX}DenyOldTLS`,
      ...everything,
      Resource: bucketAndObjects(bucketArn),
      Condition: { NumericLessThan: { "s3:TlsVersion": tlsVersion } },
    },
  ];
};

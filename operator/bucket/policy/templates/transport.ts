import { SID_PREFIX } from "../compose.ts";
import { bucketAndObjects, type Template } from "./context.ts";

/** The oldest version that AWS still serves, so that the baseline denies no client that can connect. */
const BASELINE_TLS_VERSION = "1.2";

export const TRANSPORT_SID = `${SID_PREFIX}DenyInsecureTransport`;

/**
 * Denies plain HTTP and old TLS in the form that Security Hub S3.5 checks: `aws:SecureTransport` as the string "false",
 * `s3:*`, the bucket and its objects, all principals. Exempts no principal: a denied client needs only to use TLS. AWS
 * services use TLS and send no `s3:TlsVersion`, so that the second statement does not match them.
 */
export const transport: Template = ({ minimumTLSVersion }, { baseline, bucketArn }) => {
  const tlsVersion = minimumTLSVersion ?? (baseline ? BASELINE_TLS_VERSION : "None");
  if (tlsVersion === "None") return [];
  const everything = { Effect: "Deny", Principal: "*", Action: "s3:*" } as const;
  return [
    {
      Sid: TRANSPORT_SID,
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

/**
 * Whether a policy is public, by AWS's "meaning of public":
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */

import type { PolicyDocument, Principal, Statement } from "./policy-document.ts";

/** Condition keys that make a statement non-public if they are compared with fixed values. */
const LIMITING_KEYS = new Set([
  "aws:sourcearn",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:sourceowner",
  "aws:sourceaccount",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:principalaccount",
  "aws:principalarn",
  "aws:userid",
  "s3:x-amz-server-side-encryption-aws-kms-key-id",
  "s3:dataaccesspointarn",
  "s3:dataaccesspointaccount",
]);
const LIMITING_OPERATOR = /^(ForAnyValue:)?(String(Equals|Like|EqualsIgnoreCase)|Arn(Equals|Like))$/i;

export function isPublicPolicy({ Statement }: PolicyDocument): boolean {
  return Statement.some(isPublic);
}

function isPublic({ Effect, Principal, NotPrincipal, Condition = {} }: Statement): boolean {
  if (Effect !== "Allow") return false;
  const anybody = NotPrincipal !== undefined || (Principal !== undefined && isAnybody(Principal));
  return anybody && !Object.entries(Condition).some(limits);
}

function isAnybody(principal: Principal): boolean {
  return principal === "*" || Object.values(principal).some((ids) => ids.includes("*"));
}

function limits([operator, tests]: [string, Record<string, string[]>]): boolean {
  return Object.entries(tests).some(([key, values]) => {
    if (/^IpAddress$/i.test(operator) && key.toLowerCase() === "aws:sourceip") return values.every(isNarrow);
    return LIMITING_OPERATOR.test(operator) && LIMITING_KEYS.has(key.toLowerCase()) && values.every(isFixed);
  });
}

function isFixed(value: string): boolean {
  return !/[*?]|\$\{/.test(value);
}

/** Whether an address range is narrow enough to be non-public: FACTS.md#s3-bucket-policies. */
function isNarrow(cidr: string): boolean {
  const bits = /\/(\d+)$/.exec(cidr)?.[1];
  return bits === undefined || Number(bits) >= (cidr.includes(":") ? 32 : 8);
}

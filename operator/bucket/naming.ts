import { globMatches } from "../aws/policy/glob.ts";
import { hexHash } from "../reconcile/fingerprint.ts";

/** S3's own limit: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const MAX_LENGTH = 63;

/** Bucket names are global: the hash keeps those of two clusters apart. */
const DEFAULT_TEMPLATE = "{namespace}-{name}-{hash}";

export interface NameParts {
  cluster: string;
  namespace: string;
  name: string;
  account: string;
  region: string;
}

/**
 * The bucket name of an S3Bucket without `bucketName`. `{hash}` is 8 hexadecimal digits of cluster, account, namespace
 * and name. A name that is too long is cut and ends in the hash, so that two long names stay different.
 */
export function bucketNameOf(template: string | undefined, parts: NameParts): string {
  const { cluster, namespace, name } = parts;
  const hash = hexHash([cluster, parts.account, namespace, name].join("/"), 8);
  const full = fill(template ?? DEFAULT_TEMPLATE, { ...parts, hash });
  if (full.length <= MAX_LENGTH) return full;
  return `${full.slice(0, MAX_LENGTH - hash.length - 1).replace(/[.-]+$/, "")}-${hash}`;
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (placeholder, key: string) => values[key] ?? placeholder);
}

/** Whether the bucket's name matches one of the account's patterns; `own` are those about its namespace, filled in. */
export function matchingPatterns(
  patterns: readonly string[],
  bucketName: string,
  parts: NameParts,
): { matches: boolean; own: string[] } {
  const filled = (pattern: string) => fill(pattern, { ...parts });
  return {
    matches: patterns.some((pattern) => globMatches(filled(pattern), bucketName)),
    own: patterns.filter((pattern) => pattern.includes("{namespace}")).map(filled),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes("..") &&
    !/^(\d+\.){3}\d+$/.test(name) &&
    !/^(xn--|sthree-|amzn-s3-demo-)/.test(name) &&
    !/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name)
  );
}

/**
 * Whether the name is of an account regional namespace, in which the operator creates no buckets.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html#account-regional-naming-rules
 */
export function isAccountRegionalName(name: string): boolean {
  return name.endsWith("-an");
}

/** The form of a region. What is not one must not get into the host name of an endpoint. */
export function isRegion(region: string): boolean {
  return /^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(region);
}

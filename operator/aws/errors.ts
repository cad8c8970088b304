import {
  ABSENT,
  EXPIRED,
  INVALID_PARAMETER,
  INVALID_VALUE,
  KINDS,
  MALFORMED_AUTHORIZATION,
  MALFORMED_POLICY,
  NO_CODE,
  NO_CODE_404,
  NO_SUCH_BUCKET,
  SUBRESOURCE_IGNORED,
  WITHOUT_ANSWER,
  type AwsErrorKind,
} from "./error-codes.ts";
import { codeOf, isAnswerOfAws, type SdkError } from "./origin.ts";

/** The credentials belong to another account than the declared one and must not be used. */
export class AccountMismatchError extends Error {
  readonly expected: string;
  readonly actual: string;
  readonly callerArn: string;
  constructor(expected: string, actual: string, callerArn: string) {
    super(`The credentials belong to AWS account ${actual} (${callerArn}), not to ${expected}.`);
    this.name = "AccountMismatchError";
    this.expected = expected;
    this.actual = actual;
    this.callerArn = callerArn;
  }
}

/** Undefined for an error that is not from AWS or its SDK. */
export function awsErrorKind(error: unknown): AwsErrorKind | undefined {
  if (!isSdkError(error)) return undefined;
  if (MALFORMED_POLICY.includes(error.name) && /invalid principal/i.test(error.message)) return "NotYetVisible";
  if (error.name === INVALID_PARAMETER && ROLE_NOT_VISIBLE.test(error.message)) return "NotYetVisible";
  if (error.name === INVALID_VALUE && /^unsupported action\b/i.test(error.message)) return "Unsupported";
  if (isPathTakenForBucket(error)) return "Unsupported";
  if (isWrongRegion(error)) return "WrongRegion";
  return KINDS.get(error.name) ?? kindByStatus(error);
}

/** EKS may see the role of a Pod Identity association, and its trust policy, later than IAM. */
const ROLE_NOT_VISIBLE = /\brole\b.*\bdoes not exist\b|\btrust policy\b.*\bis invalid\b/i;

/** The configuration or resource does not exist; false for a missing bucket, see {@link isNoSuchBucket}. */
export function isAbsent(error: unknown): boolean {
  return isSdkError(error) && ABSENT.includes(error.name);
}

/**
 * Includes the 404 of HeadBucket, which has no body and no code, so that {@link awsErrorKind} is not "NotFound".
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 */
export function isNoSuchBucket(error: unknown): boolean {
  if (!isSdkError(error) || isPathTakenForBucket(error)) return false;
  return error.name === NO_SUCH_BUCKET || (error.name === NO_CODE_404 && isAnswerOfAws(error));
}

/** The endpoint does not know the subresource and returned the list of objects. It may still obey a PUT. */
export function isSubresourceIgnored(error: unknown): boolean {
  return error instanceof Error && error.name === SUBRESOURCE_IGNORED;
}

/** An error with this code, and a message that contains `words`. */
export function isRefusalWith(error: unknown, code: string, words: RegExp): boolean {
  return isSdkError(error) && error.name === code && words.test(error.message);
}

/** New credentials may help. Includes every 400 of HeadBucket, which has no code. */
export function isExpiredCredentials(error: unknown): boolean {
  return isSdkError(error) && (EXPIRED.includes(error.name) || isUnexplained400(error));
}

/** The region of the bucket according to S3, which any answer may contain. */
export function observedRegion(error: unknown): string | undefined {
  if (!isSdkError(error)) return undefined;
  const region = error.$response?.headers?.["x-amz-bucket-region"] ?? error.Region;
  return region !== undefined && /^[a-z0-9-]{1,32}$/.test(region) ? region : undefined;
}

export function isSdkError(error: unknown): error is SdkError {
  return error instanceof Error && ("$metadata" in error || WITHOUT_ANSWER.includes(error.name));
}

function isWrongRegion(error: SdkError): boolean {
  if (error.name === MALFORMED_AUTHORIZATION || isUnexplained400(error)) return observedRegion(error) !== undefined;
  return isUnexplained(error) && error.$metadata?.httpStatusCode === 301;
}

function isUnexplained400(error: SdkError): boolean {
  return isUnexplained(error) && error.$metadata?.httpStatusCode === 400;
}

/** An answer of AWS without a code. */
function isUnexplained(error: SdkError): boolean {
  return error.name === NO_CODE && isAnswerOfAws(error);
}

/**
 * A store without S3 Control takes the version at the beginning of the path for a bucket name.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListTagsForResource.html
 */
function isPathTakenForBucket({ name, BucketName }: SdkError): boolean {
  return name === NO_SUCH_BUCKET && BucketName === "v20180820";
}

/**
 * For unlisted codes and answers without a code. "Unavailable" for errors that may be temporary, such as a truncated
 * answer or the page of a proxy. Never "NotFound": a 404 without a code can be about a path.
 */
function kindByStatus(error: SdkError): AwsErrorKind {
  const status = error.$metadata?.httpStatusCode ?? 0;
  if (!isAnswerOfAws(error)) return "Unavailable";
  if (isUnexplained400(error)) return "Credentials";
  if (status === 429 || (status === 503 && isUnexplained(error))) return "Throttled";
  if (status === 405 || status === 501) return "Unsupported";
  if (codeOf(error) === undefined) return status === 401 || status === 403 ? "AccessDenied" : "Unavailable";
  return status >= 400 && status < 500 ? "Invalid" : "Unavailable";
}

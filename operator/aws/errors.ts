import type { Failure } from "../kube/outcome.ts";
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
  NOT_THE_ANSWER,
  SUBRESOURCE_IGNORED,
  WITHOUT_ANSWER,
  WRONG_REGION,
  type AwsErrorKind,
} from "./error-codes.ts";
import { describeDenial, parseDenial } from "./denial.ts";
import { said, stable } from "./messages.ts";
import { codeOf, isAnswerOfAws, isForeignAnswer, type SdkError } from "./origin.ts";

export type { AwsErrorKind } from "./error-codes.ts";

/** The credentials are for another account than the one declared: nothing may be done with them. */
export class AccountMismatchError extends Error {
  readonly expected: string;
  readonly actual: string;
  /** Who STS says the credentials belong to. */
  readonly callerArn: string;
  constructor(expected: string, actual: string, callerArn: string) {
    super(`The credentials belong to AWS account ${actual} (${callerArn}), not to ${expected}.`);
    this.name = "AccountMismatchError";
    this.expected = expected;
    this.actual = actual;
    this.callerArn = callerArn;
  }
}

/** Undefined: not an error of AWS or of its SDK. An abort is "Aborted" whoever reports it. */
export function awsErrorKind(error: unknown): AwsErrorKind | undefined {
  if (!isSdkError(error)) return undefined;
  if (MALFORMED_POLICY.includes(error.name) && /invalid principal/i.test(error.message)) return "NotYetVisible";
  if (error.name === INVALID_PARAMETER && ROLE_NOT_VISIBLE.test(error.message)) return "NotYetVisible";
  if (error.name === INVALID_VALUE && /^unsupported action\b/i.test(error.message)) return "Unsupported";
  if (isPathTakenForBucket(error)) return "Unsupported";
  if (isWrongRegion(error)) return "WrongRegion";
  return KINDS.get(error.name) ?? kindByStatus(error);
}

/** EKS about the role of a Pod Identity association, which it may see later than IAM, and likewise its trust policy. */
const ROLE_NOT_VISIBLE = /\brole\b.*\bdoes not exist\b|\btrust policy\b.*\bis invalid\b/i;

/** The thing asked for is not set, or does not exist; but not that its bucket is missing, for which there is {@link isNoSuchBucket}. */
export function isAbsent(error: unknown): boolean {
  return isSdkError(error) && ABSENT.includes(error.name);
}

/**
 * HeadBucket has no body that could say more than its status:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html For that alone {@link awsErrorKind} is no
 * "NotFound".
 */
export function isNoSuchBucket(error: unknown): boolean {
  if (!isSdkError(error) || isPathTakenForBucket(error)) return false;
  return error.name === NO_SUCH_BUCKET || (error.name === NO_CODE_404 && isAnswerOfAws(error));
}

/**
 * The endpoint answered with the list of objects, since it does not know the subresource; what it would do with a PUT
 * or DELETE of it is open.
 */
export function isSubresourceIgnored(error: unknown): boolean {
  return error instanceof Error && error.name === SUBRESOURCE_IGNORED;
}

/** New credentials may help. HeadBucket gives no reason for any 400. */
export function isExpiredCredentials(error: unknown): boolean {
  return isSdkError(error) && (EXPIRED.includes(error.name) || isUnexplained400(error));
}

/** Where S3 says that the bucket is. Any answer may carry it, not only those of another region. */
export function observedRegion(error: unknown): string | undefined {
  if (!isSdkError(error)) return undefined;
  const region = error.$response?.headers?.["x-amz-bucket-region"] ?? error.Region;
  return region !== undefined && /^[a-z0-9-]{1,32}$/.test(region) ? region : undefined;
}

/** What was tried, to name it where AWS does not: an IAM action such as "s3:GetBucketPolicy", and an ARN. */
export interface CallContext {
  action?: string;
  resource?: string;
}

/**
 * For people, by way of the status; undefined when the error is none of AWS. Without `retryAfterMs` the caller's backoff decides.
 * `reason` is the kind, but for AccountMismatch, RegionMismatch, QuotaExceeded and TimedOut.
 */
export function awsFailure(error: unknown, context: CallContext = {}): Failure | undefined {
  if (error instanceof AccountMismatchError) return accountMismatch(error);
  if (!isSdkError(error)) return undefined;
  const kind = awsErrorKind(error) ?? "Unavailable";
  if (kind === "Aborted") return aborted(error);
  if (kind === "AccessDenied") {
    const denial = { ...context, ...parseDenial(error.message) };
    const message = describeDenial(denial);
    // Not about what the operator may do: the policy is too open for the bucket, the account or the organization.
    if (denial.because?.includes("Block Public Access"))
      return { reason: "PublicAccessBlocked", message, terminal: true };
    return { reason: kind, message, retryAfterMs: 2 * MINUTE_MS };
  }
  const { meaning: ofKind, ...failure } = FAILURES[kind];
  const meaning = meaningOf(error, kind) ?? ofKind;
  const during = context.action === undefined ? "" : ` (${context.action})`;
  const region = kind === "WrongRegion" ? observedRegion(error) : undefined;
  return { reason: kind, ...failure, message: `${meaning}${region ? `, ${region}` : ""}${during}: ${said(error)}` };
}

const MINUTE_MS = 60_000;

type FailureOfKind = Partial<Omit<Failure, "message">> & { meaning: string };

/** Of an answer that is not AWS's word. */
function meaningOf(error: SdkError, kind: AwsErrorKind): string | undefined {
  if (error.name === NOT_THE_ANSWER) return "The answer is not the document that was asked for";
  if (kind === "Unavailable" && isForeignAnswer(error)) return "Something between the operator and AWS answered";
  return undefined;
}

const FAILURES: Record<Exclude<AwsErrorKind, "Aborted" | "AccessDenied">, FailureOfKind> = {
  NotFound: { meaning: "AWS does not find it" },
  Credentials: { meaning: "AWS does not accept the operator's credentials", retryAfterMs: MINUTE_MS },
  Throttled: { meaning: "AWS limits the rate of calls, the operator slows down" },
  Conflict: { meaning: "AWS is still busy with an earlier change", retryAfterMs: 5000 },
  WrongRegion: { reason: "RegionMismatch", meaning: "It is in another region", terminal: true },
  Quota: {
    reason: "QuotaExceeded",
    meaning: "A quota of the AWS account is used up, have it raised or free some",
    retryAfterMs: 30 * MINUTE_MS,
  },
  NotEmpty: { meaning: "It is not empty", retryAfterMs: 5 * MINUTE_MS },
  AlreadyExists: { meaning: "The name is taken", terminal: true },
  AlreadyOwned: { meaning: "It exists already in this account", retryAfterMs: 5000 },
  NotYetVisible: {
    meaning:
      "AWS does not know a principal of the policy; a new one takes a minute or two, a deleted one must be taken out",
    retryAfterMs: 10_000,
  },
  // The target may be made a moment later: one kubectl apply can hold both buckets.
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
  DestinationRefused: {
    meaning: "The bucket for access logs must exist, in the same account and region, and let S3 write to it",
  },
  Invalid: { meaning: "AWS refuses the request", terminal: true },
  Unsupported: { meaning: "The endpoint does not support this", terminal: true },
  Unavailable: { meaning: "AWS does not answer, or only with an error of its own" },
};

function accountMismatch(error: AccountMismatchError): Failure {
  const message = `${stable(error.message)} Correct accountId or assumeRole.`;
  return { reason: "AccountMismatch", message, terminal: true, retryAfterMs: 10 * MINUTE_MS };
}

/** A deadline says something about AWS, a shutdown does not. */
function aborted(error: Error): Failure {
  return error.cause instanceof Error && error.cause.name === "TimeoutError"
    ? { reason: "TimedOut", message: "AWS did not answer all calls of a reconcile in time." }
    : { reason: "Aborted", message: "The call was ended by the operator.", quiet: true };
}

function isSdkError(error: unknown): error is SdkError {
  return error instanceof Error && ("$metadata" in error || WITHOUT_ANSWER.includes(error.name));
}

function isWrongRegion(error: SdkError): boolean {
  if (error.name === MALFORMED_AUTHORIZATION || isUnexplained400(error)) return observedRegion(error) !== undefined;
  return WRONG_REGION.includes(error.name) || (isUnexplained(error) && error.$metadata?.httpStatusCode === 301);
}

function isUnexplained400(error: SdkError): boolean {
  return isUnexplained(error) && error.$metadata?.httpStatusCode === 400;
}

/** AWS's answer, without a code. */
function isUnexplained(error: SdkError): boolean {
  return error.name === NO_CODE && isAnswerOfAws(error);
}

/**
 * A store without S3 Control takes the version that its paths begin with for the name of a bucket.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListTagsForResource.html
 */
function isPathTakenForBucket({ name, BucketName }: SdkError): boolean {
  return name === NO_SUCH_BUCKET && BucketName === "v20180820";
}

/**
 * For codes that are in no list, and for AWS's answers without one. What is neither refused nor understood may pass,
 * such as a reset connection, a truncated answer, or the page of a proxy. That something is not there, only a code
 * says: a 404 can also be about a path.
 */
function kindByStatus(error: SdkError): AwsErrorKind {
  const status = error.$metadata?.httpStatusCode ?? 0;
  if (!isAnswerOfAws(error)) return "Unavailable";
  if (error.name === MALFORMED_AUTHORIZATION || isUnexplained400(error)) return "Credentials";
  if (status === 429 || (status === 503 && isUnexplained(error))) return "Throttled";
  if (status === 405 || status === 501) return "Unsupported";
  if (codeOf(error) === undefined) return status === 401 || status === 403 ? "AccessDenied" : "Unavailable";
  return status >= 400 && status < 500 ? "Invalid" : "Unavailable";
}

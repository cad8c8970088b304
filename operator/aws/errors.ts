import type { Failure } from "../kube/outcome.ts";
import {
  ABSENT,
  EXPIRED,
  INVALID_PARAMETER,
  KINDS,
  MALFORMED_AUTHORIZATION,
  MALFORMED_POLICY,
  NO_CODE,
  NO_SUCH_BUCKET,
  WITHOUT_ANSWER,
  WRONG_REGION,
  type AwsErrorKind,
} from "./error-codes.ts";
import { describeDenial, parseDenial } from "./denial.ts";
import { said, stable } from "./messages.ts";

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

/** The part of an SDK error that says what happened. */
interface SdkError extends Error {
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
  /** In the body of AuthorizationHeaderMalformed. */
  Region?: string;
}

/** Undefined: not an error of AWS or of its SDK. An abort is "Aborted" whoever reports it. */
export function awsErrorKind(error: unknown): AwsErrorKind | undefined {
  if (!isSdkError(error)) return undefined;
  if (MALFORMED_POLICY.includes(error.name) && /invalid principal/i.test(error.message)) return "NotYetVisible";
  if (error.name === INVALID_PARAMETER && ROLE_NOT_VISIBLE.test(error.message)) return "NotYetVisible";
  if (isWrongRegion(error)) return "WrongRegion";
  return KINDS.get(error.name) ?? kindByStatus(error);
}

/** EKS about the role of a Pod Identity association, which it may see later than IAM, and likewise its trust policy. */
const ROLE_NOT_VISIBLE = /\brole\b.*\bdoes not exist\b|\btrust policy\b.*\bis invalid\b/i;

/** The thing asked for is not set, or does not exist; but not that its bucket is missing, for which there is {@link isNoSuchBucket}. */
export function isAbsent(error: unknown): boolean {
  return isSdkError(error) && ABSENT.includes(error.name);
}

export function isNoSuchBucket(error: unknown): boolean {
  return isSdkError(error) && NO_SUCH_BUCKET.includes(error.name);
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
  const { meaning, ...failure } = FAILURES[kind];
  const during = context.action === undefined ? "" : ` (${context.action})`;
  const region = kind === "WrongRegion" ? observedRegion(error) : undefined;
  return { reason: kind, ...failure, message: `${meaning}${region ? `, ${region}` : ""}${during}: ${said(error)}` };
}

const MINUTE_MS = 60_000;

type FailureOfKind = Partial<Omit<Failure, "message">> & { meaning: string };

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
  return WRONG_REGION.includes(error.name) || error.$metadata?.httpStatusCode === 301;
}

function isUnexplained400(error: SdkError): boolean {
  return error.name === NO_CODE && error.$metadata?.httpStatusCode === 400;
}

/** For codes that are in no list. What is neither refused nor understood may pass, such as a reset connection or a truncated answer. */
function kindByStatus(error: SdkError): AwsErrorKind {
  const status = error.$metadata?.httpStatusCode ?? 0;
  if (error.name === MALFORMED_AUTHORIZATION || isUnexplained400(error)) return "Credentials";
  if (status === 429 || (status === 503 && error.name === NO_CODE)) return "Throttled";
  if (status === 401 || status === 403) return "AccessDenied";
  if (status === 404) return "NotFound";
  if (status === 405 || status === 501) return "Unsupported";
  return status >= 400 && status < 500 ? "Invalid" : "Unavailable";
}

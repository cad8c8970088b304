import { describeDenial, isPublicAccessBlocked, parseDenial } from "../aws/denial.ts";
import { NOT_THE_ANSWER, type AwsErrorKind } from "../aws/error-codes.ts";
import { AccountMismatchError, awsErrorKind, isSdkError, observedRegion } from "../aws/errors.ts";
import { said, stable } from "../aws/messages.ts";
import { isForeignAnswer, type SdkError } from "../aws/origin.ts";
import { failed, type Failure } from "./outcome.ts";

/** The call that failed, for messages: an IAM action such as "s3:GetBucketPolicy", and an ARN. */
export interface CallContext {
  action?: string;
  resource?: string;
}

/** The failure that an error of AWS means; undefined for any other error. */
export function awsFailure(error: unknown, context: CallContext = {}): Failure | undefined {
  if (error instanceof AccountMismatchError) return accountMismatch(error);
  if (!isSdkError(error)) return undefined;
  const kind = awsErrorKind(error) ?? "Unavailable";
  if (kind === "Aborted") return aborted(error);
  if (kind === "AccessDenied") {
    const denial = { ...actionOf(error), ...context, ...parseDenial(error.message) };
    const message = describeDenial(denial);
    if (isPublicAccessBlocked(denial)) return { reason: "PublicAccessBlocked", message, terminal: true };
    return { reason: kind, message, retryAfterMs: 2 * MINUTE_MS };
  }
  const { meaning: ofKind, ...failure } = FAILURES[kind];
  const meaning = meaningOf(error, kind) ?? ofKind;
  const action = context.action ?? error.$call?.operation;
  const during = action === undefined ? "" : ` (${action})`;
  return { ...failure, message: `${meaning}${during}: ${said(error)}` };
}

/** Operations of S3 often have other names than their IAM actions. */
function actionOf({ $call: call }: SdkError): CallContext {
  return call === undefined || call.operation.startsWith("s3:") ? {} : { action: call.operation };
}

const MINUTE_MS = 60_000;

type FailureOfKind = Omit<Failure, "message"> & { meaning: string };

/** More precise than the meaning of `kind`. */
function meaningOf(error: SdkError, kind: AwsErrorKind): string | undefined {
  if (error.name === NOT_THE_ANSWER) return "The answer is not the document that was asked for";
  if (kind === "Unavailable" && isForeignAnswer(error)) return "Something between the operator and AWS answered";
  const region = kind === "WrongRegion" ? observedRegion(error) : undefined;
  if (region !== undefined) return `It is in another region, ${region}`;
  return undefined;
}

const FAILURES: Record<Exclude<AwsErrorKind, "Aborted" | "AccessDenied">, FailureOfKind> = {
  NotFound: { reason: "NotFound", meaning: "AWS does not find the resource" },
  Credentials: {
    reason: "Credentials",
    meaning: "AWS does not accept the operator's credentials",
    retryAfterMs: MINUTE_MS,
  },
  Throttled: { reason: "Throttled", meaning: "AWS throttles the operator" },
  Conflict: { reason: "Conflict", meaning: "AWS is still executing an earlier change", retryAfterMs: 5000 },
  WrongRegion: {
    reason: "RegionMismatch",
    meaning: "It is in another region, or the account has not enabled the region",
    terminal: true,
  },
  Quota: {
    reason: "QuotaExceeded",
    meaning: "A quota of the AWS account is used up: have it raised, or delete unused resources",
    retryAfterMs: 30 * MINUTE_MS,
  },
  NotEmpty: { reason: "NotEmpty", meaning: "It is not empty", retryAfterMs: 5 * MINUTE_MS },
  AlreadyExists: { reason: "AlreadyExists", meaning: "The name is already in use", terminal: true },
  AlreadyOwned: { reason: "AlreadyOwned", meaning: "It already exists in this account", retryAfterMs: 5000 },
  NotYetVisible: {
    reason: "NotYetVisible",
    meaning: "AWS does not know a principal of the policy: wait a minute or two for a new one, or remove a deleted one",
    retryAfterMs: 10_000,
  },
  // Not terminal: one kubectl apply may contain both buckets.
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
  DestinationRefused: {
    reason: "DestinationRefused",
    meaning: "The bucket for access logs must exist, in the same account and region, and let S3 write to it",
  },
  Invalid: { reason: "Invalid", meaning: "AWS refuses the request", terminal: true },
  Unsupported: { reason: "Unsupported", meaning: "The endpoint does not support this", terminal: true },
  Unavailable: { reason: "Unavailable", meaning: "AWS does not respond, or responds with an internal error" },
};

function accountMismatch(error: AccountMismatchError): Failure {
  const message = `${stable(error.message)} Correct accountId or assumeRole.`;
  return { reason: "AccountMismatch", message, terminal: true, retryAfterMs: 10 * MINUTE_MS };
}

/** A timeout tells something about AWS; a shutdown does not. */
function aborted(error: Error): Failure {
  return error.cause instanceof Error && error.cause.name === "TimeoutError"
    ? { reason: "TimedOut", message: "AWS did not answer all calls of a reconcile in time." }
    : { reason: "Aborted", message: "The operator aborted the call.", quiet: true };
}

/**
 * For the `catch` of a call to AWS: throws the failure that the error means, or the error itself if it is not AWS's.
 * `action` (an IAM action) and `resource` (an ARN) go into the message of a denial.
 */
export function throwFailure(action: string, resource?: string): (error: unknown) => never {
  return (error) => {
    const failure = awsFailure(error, { action, ...(resource !== undefined && { resource }) });
    throw failure === undefined ? error : failed(failure);
  };
}

/**
 * What a call answers; undefined where AWS does not find the resource. Throws the failure of any other error, see
 * {@link throwFailure}.
 */
export async function unlessGone<T>(answer: Promise<T>, action: string, resource: string): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (awsErrorKind(error) === "NotFound") return undefined;
    return throwFailure(action, resource)(error);
  }
}

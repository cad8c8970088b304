import { describeDenial, isPublicAccessBlocked, parseDenial } from "../aws/denial.ts";
import { type AwsErrorKind, NOT_THE_ANSWER } from "../aws/error-codes.ts";
import { AccountMismatchError, awsErrorKind, isSdkError, observedRegion } from "../aws/errors.ts";
import { said, stable } from "../aws/messages.ts";
import { isForeignAnswer, type SdkError } from "../aws/origin.ts";
import type { Failure } from "../kube/outcome.ts";
import { failed } from "./outcome.ts";

/** What was tried, to name it where AWS does not: an IAM action such as "s3:GetBucketPolicy", and an ARN. */
export interface CallContext {
  action?: string;
  resource?: string;
}

/**
 * For people, by way of the status; undefined when the error is none of AWS. Without `retryAfterMs` the caller's
 * backoff decides. `reason` is the kind, but for AccountMismatch, RegionMismatch, QuotaExceeded and TimedOut.
 */
export function awsFailure(error: unknown, context: CallContext = {}): Failure | undefined {
  if (error instanceof AccountMismatchError) return accountMismatch(error);
  if (!isSdkError(error)) return undefined;
  const kind = awsErrorKind(error) ?? "Unavailable";
  if (kind === "Aborted") return aborted(error);
  if (kind === "AccessDenied") {
    const denial = { ...context, ...parseDenial(error.message) };
    const message = describeDenial(denial);
    if (isPublicAccessBlocked(denial)) return { reason: "PublicAccessBlocked", message, terminal: true };
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

/**
 * For the `catch` of a call to AWS: throws the failure that the error means. `action` is an IAM action, `resource` an
 * ARN: both go into the message of a denial. An error that is not AWS's is a bug, and is rethrown.
 */
export function failWith(action: string, resource?: string): (error: unknown) => never {
  return (error) => {
    const failure = awsFailure(error, { action, ...(resource !== undefined && { resource }) });
    throw failure === undefined ? error : failed(failure);
  };
}

/**
 * What a call answers; undefined where AWS does not find the resource. Throws the failure of any other error, see
 * {@link failWith}.
 */
export async function unlessGone<T>(answer: Promise<T>, action: string, resource: string): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (awsErrorKind(error) === "NotFound") return undefined;
    return failWith(action, resource)(error);
  }
}

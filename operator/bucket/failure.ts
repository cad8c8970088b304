import { REASON, type Reason } from "../api/reasons.ts";
import { awsErrorKind } from "../aws/errors.ts";
import { awsFailure } from "../reconcile/aws-failure.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import type { Failure } from "../reconcile/outcome.ts";

/**
 * AWS refuses the setting, or would. Only a user can change that, unless it is not `terminal`: then what is missing may
 * still appear, such as the other bucket of the same `kubectl apply`.
 */
export class SettingRefused extends Error {
  readonly reason: Reason;
  readonly terminal: boolean;
  /** Each try reaches another party, such as a queue that gets S3's test message: the operator tries less often. */
  isNoticed = false;
  constructor(reason: Reason, message: string, terminal = true) {
    super(message);
    this.name = "SettingRefused";
    this.reason = reason;
    this.terminal = terminal;
  }
}

/**
 * The failure of `action` (an IAM action) on `resource` (an ARN), which a denial names. Rethrows an error that is
 * neither a setting's refusal nor AWS's, because it is a bug.
 */
export function settingFailure(error: unknown, action: string, resource: string): Failure {
  if (error instanceof SettingRefused) {
    const { reason, message, terminal } = error;
    return { reason, message, ...(terminal && { terminal }) };
  }
  const failure = awsFailure(error, { action, resource });
  if (failure === undefined) throw error;
  return failure;
}

/** Adapts a failure to how long AWS has refused the write. */
export function lastingFailure(error: unknown, failure: Failure, refusedForMs: () => number): Failure {
  if (awsErrorKind(error) === "NotYetVisible") return principalFailure(error, failure, refusedForMs());
  if (!(error instanceof SettingRefused) || !error.isNoticed) return failure;
  return { ...failure, retryAfterMs: Math.min(Math.max(refusedForMs(), DELAY_MS.leastNoticed), DELAY_MS.mostNoticed) };
}

/**
 * AWS refuses a policy in the same words whether a principal does not exist or is new. Returns `failure`, which is
 * retried soon, for the first two minutes, and then an error of the spec.
 */
export function principalFailure(error: unknown, failure: Failure, refusedForMs: number): Failure {
  if (refusedForMs < DELAY_MS.newPrincipal) return failure;
  const named = namedPrincipal(error);
  const message =
    `AWS does not know ${named === undefined ? "a principal of the bucket policy" : `the principal '${named}'`}: ` +
    "correct it in spec.policy.statements, or in the BucketAccess that names it, or create it";
  return { reason: REASON.invalidPrincipal, message, terminal: true };
}

/** S3 may name the principal in the error's `Detail`, IAM in its message. */
export function namedPrincipal(error: unknown): string | undefined {
  const { message, Detail } = error as { message?: unknown; Detail?: unknown };
  const text = [Detail, message].filter((part) => typeof part === "string").join(" ");
  return /\b(?:arn:[^\s"',]{1,256}|A[A-Z]{3}[A-Z0-9]{16,60}|\d{12})/.exec(text)?.[0];
}

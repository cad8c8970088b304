/** What stops granting never stops taking away: a refused or paused S3Bucket still loses what is no longer granted. */

import { pollIntervalMs } from "../api/annotations.ts";
import type { S3Bucket } from "../api/types.ts";
import type { PolicyDocument } from "../aws/policy/document.ts";
import { OutcomeError, type Outcome as AnyOutcome } from "../kube/outcome.ts";
import { awsFailure } from "../reconcile/aws-failure.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { failed, failureIn, type Failure, type Outcome } from "../reconcile/outcome.ts";
import type { SettingResult } from "./apply.ts";
import type { BucketContext, BucketDependencies, Contributions } from "./dependencies.ts";
import { withdrawFromKeys } from "./key/withdraw.ts";
import { isManaged } from "./plan.ts";
import { narrowed } from "./policy/narrow.ts";
import { withdrawFromBucket } from "./policy/withdraw.ts";
import { resolveTargetToRevoke, type Target } from "./target.ts";
import { isWorthALook } from "./verify.ts";

/**
 * Reconciles, and then withdraws statements of BucketAccesses that are no longer asked for, unless `reconcile` got to
 * the policies and called `onPoliciesWritten`. With `mode: Observe` nothing is written; without an account there is no
 * session to write with.
 */
export async function withWithdrawal(
  dependencies: BucketDependencies,
  context: BucketContext,
  reconcile: (onPoliciesWritten: () => void) => Promise<Outcome>,
): Promise<Outcome> {
  const { object, signal } = context;
  let isOver = !mayWithdraw(dependencies, object);
  const end = await endOf(reconcile(() => (isOver = true)));
  if (isOver || signal.aborted) return endAs(end);
  const failure = await tryToWithdraw(dependencies, context);
  if ("outcome" in end && end.outcome.kind === "paused") return whilePaused(dependencies, context, failure);
  return endAs(failure === undefined ? end : withFailure(end, failure));
}

/**
 * Withdraws statements from the bucket policy and the policy of the managed key, and writes nothing else. Bucket and
 * key must have the owner's tags.
 * @throws OutcomeError
 */
export async function withdrawStatements(
  { uses }: Pick<BucketDependencies, "uses">,
  context: BucketContext,
  target: Target,
): Promise<void> {
  const { object, status } = context;
  const { account, bucket } = target;
  await withdrawFromBucket(target, status, uses.contributionsOf(object, account, bucket));
  await withdrawFromKeys(context, target, (keyArn) => uses.contributionsOf(object, account, bucket, keyArn));
}

/** Whether the policy was written, or has nothing to withdraw. Costs no call. */
export function isPolicyWritten(
  results: readonly SettingResult[],
  { bucketPolicy, pausedSids }: Contributions,
): boolean {
  const result = results.find(({ part }) => part.name === "policy");
  if (result === undefined) return false;
  const { part, state } = result;
  if (isManaged(part) && (state === "InSync" || state === "Settling")) return true;
  const { value, error } = part.observation;
  return error === undefined && narrowed(value as PolicyDocument, bucketPolicy, pausedSids) === undefined;
}

function mayWithdraw(dependencies: BucketDependencies, object: S3Bucket): boolean {
  if (object.spec.mode === "Observe" || object.metadata.deletionTimestamp !== undefined) return false;
  return isWorthALook(dependencies, object);
}

type End = { outcome: Outcome } | { error: unknown };

async function endOf(reconcile: Promise<Outcome>): Promise<End> {
  try {
    return { outcome: await reconcile };
  } catch (error) {
    return { error };
  }
}

function endAs(end: End): Outcome {
  if ("error" in end) throw end.error;
  return end.outcome;
}

/** Why statements could not be withdrawn. */
async function tryToWithdraw(dependencies: BucketDependencies, context: BucketContext): Promise<Failure | undefined> {
  const { object, signal } = context;
  try {
    await withdrawStatements(dependencies, context, await resolveTargetToRevoke(dependencies, object, signal));
    return undefined;
  } catch (error) {
    const failure = failureIn(error) ?? awsFailure(error);
    if (failure === undefined && !(error instanceof OutcomeError)) throw error;
    // A bucket that never was ours may not be readable, and has nothing of ours.
    return object.status?.arn === undefined ? undefined : failure;
  }
}

/** The failure joins that of the reconcile, whose cause is most often the same. */
function withFailure(end: End, failure: Failure): End {
  const refusal = "error" in end ? outcomeOf(end.error) : undefined;
  if ("error" in end && (refusal === undefined || refusal.kind !== "failure" || refusal.reason === failure.reason))
    return end;
  if (refusal?.kind !== "failure") return { error: failed(failure) };
  const { kind: _kind, ...refused } = refusal as Extract<Outcome, { kind: "failure" }>;
  const message = `${refused.message}. ${NOT_WITHDRAWN}: ${failure.message}`;
  const retryAfterMs = failure.retryAfterMs ?? DELAY_MS.withdrawal;
  return { error: failed({ ...refused, message, retryAfterMs }) };
}

const NOT_WITHDRAWN = "Statements of BucketAccesses that are no longer asked for are still in its policies";

function outcomeOf(error: unknown): AnyOutcome | undefined {
  return error instanceof OutcomeError ? error.outcome : undefined;
}

/** A paused object keeps its conditions: an event tells the failure. */
function whilePaused(
  dependencies: BucketDependencies,
  { object, event }: BucketContext,
  failure: Failure | undefined,
): Outcome {
  const recheckAfterMs = pollIntervalMs(object, dependencies.pollIntervalMs);
  if (failure === undefined) return { kind: "paused", recheckAfterMs };
  const note = `The S3Bucket is paused. ${NOT_WITHDRAWN}: ${failure.message}`;
  event({ type: "Warning", reason: failure.reason, action: "Withdraw", note });
  return { kind: "paused", recheckAfterMs: Math.min(recheckAfterMs, failure.retryAfterMs ?? DELAY_MS.withdrawal) };
}

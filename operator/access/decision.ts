import { resolveAccount } from "../account/resolve.ts";
import { REASON } from "../api/reasons.ts";
import type { AWSAccount, BucketAccess, S3Bucket } from "../api/types.ts";
import { OutcomeError } from "../kube/outcome.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { failed, failureIn, type Failure } from "../reconcile/outcome.ts";
import { bucketKeyOf, consentingBucket, isInOwnNamespace } from "./consent.ts";
import type { AccessDirectory } from "./dependencies.ts";
import { accessViolation } from "./guardrails.ts";
import { admitsAccess } from "./target.ts";

/** Whether the objects of the cluster allow an access. */
export type Decision =
  | { wanted: true; account: AWSAccount; bucket: S3Bucket | undefined }
  | { wanted: false; failure: Failure; undecided?: true };

/** Stand-in until the branch "facts" is merged. Pure. */
export function decide(directory: AccessDirectory, access: BucketAccess): Decision {
  const bucket = consentingBucket(directory, access);
  const { namespace, name } = bucketKeyOf(access);
  if (bucket === undefined) {
    const message = isInOwnNamespace(access)
      ? `S3Bucket '${name}' does not exist: create it`
      : `S3Bucket '${namespace}/${name}' does not exist, or does not let namespace '${access.metadata.namespace}' refer to it: ` +
        "ask its owners, who can allow that by spec.access.rules";
    return { wanted: false, failure: { reason: REASON.bucketNotAvailable, message } };
  }
  const { account, problem } = resolveAccount(directory, namespace, bucket.spec.accountRef?.name);
  if (problem !== undefined) {
    const message = `Waiting for S3Bucket '${namespace}/${name}': ${problem.reason}`;
    return { wanted: false, failure: { reason: REASON.bucketNotReady, message }, undecided: true };
  }
  if (!admitsAccess(directory, account, access)) {
    const message = `The AWSAccount of the bucket does not admit namespace '${access.metadata.namespace}': ask the platform team`;
    return { wanted: false, failure: { reason: REASON.accountNotAvailable, message } };
  }
  const violation = failureIn(accessViolation(access, account));
  return violation === undefined ? { wanted: true, account, bucket } : { wanted: false, failure: violation };
}

/** Whether everything that the access was granted is to be revoked. */
export function isRefused(decision: Decision): boolean {
  return !decision.wanted && decision.undecided !== true;
}

/** How a reconcile of an access that is not wanted ends: it waits, unless only a user can fix it. */
export function refusalOf(failure: Failure): OutcomeError {
  if (failure.terminal === true) return failed(failure);
  const { reason, message, retryAfterMs: afterMs = DELAY_MS.reference } = failure;
  return new OutcomeError({ kind: "waiting", reason, message, afterMs });
}

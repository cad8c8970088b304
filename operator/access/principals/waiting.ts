/** On which S3Bucket a BucketAccess with principals waits, and why that does not move. Pure. */

import { isPaused } from "../../api/annotations.ts";
import { REASON } from "../../api/reasons.ts";
import type { BucketAccess, S3Bucket } from "../../api/types.ts";
import { findCondition } from "../../kube/conditions.ts";
import type { OutcomeError } from "../../kube/outcome.ts";
import { cut } from "../../reconcile/change.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import { again, waiting } from "../../reconcile/outcome.ts";

/** Characters of the S3Bucket's own message. */
const MAX_QUOTED = 600;

/** The S3Bucket has not written the statements yet. */
export function notYetApplied(access: BucketAccess, s3Bucket: S3Bucket): OutcomeError {
  const { spec, status } = s3Bucket;
  const name = nameOf(s3Bucket);
  if (spec.mode === "Observe") {
    const message = `${name} has mode: Observe, so that the statements are not written to its policy`;
    return waiting(REASON.bucketNotReady, message, DELAY_MS.bucketPolicy);
  }
  if (isPaused(s3Bucket)) {
    const message = `${name} is paused, so that the statements are not written to its policy: take the annotation off`;
    return waiting(REASON.bucketNotReady, message, DELAY_MS.bucketPolicy);
  }
  if (findCondition(status, "Ready")?.status === "False") {
    const message = `Waiting for ${name}: ${whyNotReady(access, s3Bucket)}`;
    return waiting(REASON.bucketNotReady, message, DELAY_MS.bucketPolicy);
  }
  return again(REASON.applying, `Waiting until ${name} has the statements in its policy`, DELAY_MS.bucketPolicy);
}

/** The S3Bucket has not removed the statements yet. `sids`: the prefix of their Sids. */
export function notYetWithdrawn(access: BucketAccess, s3Bucket: S3Bucket, sids: string): OutcomeError {
  const name = nameOf(s3Bucket);
  const waitsFor = `Waiting until ${name} has removed the statements from its policies`;
  const ready = findCondition(s3Bucket.status, "Ready");
  if (!isPaused(s3Bucket) && ready?.status !== "False") return again(REASON.deleting, waitsFor, DELAY_MS.bucketPolicy);
  const why = isPaused(s3Bucket) ? "it is paused, and its events tell more" : whyNotReady(access, s3Bucket);
  const message =
    `${waitsFor}. It does so whatever its state, unless AWS refuses: ${why}. ` +
    `Correct that, or remove the statements whose Sid begins with '${sids}' from the policies`;
  return waiting(REASON.bucketNotReady, message, DELAY_MS.bucketPolicy);
}

/** No AWSAccount gives access to the bucket any more. `problem`: a reason. */
export function notReachable(s3Bucket: S3Bucket, problem: string, sids: string): OutcomeError {
  const message =
    `Waiting until ${nameOf(s3Bucket)} has removed the statements from its policies: the operator has no account to do so (${problem}). ` +
    `Ask the platform team for one, or remove the statements whose Sid begins with '${sids}' from the policies and set spec.mode of the S3Bucket to Observe`;
  return waiting(REASON.bucketNotReady, message, DELAY_MS.bucketPolicy);
}

/** The reason of the S3Bucket. Its message may tell what is in its spec, so only its own namespace sees it. */
export function whyNotReady({ metadata: { namespace } }: BucketAccess, { metadata, status }: S3Bucket): string {
  const { reason = "", message = "" } = findCondition(status, "Ready") ?? {};
  return namespace === metadata.namespace && message !== "" ? `${reason}: ${cut(message, MAX_QUOTED)}` : reason;
}

function nameOf({ metadata: { namespace, name } }: S3Bucket): string {
  return `S3Bucket '${namespace}/${name}'`;
}

import { REASON } from "../api/reasons.ts";
import type { AWSAccount, BucketAccess, S3Bucket } from "../api/types.ts";
import { bucketArn, partitionOf } from "../aws/arn.ts";
import type { VerifiedBucket, VerifiedBuckets } from "../bucket/verified.ts";
import { findCondition } from "../kube/conditions.ts";
import { OutcomeError } from "../kube/outcome.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { failed, waiting, type Failure } from "../reconcile/outcome.ts";
import { accessBucketOf } from "./bucket.ts";
import { bucketKeyOf } from "./consent.ts";
import { decide, ruleViolation } from "./decision.ts";
import type { AccessDirectory } from "./dependencies.ts";
import type { AccessBucket } from "./policy/model.ts";
import { whyNotReady } from "./principals/waiting.ts";

/** What becomes of an access: what objects of the cluster allow, and what was verified of the bucket at AWS. */
export type Resolution =
  | { state: "Granted"; account: AWSAccount; s3Bucket: S3Bucket | undefined; bucket: AccessBucket }
  /** Everything that was granted is revoked. */
  | { state: "Refused"; failure: Failure }
  /** Nothing is granted and nothing revoked. */
  | { state: "Waiting"; outcome: OutcomeError };

export interface ResolutionInput {
  directory: AccessDirectory;
  verified: VerifiedBuckets;
}

/** Pure, but for what `verified` knows at the moment. */
export function resolveAccess({ directory, verified }: ResolutionInput, access: BucketAccess): Resolution {
  const decision = decide(directory, access);
  if (!decision.wanted) {
    const { failure, undecided } = decision;
    return undecided === true ? { state: "Waiting", outcome: refusalOf(failure) } : { state: "Refused", failure };
  }
  const { account, bucket: s3Bucket } = decision;
  if (s3Bucket === undefined) return external(verified, access, account);
  if (s3Bucket.metadata.deletionTimestamp !== undefined) return waits(access, s3Bucket);
  const known = verified.of(s3Bucket);
  if (known === undefined) return verified.isReconciled(s3Bucket) ? waits(access, s3Bucket) : waitsQuietly(access);
  if (known.state === "Lost") return { state: "Refused", failure: lost(access) };
  if (known.accountId !== account.spec.accountId || lacksKey(s3Bucket, known)) return waits(access, s3Bucket);
  // Consent of an S3Bucket that does not own the bucket is worth nothing.
  const violation = known.isOwned ? undefined : ruleViolation(directory, access, account, { bucketName: known.name });
  if (violation !== undefined) return { state: "Refused", failure: violation };
  return { state: "Granted", account, s3Bucket, bucket: accessBucketOf(s3Bucket, access, known, known) };
}

/** How a reconcile of an access that is refused ends: it waits, unless only a user can fix it. */
export function refusalOf(failure: Failure): OutcomeError {
  if (failure.terminal === true) return failed(failure);
  const { reason, message, retryAfterMs: afterMs = DELAY_MS.reference } = failure;
  return waiting(reason, message, afterMs);
}

/** A bucket that no S3Bucket owns, as the spec describes it. */
function external(verified: VerifiedBuckets, { spec }: BucketAccess, account: AWSAccount): Resolution {
  const { name = "", region = "", accountId = account.spec.accountId, kmsKeyArn } = spec.bucket ?? {};
  if (verified.isOwned(name, accountId)) return { state: "Refused", failure: managedElsewhere(name) };
  const encryption =
    kmsKeyArn === undefined ? {} : { encryption: { kmsKeyArn, contexts: ["Bucket", "Object"] as const } };
  const bucket = {
    name,
    arn: bucketArn(partitionOf(region), name),
    region,
    accountId,
    ...encryption,
    formerEncryptions: [],
  };
  return { state: "Granted", account, s3Bucket: undefined, bucket };
}

/** With `mode: Observe` the bucket has the key that it has, or none. */
function lacksKey({ spec }: S3Bucket, { kmsKeyArn }: VerifiedBucket): boolean {
  return spec.mode !== "Observe" && spec.encryption?.kmsKey !== undefined && kmsKeyArn === undefined;
}

function waits(access: BucketAccess, s3Bucket: S3Bucket): Resolution {
  const ready = findCondition(s3Bucket.status, "Ready");
  const isFailing = ready !== undefined && ready.status !== "True";
  const why = isFailing ? whyNotReady(access, s3Bucket) : "its bucket is not verified yet";
  const { namespace, name } = bucketKeyOf(access);
  const isDeleted = s3Bucket.metadata.deletionTimestamp !== undefined;
  const message = `Waiting for S3Bucket '${namespace}/${name}': ${isDeleted ? "it is being deleted" : why}`;
  return { state: "Waiting", outcome: waiting(REASON.bucketNotReady, message, DELAY_MS.reference) };
}

/** After a restart, until the S3Bucket was looked at: conditions stay as they are. */
function waitsQuietly(access: BucketAccess): Resolution {
  const { namespace, name } = bucketKeyOf(access);
  const message = `S3Bucket '${namespace}/${name}' was not reconciled yet`;
  const failure = { reason: REASON.bucketNotReady, message, quiet: true, retryAfterMs: DELAY_MS.reference };
  return { state: "Waiting", outcome: failed(failure) };
}

function lost(access: BucketAccess): Failure {
  const { namespace, name } = bucketKeyOf(access);
  const message =
    `The bucket of S3Bucket '${namespace}/${name}' is no longer tagged as that object's, or is gone, and everything granted is revoked: ` +
    "see the S3Bucket";
  return { reason: REASON.bucketNotOwned, message, terminal: true };
}

function managedElsewhere(name: string): Failure {
  const message =
    `Bucket '${name}' is managed by an S3Bucket, which decides about access to it, and nothing is granted: ` +
    "create a BucketAccess with spec.bucketRef";
  return { reason: REASON.notAllowedByAccount, message, terminal: true };
}

/** The S3Bucket controller's part of verified.ts: what it sees at AWS becomes what BucketAccesses may rely on. */

import { ownershipOf, type Tags } from "../api/ownership.ts";
import type { S3Bucket } from "../api/types.ts";
import { awsErrorKind } from "../aws/errors.ts";
import { failureIn } from "../reconcile/outcome.ts";
import { bucketExists, claimBucket, type Claim } from "./claim.ts";
import type { BucketContext, BucketDependencies } from "./dependencies.ts";
import type { KeyResolution } from "./key/resolution.ts";
import { observe, type Observations } from "./observe.ts";
import { defaultKeyArn, encryption } from "./settings/encryption.ts";
import { tags } from "./settings/tags.ts";
import { resolveTarget, type Target } from "./target.ts";
import type { Verification, VerifiedBucket } from "./verified.ts";

/** Like {@link bucketExists}; what was verified before no longer counts where the bucket cannot be reached. */
export async function isReachable(
  { verified }: BucketDependencies,
  { object }: BucketContext,
  target: Target,
): Promise<boolean> {
  try {
    return await bucketExists(target);
  } catch (error) {
    if (failureIn(error) !== undefined) verified.note(object, undefined);
    throw error;
  }
}

/** Like {@link claimBucket}; notes what the tags say if the bucket cannot be claimed. */
export function claimVerified(
  { history, verified }: BucketDependencies,
  context: BucketContext,
  target: Target,
  observations: Observations,
): Claim {
  const { object } = context;
  const isOwnCreation = history.hasCreated(object.metadata.uid ?? "", target.bucket.arn);
  try {
    return claimBucket(target, context, observations, isOwnCreation);
  } catch (error) {
    verified.note(object, withoutClaim(context, target, observations, verified.of(object)));
    throw error;
  }
}

/** With `mode: Observe`, a bucket without an owner is verified as what it is. A read that failed says nothing new. */
function withoutClaim(
  { object }: BucketContext,
  target: Target,
  observations: Observations,
  before: Verification | undefined,
): Verification | undefined {
  const { value, error } = observations.get("tags") ?? {};
  if (value === undefined) return awsErrorKind(error) === "AccessDenied" ? undefined : before;
  const isObserved = object.spec.mode === "Observe" && ownershipOf(value as Tags, target.owner) === "Unclaimed";
  return isObserved ? observedBucket(target, observations) : { state: "Lost", name: target.bucket.name };
}

/** The bucket with the key that it has, whatever the spec says. */
export function observedBucket(target: Target, observations: Observations): VerifiedBucket {
  const { value: seen = {} } = observations.get("tags") ?? {};
  const key = defaultKeyArn(observations.get("encryption")?.value, target.bucket);
  return {
    ...placeOf(target),
    isOwned: ownershipOf(seen as Tags, target.owner) === "Ours",
    ...(key !== undefined && { kmsKeyArn: key }),
  };
}

/** Notes that the tags of the bucket name the S3Bucket. A key that cannot be resolved now stays as it was. */
export function noteOwned(
  { verified }: BucketDependencies,
  { object, status }: BucketContext,
  target: Target,
  { arn, failure }: KeyResolution,
): void {
  const before = verified.of(object);
  const known = before?.state === "Verified" ? before.kmsKeyArn : undefined;
  const kmsKeyArn = failure === undefined ? arn : known;
  const formerKmsKeyArn = status.keyChange?.formerKmsKeyArn;
  verified.note(object, {
    ...placeOf(target),
    isOwned: true,
    ...(kmsKeyArn !== undefined && { kmsKeyArn }),
    ...(formerKmsKeyArn !== undefined && formerKmsKeyArn !== kmsKeyArn && { formerKmsKeyArn }),
  });
}

function placeOf({ bucket: { name, arn, region, accountId } }: Target) {
  return { state: "Verified", name, arn, region, accountId } as const;
}

/**
 * For an S3Bucket that is paused or beyond its guardrails: reads its tags and its encryption, unless that was done
 * before, so that its BucketAccesses go on. Writes nothing, and a failure changes nothing.
 */
export async function verifyOnly(dependencies: BucketDependencies, context: BucketContext): Promise<void> {
  const { object, signal, log } = context;
  if (dependencies.verified.of(object) !== undefined || !isWorthALook(dependencies, object)) return;
  try {
    const target = await resolveTarget(dependencies, object, signal);
    const observations = await observe(target.bucket, [tags, encryption]);
    dependencies.verified.note(object, withoutReconcile(context, target, observations));
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ error }, "The bucket of an S3Bucket that is not reconciled could not be verified");
  }
}

/** A bucket that never was ours costs no call, unless BucketAccesses refer to it, which a wiped status does not hide. */
export function isWorthALook({ uses }: Pick<BucketDependencies, "uses">, object: S3Bucket): boolean {
  return object.status?.arn !== undefined || uses.usersOf(object).length > 0;
}

function withoutReconcile(
  context: BucketContext,
  target: Target,
  observations: Observations,
): Verification | undefined {
  const { value } = observations.get("tags") ?? {};
  const isOurs = value !== undefined && ownershipOf(value as Tags, target.owner) === "Ours";
  if (!isOurs) return withoutClaim(context, target, observations, undefined);
  // Without the key in use, BucketAccesses would lose their permissions on it.
  return observations.get("encryption")?.error === undefined ? observedBucket(target, observations) : undefined;
}

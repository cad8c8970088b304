import { DeleteBucketCommand } from "@aws-sdk/client-s3";
import { FINALIZER } from "../api/names.ts";
import { REASON } from "../api/reasons.ts";
import { awsErrorKind, isNoSuchBucket } from "../aws/errors.ts";
import type { Outcome } from "../kube/outcome.ts";
import type { BucketClient } from "./bucket-client.ts";
import type { BucketContext, BucketDependencies } from "./dependencies.ts";
import { headBucket } from "./existence.ts";
import { settingFailure } from "./failure.ts";
import { CLAIM_TAGS, type Owner, ownershipOf, releaseTag, type Tags } from "./ownership.ts";
import { putTags, removeTags, tags } from "./settings/tags.ts";
import { again, Failed, waiting } from "./stop.ts";
import { resolveTarget } from "./target.ts";

/** A release is a courtesy to the next claim: it may not hold up a deletion for long. */
const RELEASE_TIMEOUT_MS = 20_000;
const NOT_EMPTY_RECHECK_MS = 300_000;
const GONE_RECHECK_MS = 2_000;

/** Ends an S3Bucket as its deletionPolicy says: design.md, section 7. The finalizer goes last. */
export async function deleteBucket(dependencies: BucketDependencies, context: BucketContext): Promise<Outcome> {
  const { object } = context;
  if (!object.metadata.finalizers?.includes(FINALIZER)) return { kind: "released" };
  if (object.spec.deletionPolicy === "DeleteIfEmpty" && object.spec.mode !== "Observe") {
    await deleteIfEmpty(dependencies, context);
  } else {
    await retain(dependencies, context);
  }
  dependencies.history.forget(object.metadata.uid ?? "");
  await context.removeFinalizer();
  return { kind: "released" };
}

/** Best effort: the object goes also when AWS cannot be reached, and says so. With `mode: Observe` nothing is written at all. */
async function retain(dependencies: BucketDependencies, context: BucketContext): Promise<void> {
  const { object, signal, log } = context;
  if (object.spec.mode === "Observe") return;
  try {
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(RELEASE_TIMEOUT_MS)]);
    const { bucket, owner } = await resolveTarget(dependencies, object, timeout);
    if (!(await isOurs(bucket, owner))) return;
    await putTags(bucket, releaseTag(owner));
    await removeTags(bucket, CLAIM_TAGS);
    context.event({
      type: "Normal",
      reason: REASON.bucketReleased,
      action: "Release",
      note: `Bucket '${bucket.name}' stays, with everything in it; an S3Bucket of this name finds it again`,
    });
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ error }, "S3Bucket was deleted without releasing its bucket");
    context.event({
      type: "Warning",
      reason: REASON.bucketNotReleased,
      action: "Release",
      note: `The bucket stays, and keeps its tags as this object's, because they could not be changed: ${messageOf(error)}`,
    });
  }
}

/** Throws until the bucket is seen gone. A bucket that is not ours is none of our business. */
async function deleteIfEmpty(dependencies: BucketDependencies, context: BucketContext): Promise<void> {
  const { object, signal } = context;
  const { bucket, owner } = await resolveTarget(dependencies, object, signal);
  if (!(await isThere(bucket, object.status?.arn === bucket.arn)) || !(await isOurs(bucket, owner))) return;
  await remove(bucket);
  if (await isThere(bucket, true)) {
    throw again(REASON.deleting, `Waiting until bucket '${bucket.name}' is gone`, GONE_RECHECK_MS);
  }
  const note = `Deleted bucket '${bucket.name}'`;
  context.event({ type: "Normal", reason: REASON.bucketDeleted, action: "Delete", note });
}

/** A name that another account has is as good as gone, unless the bucket was ours: then we only lost the right to look at it. */
async function isThere(bucket: BucketClient, wasOurs: boolean): Promise<boolean> {
  const { state } = await headBucket(bucket);
  if (state === "Denied" && wasOurs) throw denied(bucket, "s3:ListBucket");
  return state === "Exists";
}

async function isOurs(bucket: BucketClient, owner: Owner): Promise<boolean> {
  try {
    return ownershipOf((await tags.observe(bucket)) as Tags, owner) === "Ours";
  } catch (error) {
    if (isNoSuchBucket(error)) return false;
    throw new Failed(settingFailure(error, tags.permissions.read[0], bucket.arn));
  }
}

async function remove({ s3, ref, options, name, arn }: BucketClient): Promise<void> {
  try {
    await s3.send(new DeleteBucketCommand(ref), options);
  } catch (error) {
    if (isNoSuchBucket(error)) return;
    if (awsErrorKind(error) === "NotEmpty") throw notEmpty(name);
    throw new Failed(settingFailure(error, "s3:DeleteBucket", arn));
  }
}

function notEmpty(name: string): Error {
  const message =
    `Bucket '${name}' is not empty (objects, versions, delete markers and multipart uploads all count): ` +
    "empty it, or set spec.deletionPolicy to Retain to keep it";
  return waiting(REASON.bucketNotEmpty, message, NOT_EMPTY_RECHECK_MS);
}

function denied({ name, arn }: BucketClient, action: string): Error {
  const message = `The operator may no longer look at bucket '${name}': allow ${action} on ${arn}, or set spec.deletionPolicy to Retain`;
  return new Failed({ reason: "AccessDenied", message, retryAfterMs: NOT_EMPTY_RECHECK_MS });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

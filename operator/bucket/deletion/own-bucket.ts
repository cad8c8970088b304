import { ownershipOf, type Tags } from "../../api/ownership.ts";
import { REASON } from "../../api/reasons.ts";
import type { S3Bucket } from "../../api/types.ts";
import { isNoSuchBucket } from "../../aws/errors.ts";
import { OutcomeError } from "../../kube/outcome.ts";
import { throwFailure } from "../../reconcile/aws-failure.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import { failed } from "../../reconcile/outcome.ts";
import type { BucketClient } from "../bucket-client.ts";
import type { BucketContext, BucketDependencies } from "../dependencies.ts";
import { headBucket } from "../existence.ts";
import { tags } from "../settings/tags.ts";
import { readTags } from "../tagging/tagging.ts";
import { resolveTarget, type Target } from "../target.ts";

/** The bucket to delete and its tags; undefined if it is gone or has another owner. Throws if that is unknown. */
export async function findOwnBucket(
  dependencies: BucketDependencies,
  context: BucketContext,
): Promise<(Target & { tags: Tags }) | undefined> {
  const { object, signal } = context;
  const target = await resolveIfEver(dependencies, object, signal);
  if (target === undefined) return undefined;
  const { bucket } = target;
  if (!(await isThere(bucket, object.status?.arn === bucket.arn))) return undefined;
  const tags = await findOwnTags(context, target);
  return tags && { ...target, tags };
}

/** Undefined if the bucket is gone, or has another owner: an event tells what is left of ours. */
export async function findOwnTags(context: BucketContext, { bucket, owner }: Target): Promise<Tags | undefined> {
  const tags = await readTagsOf(bucket);
  if (tags === undefined || ownershipOf(tags, owner) === "Ours") return tags;
  warnOfExpiry(context, bucket);
  if (ownershipOf(tags, owner) === "Unclaimed") warnOfUntagged(context, bucket);
  return undefined;
}

/** The operator may have created or adopted the bucket, and crashed before it wrote the tags. */
function warnOfUntagged({ object, event }: BucketContext, { name }: BucketClient): void {
  if ((object.status?.appliedSettings ?? []).length === 0) return;
  const note = `Bucket '${name}', perhaps created for this object, has no ownership tags, and is left as it is`;
  event({ type: "Warning", reason: REASON.bucketLeftUntagged, action: "Delete", note });
}

/** A user may have removed the tags to keep the bucket. */
function warnOfExpiry({ status, event }: BucketContext, { name }: BucketClient): void {
  if (status.deletion?.lifecycleStartedTime === undefined) return;
  const note =
    `Bucket '${name}' is no longer tagged as this object's, and is left as it is. Its lifecycle configuration still expires everything in it: ` +
    "delete that to keep what is left";
  event({ type: "Warning", reason: REASON.bucketLeftExpiring, action: "Delete", note });
}

/** Undefined if the account is missing and the object never had a bucket: it must not wait for the account. */
export async function resolveIfEver(
  dependencies: BucketDependencies,
  object: S3Bucket,
  signal: AbortSignal,
): Promise<Target | undefined> {
  try {
    return await resolveTarget(dependencies, object, signal);
  } catch (error) {
    if (error instanceof OutcomeError && object.status?.bucketName === undefined) return undefined;
    throw error;
  }
}

/** 403 means that another account owns the name; but if the bucket was ours, that we lost the permission. */
export async function isThere(bucket: BucketClient, wasOurs: boolean): Promise<boolean> {
  const { state } = await headBucket(bucket);
  if (state === "Denied" && wasOurs) throw denied(bucket, "s3:ListBucket");
  return state === "Exists";
}

/** Undefined if the bucket does not exist. */
async function readTagsOf(bucket: BucketClient): Promise<Tags | undefined> {
  try {
    return await readTags(bucket);
  } catch (error) {
    if (isNoSuchBucket(error) && !(await isThere(bucket, false))) return undefined;
    return throwFailure(tags.iamActions.read[0], bucket.arn)(error);
  }
}

function denied({ name, arn }: BucketClient, action: string): Error {
  const message = `The operator no longer has access to bucket '${name}': allow ${action} on ${arn}, or set spec.deletionPolicy to Retain`;
  return failed({ reason: "AccessDenied", message, retryAfterMs: DELAY_MS.denied });
}

import { REASON } from "../../api/reasons.ts";
import type { S3Bucket } from "../../api/types.ts";
import { isNoSuchBucket } from "../../aws/errors.ts";
import type { BucketClient } from "../bucket-client.ts";
import type { BucketContext, BucketDependencies } from "../dependencies.ts";
import { headBucket } from "../existence.ts";
import { failWith } from "../../reconcile/aws-failure.ts";
import { type Owner, ownershipOf, type Tags } from "../../api/ownership.ts";
import { tags } from "../settings/tags.ts";
import { readTags } from "../tagging/tagging.ts";
import { failed } from "../../reconcile/outcome.ts";
import { OutcomeError } from "../../kube/outcome.ts";
import { resolveTarget, type Target } from "../target.ts";

const RETRY_MS = 300_000;

/** The bucket to delete, and its tags. Undefined: it is gone, or not ours and none of our business. Throws where that cannot be known. */
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

/** As {@link readOwnTags}, with a word on what is left where the bucket is not this owner's. */
export async function findOwnTags(context: BucketContext, { bucket, owner }: Target): Promise<Tags | undefined> {
  const tags = await readTagsOf(bucket);
  if (tags === undefined || ownershipOf(tags, owner) === "Ours") return tags;
  warnOfExpiry(context, bucket);
  if (ownershipOf(tags, owner) === "Nobody") warnOfUntagged(context, bucket);
  return undefined;
}

/** A bucket that was made, or adopted, for the object; by a crash its tags may never have been written. */
function warnOfUntagged({ object, event }: BucketContext, { name }: BucketClient): void {
  if ((object.status?.appliedSettings ?? []).length === 0) return;
  const note = `Bucket '${name}', perhaps made for this object, is tagged as no S3Bucket's, and is left as it is`;
  event({ type: "Warning", reason: REASON.bucketLeftUntagged, action: "Delete", note });
}

/** A bucket that somebody took from us, perhaps to save it. */
function warnOfExpiry({ status, event }: BucketContext, { name }: BucketClient): void {
  if (status.deletion?.lifecycleStartedTime === undefined) return;
  const note =
    `Bucket '${name}' is no longer tagged as this object's and is left as it is, with the lifecycle configuration by which S3 expires everything in it: ` +
    "delete that to keep what is left";
  event({ type: "Warning", reason: REASON.bucketLeftExpiring, action: "Delete", note });
}

/** Undefined where there is no account, and there never was one: the object has no bucket, and must not wait for an account to say so. */
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

/** A name that another account has is as good as gone, unless the bucket was ours: then we only lost the right to look at it. */
export async function isThere(bucket: BucketClient, wasOurs: boolean): Promise<boolean> {
  const { state } = await headBucket(bucket);
  if (state === "Denied" && wasOurs) throw denied(bucket, "s3:ListBucket");
  return state === "Exists";
}

/** Undefined: there is no such bucket, by HeadBucket's word too, or it is not this owner's. */
export async function readOwnTags(bucket: BucketClient, owner: Owner): Promise<Tags | undefined> {
  const seen = await readTagsOf(bucket);
  return seen !== undefined && ownershipOf(seen, owner) === "Ours" ? seen : undefined;
}

/** Undefined: there is no such bucket. */
async function readTagsOf(bucket: BucketClient): Promise<Tags | undefined> {
  try {
    return await readTags(bucket);
  } catch (error) {
    if (isNoSuchBucket(error) && !(await isThere(bucket, false))) return undefined;
    return failWith(tags.iamActions.read[0], bucket.arn)(error);
  }
}

function denied({ name, arn }: BucketClient, action: string): Error {
  const message = `The operator may no longer look at bucket '${name}': allow ${action} on ${arn}, or set spec.deletionPolicy to Retain`;
  return failed({ reason: "AccessDenied", message, retryAfterMs: RETRY_MS });
}

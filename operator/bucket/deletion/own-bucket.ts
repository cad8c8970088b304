import type { S3Bucket } from "../../api/types.ts";
import { isNoSuchBucket } from "../../aws/errors.ts";
import type { BucketClient } from "../bucket-client.ts";
import type { BucketContext, BucketDependencies } from "../dependencies.ts";
import { headBucket } from "../existence.ts";
import { settingFailure } from "../failure.ts";
import { type Owner, ownershipOf, type Tags } from "../../ownership.ts";
import { tags } from "../settings/tags.ts";
import { Failed, Stop } from "../../kube/stop.ts";
import { resolveTarget, type Target } from "../target.ts";

const RETRY_MS = 300_000;

/** The bucket to delete. Undefined: it is gone, or not ours and none of our business. Throws where that cannot be known. */
export async function findOwnBucket(
  dependencies: BucketDependencies,
  { object, signal }: BucketContext,
): Promise<Target | undefined> {
  const target = await resolveIfEver(dependencies, object, signal);
  if (target === undefined) return undefined;
  const { bucket, owner } = target;
  const there = await isThere(bucket, object.status?.arn === bucket.arn);
  return there && (await isOurs(bucket, owner)) ? target : undefined;
}

/** Undefined where there is no account, and there never was one: the object has no bucket, and must not wait for an account to say so. */
async function resolveIfEver(
  dependencies: BucketDependencies,
  object: S3Bucket,
  signal: AbortSignal,
): Promise<Target | undefined> {
  try {
    return await resolveTarget(dependencies, object, signal);
  } catch (error) {
    if (error instanceof Stop && object.status?.bucketName === undefined) return undefined;
    throw error;
  }
}

/** A name that another account has is as good as gone, unless the bucket was ours: then we only lost the right to look at it. */
export async function isThere(bucket: BucketClient, wasOurs: boolean): Promise<boolean> {
  const { state } = await headBucket(bucket);
  if (state === "Denied" && wasOurs) throw denied(bucket, "s3:ListBucket");
  return state === "Exists";
}

export async function isOurs(bucket: BucketClient, owner: Owner): Promise<boolean> {
  try {
    return ownershipOf((await tags.observe(bucket)) as Tags, owner) === "Ours";
  } catch (error) {
    if (isNoSuchBucket(error)) return false;
    throw new Failed(settingFailure(error, tags.permissions.read[0], bucket.arn));
  }
}

function denied({ name, arn }: BucketClient, action: string): Error {
  const message = `The operator may no longer look at bucket '${name}': allow ${action} on ${arn}, or set spec.deletionPolicy to Retain`;
  return new Failed({ reason: "AccessDenied", message, retryAfterMs: RETRY_MS });
}

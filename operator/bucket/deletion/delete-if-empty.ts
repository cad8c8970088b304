import { REASON } from "../../api/reasons.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import { waiting } from "../../reconcile/outcome.ts";
import type { BucketContext, BucketDependencies } from "../dependencies.ts";
import { withdrawLifecycle } from "./emptying/hand-over.ts";
import { deletionViolation } from "./guardrails.ts";
import { findOwnBucket } from "./own-bucket.ts";
import { removeBucket } from "./remove-bucket.ts";

/** Throws until the bucket is gone. Leaves a bucket of another owner alone. */
export async function deleteIfEmpty(dependencies: BucketDependencies, context: BucketContext): Promise<void> {
  const target = await findOwnBucket(dependencies, context);
  if (target === undefined) return;
  const { account, bucket, tags } = target;
  await withdrawLifecycle(context, bucket, tags);
  const violation = deletionViolation(context.object, account, bucket.name);
  if (violation !== undefined) throw violation;
  if (!(await removeBucket(context, bucket))) throw notEmpty(bucket.name);
}

function notEmpty(name: string): Error {
  const message =
    `Bucket '${name}' is not empty (objects, versions, delete markers and multipart uploads all count): ` +
    "empty it, or set spec.deletionPolicy to Retain to keep it";
  return waiting(REASON.bucketNotEmpty, message, DELAY_MS.notEmpty);
}

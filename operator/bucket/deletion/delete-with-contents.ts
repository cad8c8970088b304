import { REASON } from "../../api/reasons.ts";
import { throwFailure } from "../../reconcile/aws-failure.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import { again, waiting } from "../../reconcile/outcome.ts";
import type { BucketClient } from "../bucket-client.ts";
import type { BucketContext, BucketDependencies } from "../dependencies.ts";
import { leaveToLifecycle, withdrawLifecycle } from "./emptying/hand-over.ts";
import { refuseIfListedAgain } from "./emptying/listed-again.ts";
import { obstacleOf } from "./emptying/obstacle.ts";
import { emptySlice } from "./emptying/slice.ts";
import { keepsFilling, newTally, noteProgress, type Tally } from "./emptying/tally.ts";
import { deletionViolation } from "./guardrails.ts";
import { findOwnBucket } from "./own-bucket.ts";
import { removeBucket } from "./remove-bucket.ts";

/** Length of a slice of work. After it the object returns to the queue, so that others get the worker. */
const SLICE_MS = 10_000;
/** How often a slice reads the object, so that a user can stop the deletion even if the watch lags. */
const RECHECK_MS = 1_000;

/** Empties the bucket in slices, then deletes it. Throws until it is gone. */
export async function deleteWithContents(dependencies: BucketDependencies, context: BucketContext): Promise<void> {
  const { object, status } = context;
  const { emptying, now } = dependencies;
  const target = await findOwnBucket(dependencies, context);
  if (target === undefined) return;
  const { account, bucket, tags } = target;
  const violation = deletionViolation(object, account, bucket.name);
  if (violation !== undefined) {
    await withdrawLifecycle(context, bucket, tags);
    throw violation;
  }
  await announce(context, bucket, now());

  const own = emptying.lifecycleAbove - (status.deletion?.objectsDeleted ?? 0);
  if (own <= 0) await leaveToLifecycle(context, target, now());
  const tally = await workOn(dependencies, context, bucket, own > 0 ? own : Infinity);
  if (tally.refused !== undefined) throw await obstacleOf(bucket, tally.refused, now());
  if (tally.postponed !== undefined) throwFailure("s3:DeleteObjectVersion", `${bucket.arn}/*`)(tally.postponed);
  if (tally.complete && (await removeBucket(context, bucket))) return;
  await refuseIfListedAgain(bucket, tally.firstDeleted);
  throw toBeContinued(context, bucket, tally);
}

/** Stops S3 Lifecycle from expiring the contents, once the deletion no longer covers them. */
export async function withdraw(dependencies: BucketDependencies, context: BucketContext): Promise<void> {
  if (context.status.deletion?.lifecycleStartedTime === undefined) return;
  const target = await findOwnBucket(dependencies, context);
  if (target !== undefined) await withdrawLifecycle(context, target.bucket, target.tags);
}

/** Recorded before anything is deleted. */
async function announce(
  { status, event, progress }: BucketContext,
  { name }: BucketClient,
  now: number,
): Promise<void> {
  if (status.deletion?.startedTime !== undefined) return;
  status.deletion = { startedTime: new Date(now).toISOString(), objectsDeleted: 0, uploadsAborted: 0 };
  const note = `Deleting everything in bucket '${name}': objects, versions, delete markers and multipart uploads`;
  event({ type: "Normal", reason: REASON.emptying, action: "Delete", note });
  await progress(REASON.emptying, note);
}

/** Counts progress even if the slice fails. */
async function workOn(
  { emptying, now }: BucketDependencies,
  { status, signal, ensureCurrent }: BucketContext,
  bucket: BucketClient,
  deletions: number,
): Promise<Tally> {
  using turn = emptying.takeTurn();
  if (turn === undefined) {
    throw again(REASON.emptying, "Waiting for other buckets to be emptied", DELAY_MS.turn);
  }
  const tally = newTally();
  const end = now() + SLICE_MS;
  const since = Date.parse(status.deletion?.startedTime ?? "");
  try {
    const ensureWanted = atMostEvery(RECHECK_MS, now, ensureCurrent);
    await emptySlice(bucket, { hasTime: () => now() < end, ensureWanted, deletions, since }, tally);
    signal.throwIfAborted();
  } finally {
    emptying.onDeleted(tally.deleted);
    noteProgress(status, tally, new Date(now()).toISOString());
  }
  return tally;
}

/** Runs `check` at most every `ms`; the first time after `ms`, since the reconcile has just read the object. */
function atMostEvery(ms: number, now: () => number, check: () => Promise<void>): () => Promise<void> {
  let last = now();
  return async () => {
    if (now() - last < ms) return;
    last = now();
    await check();
  };
}

function toBeContinued({ status }: BucketContext, { name }: BucketClient, tally: Tally): Error {
  const { objectsDeleted = 0 } = status.deletion ?? {};
  const deleted = `${objectsDeleted.toLocaleString("en")} versions and delete markers deleted so far`;
  if (keepsFilling(tally)) {
    const message =
      `Objects are being written to bucket '${name}' as fast as they are deleted (${deleted}): ` +
      "stop the writers, or set spec.deletionPolicy to Retain";
    return waiting(REASON.bucketKeepsFilling, message, DELAY_MS.filling);
  }
  if (tally.complete) {
    const message = `Bucket '${name}' lists nothing more (${deleted}), but S3 answers that it is not empty`;
    return waiting(REASON.emptying, message, DELAY_MS.emptied);
  }
  return again(REASON.emptying, `Emptying bucket '${name}': ${deleted}`, DELAY_MS.nextSlice);
}

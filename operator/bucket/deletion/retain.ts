import { CLAIM_TAGS, originOf, originTag, releaseTag } from "../../api/ownership.ts";
import { REASON } from "../../api/reasons.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import { deadline, sleep, systemClock } from "../../clock.ts";
import { awsFailure } from "../../reconcile/aws-failure.ts";
import { failureIn } from "../../reconcile/outcome.ts";
import type { BucketContext, BucketDependencies } from "../dependencies.ts";
import { changeTags } from "../tagging/tagging.ts";
import { resolveTarget } from "../target.ts";
import { withdrawLifecycle } from "./emptying/hand-over.ts";
import { deletionViolation } from "./guardrails.ts";
import { findOwnTags } from "./own-bucket.ts";

/** The release only helps the next owner, so it must not delay the deletion for long. */
const RELEASE_TIMEOUT_MS = 20_000;
const RETRY_MS = 1_000;

/** Releases the bucket, best effort. Waits only if the AWSAccount forbids Retain, or S3 Lifecycle cannot be stopped. */
export async function retain(dependencies: BucketDependencies, context: BucketContext): Promise<void> {
  using end = deadline(systemClock, RELEASE_TIMEOUT_MS, context.signal);
  const releasing = releaseUntil(end.signal, dependencies, context);
  const obstacle = await releasing.catch((error: unknown) => notReleased(context, error));
  if (obstacle !== undefined) throw obstacle;
}

/** Retries conflicts and throttling until the timeout. */
async function releaseUntil(
  timeout: AbortSignal,
  dependencies: BucketDependencies,
  context: BucketContext,
): Promise<Error | undefined> {
  for (;;) {
    try {
      return await release(timeout, dependencies, context);
    } catch (error) {
      if (!isPassing(error)) throw error;
      await sleep(systemClock, RETRY_MS, timeout);
      if (timeout.aborted) throw error;
    }
  }
}

function isPassing(error: unknown): boolean {
  const kind = failureIn(error)?.reason ?? awsErrorKind(error);
  return kind === "Conflict" || kind === "Throttled";
}

async function release(
  timeout: AbortSignal,
  dependencies: BucketDependencies,
  context: BucketContext,
): Promise<Error | undefined> {
  const { object, event } = context;
  const target = await resolveTarget(dependencies, object, timeout);
  const { account, bucket, owner } = target;
  const tags = await findOwnTags(context, target);
  if (tags === undefined) return undefined;
  const kept = await orError(withdrawLifecycle(context, bucket, tags));
  if (kept instanceof Error) return kept;
  const violation = deletionViolation(object, account, bucket.name);
  if (violation !== undefined) return violation;
  // An earlier attempt may have removed the origin tag to make room.
  const origin = originOf(kept) === undefined ? originTag(object.status?.origin) : {};
  await changeTags(bucket, kept, { set: { ...releaseTag(owner), ...origin }, dropAfter: CLAIM_TAGS });
  event({
    type: "Normal",
    reason: REASON.bucketReleased,
    action: "Release",
    note: `Bucket '${bucket.name}' stays, with everything in it; a new S3Bucket of this name takes it over again`,
  });
  return undefined;
}

async function orError<T>(work: Promise<T>): Promise<T | Error> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

function notReleased({ signal, log, event }: BucketContext, error: unknown): undefined {
  signal.throwIfAborted();
  log.warn({ error }, "S3Bucket was deleted without releasing its bucket");
  event({
    type: "Warning",
    reason: REASON.bucketNotReleased,
    action: "Release",
    note: `The bucket stays tagged as this object's, because the operator could not change its tags: ${messageOf(error)}`,
  });
}

function messageOf(error: unknown): string {
  return awsFailure(error)?.message ?? (error instanceof Error ? error.message : String(error));
}

import { REASON } from "../../api/reasons.ts";
import type { BucketContext, BucketDependencies } from "../dependencies.ts";
import { CLAIM_TAGS, releaseTag } from "../../ownership.ts";
import { putTags, removeTags } from "../settings/tags.ts";
import type { Stop } from "../../kube/stop.ts";
import { resolveTarget } from "../target.ts";
import { isOurs } from "./own-bucket.ts";
import { refusal } from "./permit.ts";

/** A release is a courtesy to the next claim: it may not hold up a deletion for long. */
const RELEASE_TIMEOUT_MS = 20_000;

/** Best effort: the object goes also when AWS cannot be reached, and says so. It waits only if its account is known not to allow this. */
export async function retain(dependencies: BucketDependencies, context: BucketContext): Promise<void> {
  const refused = await release(dependencies, context).catch((error: unknown) => notReleased(context, error));
  if (refused !== undefined) throw refused;
}

async function release(dependencies: BucketDependencies, context: BucketContext): Promise<Stop | undefined> {
  const { object, signal, event } = context;
  const timeout = AbortSignal.any([signal, AbortSignal.timeout(RELEASE_TIMEOUT_MS)]);
  const { account, bucket, owner } = await resolveTarget(dependencies, object, timeout);
  if (!(await isOurs(bucket, owner))) return undefined;
  const refused = refusal(object, account, bucket.name);
  if (refused !== undefined) return refused;
  await putTags(bucket, releaseTag(owner));
  await removeTags(bucket, CLAIM_TAGS);
  event({
    type: "Normal",
    reason: REASON.bucketReleased,
    action: "Release",
    note: `Bucket '${bucket.name}' stays, with everything in it; an S3Bucket of this name finds it again`,
  });
  return undefined;
}

function notReleased({ signal, log, event }: BucketContext, error: unknown): undefined {
  signal.throwIfAborted();
  log.warn({ error }, "S3Bucket was deleted without releasing its bucket");
  event({
    type: "Warning",
    reason: REASON.bucketNotReleased,
    action: "Release",
    note: `The bucket stays, and keeps its tags as this object's, because they could not be changed: ${messageOf(error)}`,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

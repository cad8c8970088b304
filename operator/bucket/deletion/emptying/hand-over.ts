import { REASON } from "../../../api/reasons.ts";
import type { BucketClient } from "../../bucket-client.ts";
import type { BucketContext } from "../../dependencies.ts";
import { failWith } from "../../../reconcile/aws-failure.ts";
import { again } from "../../../reconcile/outcome.ts";
import { EXPIRING_TAG, originOf, originTag, type Tags } from "../../../api/ownership.ts";
import { hasRoomFor } from "../../tagging/room.ts";
import { changeTags } from "../../tagging/tagging.ts";
import { expireAll, stopExpiring } from "./lifecycle.ts";
import { describeProtection, protectionOf } from "./protection.ts";
import { type Version, versionPages } from "./versions.ts";

/** S3 looks at lifecycle rules once a day. */
const RECHECK_MS = 1_800_000;

/**
 * Has S3 expire what is left, and throws to look again later; returns when so little is left that the operator better does it itself, and
 * where the tag that says so finds no room.
 * `now` in milliseconds since the epoch.
 */
export async function leaveToLifecycle(
  context: BucketContext,
  { bucket, tags }: { bucket: BucketClient; tags: Tags },
  now: number,
): Promise<void> {
  const { value: page } = await versionPages(bucket).next();
  if (page === undefined || page.isLast || !hasRoomFor(EXPIRING_TAG, tags)) return;
  await announce(context, bucket, tags, now);
  await expireAll(bucket);
  const { objectsDeleted = 0, lifecycleStartedTime } = context.status.deletion ?? {};
  const message =
    `The operator has deleted ${objectsDeleted.toLocaleString("en")} versions and delete markers from bucket '${bucket.name}'; ` +
    `since ${lifecycleStartedTime} S3 Lifecycle expires the others, which takes days`;
  const protection = await protectionNote(bucket, page.versions, now);
  throw again(REASON.emptyingByLifecycle, `${message}${protection}`, RECHECK_MS);
}

/** On record before it is so, because it has to be undone should somebody change their mind. */
async function announce(
  { status, event, progress }: BucketContext,
  bucket: BucketClient,
  tags: Tags,
  now: number,
): Promise<void> {
  if (status.deletion?.lifecycleStartedTime !== undefined) return;
  const since = new Date(now).toISOString();
  await changeTags(bucket, tags, { set: { [EXPIRING_TAG]: since } }).catch(failWith("s3:TagResource", bucket.arn));
  status.deletion = { ...status.deletion, lifecycleStartedTime: since };
  const note = `Bucket '${bucket.name}' holds too much to be emptied call by call: its lifecycle configuration becomes one by which S3 expires everything`;
  event({ type: "Normal", reason: REASON.emptyingByLifecycle, action: "Delete", note });
  await progress(REASON.emptyingByLifecycle, note);
}

/** Lifecycle leaves what object lock protects, and nobody would learn why it does not end. */
async function protectionNote(bucket: BucketClient, versions: readonly Version[], now: number): Promise<string> {
  const first = versions.find(({ isDeleteMarker }) => !isDeleteMarker);
  if (first === undefined) return "";
  const protection = await protectionOf(bucket, first, now);
  if (protection.kind === "None") return "";
  return `. ${describeProtection(first, protection)}`;
}

/** If S3 has been expiring what is in the bucket, that ends here: what is still there stays. Returns the tags that the bucket has then. */
export async function withdrawLifecycle(
  { object, status, event }: BucketContext,
  bucket: BucketClient,
  tags: Tags,
): Promise<Tags> {
  const { [EXPIRING_TAG]: since, ...others } = tags;
  if (since === undefined && status.deletion?.lifecycleStartedTime === undefined) return tags;
  await stopExpiring(bucket);
  // It may have given its place to the other tag.
  const origin = originOf(tags) === undefined ? originTag(object.status?.origin) : {};
  if (since !== undefined) {
    const change = { drop: [EXPIRING_TAG], set: origin };
    await changeTags(bucket, tags, change).catch(failWith("s3:UntagResource", bucket.arn));
  }
  delete status.deletion?.lifecycleStartedTime;
  const note = `S3 no longer expires what is in bucket '${bucket.name}'; the bucket has no lifecycle configuration now`;
  event({ type: "Warning", reason: REASON.emptyingStopped, action: "Delete", note });
  return since === undefined ? tags : { ...others, ...origin };
}

/** The settings are looked at when S3 has had the time to forget the rules. */
const LOOK_AGAIN_MS = 2_000;

/**
 * For an S3Bucket that is not being deleted: its bucket may still be emptied for one that was, such as one whose finalizer was taken away, or that was
 * restored from a backup.
 */
export async function endForgottenExpiry(context: BucketContext, bucket: BucketClient, tags: Tags): Promise<void> {
  if (!Object.hasOwn(tags, EXPIRING_TAG)) return;
  await withdrawLifecycle(context, bucket, tags);
  delete context.status.deletion;
  throw again(REASON.emptyingStopped, `S3 no longer expires what is in bucket '${bucket.name}'`, LOOK_AGAIN_MS);
}

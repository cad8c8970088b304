import { EXPIRING_TAG, originOf, originTag, type Tags } from "../../../api/ownership.ts";
import { REASON } from "../../../api/reasons.ts";
import { throwFailure } from "../../../reconcile/aws-failure.ts";
import { DELAY_MS } from "../../../reconcile/delays.ts";
import { again } from "../../../reconcile/outcome.ts";
import type { BucketClient } from "../../bucket-client.ts";
import type { BucketContext } from "../../dependencies.ts";
import { hasRoomFor } from "../../tagging/room.ts";
import { changeTags } from "../../tagging/tagging.ts";
import { expireAll, stopExpiring } from "./lifecycle.ts";
import { describeProtection, protectionOf } from "./protection.ts";
import { versionPages, type Version } from "./versions.ts";

/**
 * Lets S3 Lifecycle expire the rest, and throws to check again later. Returns if one page is left, which the operator
 * deletes itself, or if there is no room for the tag that records the expiry. `now` in milliseconds since the epoch.
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
    `since ${lifecycleStartedTime} S3 Lifecycle expires the rest, which takes days`;
  const protection = await protectionNote(bucket, page.versions, now);
  throw again(REASON.emptyingByLifecycle, `${message}${protection}`, DELAY_MS.lifecycle);
}

/** Recorded in a tag and in status first, so that it can be undone. */
async function announce(
  { status, event, progress }: BucketContext,
  bucket: BucketClient,
  tags: Tags,
  now: number,
): Promise<void> {
  if (status.deletion?.lifecycleStartedTime !== undefined) return;
  const since = new Date(now).toISOString();
  await changeTags(bucket, tags, { set: { [EXPIRING_TAG]: since } }).catch(throwFailure("s3:TagResource", bucket.arn));
  status.deletion = { ...status.deletion, lifecycleStartedTime: since };
  const note = `Bucket '${bucket.name}' is too large to be emptied call by call: its lifecycle configuration is replaced by one that expires everything`;
  event({ type: "Normal", reason: REASON.emptyingByLifecycle, action: "Delete", note });
  await progress(REASON.emptyingByLifecycle, note);
}

/** Object lock stops S3 Lifecycle: names a protected version, so that users know why the bucket does not get empty. */
async function protectionNote(bucket: BucketClient, versions: readonly Version[], now: number): Promise<string> {
  const first = versions.find(({ isDeleteMarker }) => !isDeleteMarker);
  if (first === undefined) return "";
  const protection = await protectionOf(bucket, first, now);
  if (protection.kind === "None") return "";
  return `. ${describeProtection(first, protection)}`;
}

/** Stops an expiry by S3 Lifecycle; what is left stays. Returns the bucket's tags afterwards. */
export async function withdrawLifecycle(
  { object, status, event }: BucketContext,
  bucket: BucketClient,
  tags: Tags,
): Promise<Tags> {
  const { [EXPIRING_TAG]: since, ...others } = tags;
  if (since === undefined && status.deletion?.lifecycleStartedTime === undefined) return tags;
  await stopExpiring(bucket);
  // The origin tag may have made room for the other one.
  const origin = originOf(tags) === undefined ? originTag(object.status?.origin) : {};
  if (since !== undefined) {
    const change = { drop: [EXPIRING_TAG], set: origin };
    await changeTags(bucket, tags, change).catch(throwFailure("s3:UntagResource", bucket.arn));
  }
  delete status.deletion?.lifecycleStartedTime;
  const note = `S3 no longer expires what is in bucket '${bucket.name}'; the bucket has no lifecycle configuration now`;
  event({ type: "Warning", reason: REASON.emptyingStopped, action: "Delete", note });
  return since === undefined ? tags : { ...others, ...origin };
}

/** S3 may still empty the bucket for a deleted object, such as one whose finalizer was removed by hand. */
export async function endForgottenExpiry(context: BucketContext, bucket: BucketClient, tags: Tags): Promise<void> {
  if (!Object.hasOwn(tags, EXPIRING_TAG)) return;
  await withdrawLifecycle(context, bucket, tags);
  delete context.status.deletion;
  throw again(REASON.emptyingStopped, `S3 no longer expires what is in bucket '${bucket.name}'`, DELAY_MS.visible);
}

import { REASON } from "../../../api/reasons.ts";
import { stalled } from "../../../reconcile/outcome.ts";
import type { BucketClient } from "../../bucket-client.ts";
import { shownKey, versionPages, type Version } from "./versions.ts";

/**
 * Throws an OutcomeError if the first version that a slice deleted is listed again, because emptying would never end.
 * S3's listings are consistent: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
 */
export async function refuseIfListedAgain(bucket: BucketClient, deleted: Version | undefined): Promise<void> {
  if (deleted === undefined) return;
  // All versions before it are deleted too, so it would be on the first page.
  const { value: page } = await versionPages(bucket).next();
  if (page?.versions.some((listed) => isSame(listed, deleted)) === true) throw listedAgain(bucket, deleted);
}

/** All "null" versions of a key have the same id. */
function isSame(one: Version, other: Version): boolean {
  return one.key === other.key && one.versionId === other.versionId && one.lastModified === other.lastModified;
}

function listedAgain({ name }: BucketClient, { key, versionId }: Version): Error {
  const message =
    `The endpoint answered that version ${versionId} of object ${shownKey(key)} was deleted, and lists it again, so that bucket '${name}' ` +
    "cannot be emptied by the operator: empty it by other means, or set spec.deletionPolicy to Retain";
  return stalled(REASON.deletionWithoutEffect, message);
}

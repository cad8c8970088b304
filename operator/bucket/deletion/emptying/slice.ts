import type { AwsErrorKind } from "../../../aws/error-codes.ts";
import { awsErrorKind } from "../../../aws/errors.ts";
import type { BucketClient } from "../../bucket-client.ts";
import { failWith } from "../../../reconcile/aws-failure.ts";
import { inLanes } from "./in-lanes.ts";
import { noteDeleted, noteRefused, type Tally } from "./tally.ts";
import { abortUpload, type Upload, uploadsOf } from "./uploads.ts";
import { deleteVersions, type Deletion, type Version, versionPages } from "./versions.ts";

/** Calls under way at once. With 1,000 keys each that is about what S3 takes for one prefix before it throttles. */
const LANES = 4;
/** Trying on where all is refused would be calls for nothing. */
const MAX_FUTILE_PAGES = 4;

/** How far a slice goes: at least one page, whatever they say, so that each one is a step. */
export interface Limits {
  hasTime: () => boolean;
  /** Called before each further page and upload; throws when the bucket is no longer to be emptied. */
  ensureWanted: () => Promise<void>;
  /** Versions and delete markers, up to the next whole page. */
  deletions: number;
  /** Milliseconds since the epoch: what was written later than this is recent. */
  since: number;
}

/**
 * Aborts uploads and deletes versions and delete markers, until nothing is left to try or the limits are reached. What S3 refuses does not stop
 * the rest. It has no memory: what is listed is what is left. Counts into `tally`, also when it throws.
 */
export async function emptySlice(bucket: BucketClient, limits: Limits, tally: Tally): Promise<void> {
  const mayGoOn = () =>
    limits.hasTime() &&
    tally.deleted < limits.deletions &&
    tally.futilePages < MAX_FUTILE_PAGES &&
    tally.postponed === undefined;

  // Uploads first: one that is completed becomes a version.
  const { ensureWanted } = limits;
  const uploads = whilst(() => mayGoOn() && tally.refused === undefined, ensureWanted, uploadsOf(bucket));
  await inLanes(LANES, uploads, (upload) => abort(bucket, upload, tally));

  await inLanes(LANES, whilst(mayGoOn, ensureWanted, versionPages(bucket)), async ({ versions, isLast }) => {
    noteDeletions(await tryToDelete(bucket, versions), limits.since, tally);
    if (isLast) tally.complete = true;
  });
}

/** The items up to the first after which there may be no further one. */
async function* whilst<T>(
  mayGoOn: () => boolean,
  ensureWanted: () => Promise<void>,
  items: AsyncGenerator<T, void>,
): AsyncGenerator<T, void> {
  for await (const item of items) {
    yield item;
    if (!mayGoOn()) return;
    await ensureWanted();
  }
}

async function abort(bucket: BucketClient, upload: Upload, tally: Tally): Promise<void> {
  try {
    await abortUpload(bucket, upload);
    tally.uploadsAborted += 1;
  } catch (error) {
    const kind = awsErrorKind(error);
    if (kind === "NotFound") return;
    if (kind !== "AccessDenied") return failWith("s3:AbortMultipartUpload", `${bucket.arn}/*`)(error);
    noteRefused(tally, { key: upload.key, error });
  }
}

/** MFA delete and the like refuse a call as a whole: then each of its versions is refused. */
async function tryToDelete(bucket: BucketClient, versions: readonly Version[]): Promise<Deletion[]> {
  try {
    return await deleteVersions(bucket, versions);
  } catch (error) {
    if (awsErrorKind(error) !== "AccessDenied") return failWith("s3:DeleteObjectVersion", `${bucket.arn}/*`)(error);
    return versions.map((version) => ({ version, error }));
  }
}

/** Errors that say nothing about the version itself: another time it may go. */
const PASSING: ReadonlySet<AwsErrorKind | undefined> = new Set(["Throttled", "Unavailable", "Conflict", "Credentials"]);

function noteDeletions(deletions: readonly Deletion[], since: number, tally: Tally): void {
  const before = tally.deleted;
  for (const { version, error } of deletions) {
    const kind = awsErrorKind(error);
    if (error === undefined || kind === "NotFound") noteDeleted(tally, version, since);
    else if (PASSING.has(kind)) tally.postponed = error;
    else noteRefused(tally, { key: version.key, versionId: version.versionId, error });
  }
  if (deletions.length > 0 && tally.deleted === before) tally.futilePages += 1;
}

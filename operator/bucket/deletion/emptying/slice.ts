import type { AwsErrorKind } from "../../../aws/error-codes.ts";
import { awsErrorKind } from "../../../aws/errors.ts";
import { throwFailure } from "../../../reconcile/aws-failure.ts";
import type { BucketClient } from "../../bucket-client.ts";
import { inLanes } from "./in-lanes.ts";
import { noteDeleted, noteRefused, type Tally } from "./tally.ts";
import { abortUpload, uploadsOf, type Upload } from "./uploads.ts";
import { deleteVersions, versionPages, type Deletion, type Version } from "./versions.ts";

/** Concurrent calls. With 1,000 keys each, about what S3 accepts for one prefix before it throttles. */
const LANES = 4;
/** Stops after this many pages on which S3 refused everything. */
const MAX_FUTILE_PAGES = 4;

/** When a slice stops. Each slice handles at least one page, so that it makes progress. */
export interface Limits {
  hasTime: () => boolean;
  /** Called before each further page and upload; throws once the bucket must no longer be emptied. */
  ensureWanted: () => Promise<void>;
  /** Maximum of versions and delete markers, rounded up to whole pages. */
  deletions: number;
  /** Versions written later are recent. Milliseconds since the epoch. */
  since: number;
}

/**
 * Aborts uploads and deletes versions and delete markers, until nothing is left or a limit is reached. Goes on with the
 * rest if S3 refuses one. Needs no state: the listing shows what is left. Counts into `tally`, even if it throws.
 */
export async function emptySlice(bucket: BucketClient, limits: Limits, tally: Tally): Promise<void> {
  const mayGoOn = () =>
    limits.hasTime() &&
    tally.deleted < limits.deletions &&
    tally.futilePages < MAX_FUTILE_PAGES &&
    tally.postponed === undefined;

  // Uploads first, since a completed upload becomes a version.
  const { ensureWanted } = limits;
  const uploads = whilst(() => mayGoOn() && tally.refused === undefined, ensureWanted, uploadsOf(bucket));
  await inLanes(LANES, uploads, (upload) => abort(bucket, upload, tally));

  await inLanes(LANES, whilst(mayGoOn, ensureWanted, versionPages(bucket)), async ({ versions, isLast }) => {
    noteDeletions(await tryToDelete(bucket, versions), limits.since, tally);
    if (isLast) tally.complete = true;
  });
}

/** Yields items while `mayGoOn`, at least one. */
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
    if (kind !== "AccessDenied") return throwFailure("s3:AbortMultipartUpload", `${bucket.arn}/*`)(error);
    noteRefused(tally, { key: upload.key, error });
  }
}

/** If S3 denies the whole call, as with MFA delete, each version counts as refused. */
async function tryToDelete(bucket: BucketClient, versions: readonly Version[]): Promise<Deletion[]> {
  try {
    return await deleteVersions(bucket, versions);
  } catch (error) {
    if (awsErrorKind(error) !== "AccessDenied") return throwFailure("s3:DeleteObjectVersion", `${bucket.arn}/*`)(error);
    return versions.map((version) => ({ version, error }));
  }
}

/** Errors that do not concern the version: a later attempt may succeed. */
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

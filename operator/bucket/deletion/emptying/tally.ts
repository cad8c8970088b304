import type { S3BucketStatus } from "../../../api/types.ts";
import type { Version } from "./versions.ts";

/** A version or upload that S3 refused to delete. */
export interface Refused {
  key: string;
  /** Absent for a multipart upload. */
  versionId?: string;
  error: unknown;
}

/** Progress of one slice, updated as it goes, so that it is right even if the slice fails. */
export interface Tally {
  /** Versions and delete markers deleted. */
  deleted: number;
  /** Deleted ones that were written after the emptying began. */
  recent: number;
  /** The first by key among those that are not recent. S3 must not list it again. */
  firstDeleted?: Version;
  uploadsAborted: number;
  /** Pages on which S3 refused everything. */
  futilePages: number;
  /** The first refused one in S3's order, so that each attempt reports the same one. */
  refused?: Refused;
  /** The error of a deletion that a later attempt may complete. */
  postponed?: unknown;
  /** The last page was handled. */
  complete: boolean;
}

export function newTally(): Tally {
  return { deleted: 0, recent: 0, uploadsAborted: 0, futilePages: 0, complete: false };
}

/** `since`: when the emptying began, in milliseconds since the epoch. */
export function noteDeleted(tally: Tally, version: Version, since: number): void {
  tally.deleted += 1;
  if (version.lastModified > since) tally.recent += 1;
  else if (tally.firstDeleted === undefined || version.key < tally.firstDeleted.key) tally.firstDeleted = version;
}

/** Keeps the first by key, since several pages are handled at once. */
export function noteRefused(tally: Tally, refused: Refused): void {
  if (tally.refused === undefined || refused.key < tally.refused.key) tally.refused = refused;
}

/** Adds the progress of a slice to status. */
export function noteProgress(status: S3BucketStatus, { deleted, uploadsAborted }: Tally, now: string): void {
  if (deleted === 0 && uploadsAborted === 0) return;
  const before = status.deletion ?? {};
  status.deletion = {
    ...before,
    lastProgressTime: now,
    objectsDeleted: (before.objectsDeleted ?? 0) + deleted,
    uploadsAborted: (before.uploadsAborted ?? 0) + uploadsAborted,
  };
}

/** Whether most deleted versions are recent: another writer fills the bucket as fast as it is emptied. */
export function keepsFilling({ deleted, recent }: Tally): boolean {
  return recent > 0 && recent * 2 >= deleted;
}

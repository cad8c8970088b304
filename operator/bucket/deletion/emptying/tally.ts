import type { S3BucketStatus } from "../../../api/types.ts";
import type { Version } from "./versions.ts";

/** Something that S3 would not let go. */
export interface Refused {
  key: string;
  /** Of a version or delete marker. Absent: it is a multipart upload. */
  versionId?: string;
  error: unknown;
}

/** What one slice of work has come to; counts go up as it goes on, so that they are right whatever ends it. */
export interface Tally {
  /** Versions and delete markers deleted. */
  deleted: number;
  /** Of those, how many were written after the emptying began. */
  recent: number;
  /** The first by key of those that are not recent, which S3 must not list again. A recent one may have been written again. */
  firstDeleted?: Version;
  uploadsAborted: number;
  /** Pages of versions of which nothing could be deleted. */
  futilePages: number;
  /** The first in S3's order of those that only a person, or time, can help; the same at each try. */
  refused?: Refused;
  /** Why S3 did not delete something that it may delete another time. */
  postponed?: unknown;
  /** All that was listed was tried. */
  complete: boolean;
}

export function newTally(): Tally {
  return { deleted: 0, recent: 0, uploadsAborted: 0, futilePages: 0, complete: false };
}

/** `since` in milliseconds since the epoch: when the emptying began. */
export function noteDeleted(tally: Tally, version: Version, since: number): void {
  tally.deleted += 1;
  if (version.lastModified > since) tally.recent += 1;
  else if (tally.firstDeleted === undefined || version.key < tally.firstDeleted.key) tally.firstDeleted = version;
}

/** Keeps the first by key: pages are worked on several at a time, and status is to say the same each time. */
export function noteRefused(tally: Tally, refused: Refused): void {
  if (tally.refused === undefined || refused.key < tally.refused.key) tally.refused = refused;
}

/** Adds a slice to what status tells. */
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

/** Most of what is deleted has only just been written: somebody fills the bucket as fast as it is emptied. */
export function keepsFilling({ deleted, recent }: Tally): boolean {
  return recent > 0 && recent * 2 >= deleted;
}

import { fakeBucket, sdkError, type Call, type FakeBucket } from "../../testing/fake-bucket.ts";

/** What is in the bucket: versions by "key version", with a "marker" at the end for delete markers. */
export interface Contents {
  versions?: string[];
  /** "key id" */
  uploads?: string[];
}

export interface VersionedBucket extends FakeBucket {
  /** The remaining content. */
  versions: Set<string>;
  uploads: Set<string>;
  /** Error codes for single versions. */
  refusals: Map<string, string>;
  /** Overrides answers, by command; may throw. */
  answers: Record<string, (call: Call) => unknown>;
}

/** `LastModified` of everything in it. */
export const WRITTEN = new Date("2026-01-01T00:00:00Z");

/** A bucket in memory that lists in pages of `pageSize`, without encoding, and can be emptied. */
export function versionedBucket({ versions = [], uploads = [] }: Contents, pageSize = 1_000): VersionedBucket {
  const left = { versions: new Set(versions), uploads: new Set(uploads) };
  const refusals = new Map<string, string>();
  const answers: VersionedBucket["answers"] = {};
  const routes: VersionedBucket["answers"] = {
    ListObjectVersionsCommand: ({ input }) => {
      const { items, more } = pageAfter(
        left.versions,
        `${text(input.KeyMarker)} ${text(input.VersionIdMarker)}`,
        pageSize,
      );
      const listed = items.map((name) => ({ marker: name.endsWith("marker"), ...named(name), LastModified: WRITTEN }));
      return {
        IsTruncated: more,
        NextKeyMarker: listed.at(-1)?.Key,
        NextVersionIdMarker: listed.at(-1)?.VersionId,
        Versions: listed.filter(({ marker }) => !marker),
        DeleteMarkers: listed.filter(({ marker }) => marker),
      };
    },
    DeleteObjectsCommand: ({ input }) => {
      const { Objects } = input.Delete as { Objects: { Key: string; VersionId: string }[] };
      const Errors = Objects.flatMap(({ Key, VersionId }) => {
        const Code = refusals.get(`${Key} ${VersionId}`);
        if (Code !== undefined) return [{ Key, VersionId, Code, Message: Code }];
        left.versions.delete(`${Key} ${VersionId}`);
        return [];
      });
      return { Errors };
    },
    DeleteObjectCommand: ({ input }) => void left.versions.delete(`${text(input.Key)} ${text(input.VersionId)}`),
    ListMultipartUploadsCommand: ({ input }) => {
      const { items, more } = pageAfter(
        left.uploads,
        `${text(input.KeyMarker)} ${text(input.UploadIdMarker)}`,
        pageSize,
      );
      const listed = items.map(named).map(({ Key, VersionId }) => ({ Key, UploadId: VersionId }));
      const last = listed.at(-1);
      return { IsTruncated: more, NextKeyMarker: last?.Key, NextUploadIdMarker: last?.UploadId, Uploads: listed };
    },
    AbortMultipartUploadCommand: ({ input }) => {
      if (!left.uploads.delete(`${text(input.Key)} ${text(input.UploadId)}`)) throw sdkError("NoSuchUpload", 404);
    },
  };
  const fake = fakeBucket((call) => (answers[call.command] ?? routes[call.command])?.(call) ?? {});
  return { ...fake, ...left, refusals, answers };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function named(name: string): { Key: string; VersionId: string } {
  const space = name.lastIndexOf(" ");
  return { Key: name.slice(0, space), VersionId: name.slice(space + 1) };
}

function pageAfter(names: ReadonlySet<string>, marker: string, size: number): { items: string[]; more: boolean } {
  const after = [...names].sort().filter((name) => name > marker || marker === " ");
  return { items: after.slice(0, size), more: after.length > size };
}

/** "k001 v" and so on. */
export function names(count: number, first = 1): string[] {
  return Array.from({ length: count }, (_, index) => `k${String(first + index).padStart(3, "0")} v`);
}

/** Versions and delete markers: https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html */

import { createHash } from "node:crypto";
import { AwsError } from "../errors.ts";
import type { Bucket, ObjectProperties, ObjectVersion, World } from "../state.ts";
import { refuseIfProtected } from "./protection.ts";

/** A version of an object; the current version if `versionId` is undefined. */
export interface VersionTarget {
  key: string;
  versionId: string | undefined;
}

/** The removed version, or the new delete marker. */
export interface Removed {
  /** Undefined if the bucket was never versioned. */
  versionId: string | undefined;
  deleteMarker: boolean;
}

/** What differs from object to object. */
export type Content = ObjectProperties & Pick<ObjectVersion, "body" | "etag" | "checksum" | "partSizes">;

/** Properties of an object that is put without any headers. */
export const PLAIN: Omit<ObjectProperties, "tags"> = {
  contentType: "binary/octet-stream",
  metadata: {},
  storageClass: "STANDARD",
  acl: "private",
  retention: undefined,
  legalHold: undefined,
  kmsKeyArn: undefined,
  bucketKeyEnabled: false,
};

/** Throws NoSuchKey or NoSuchVersion, and MethodNotAllowed for the version ID of a delete marker. */
export function findVersion(bucket: Bucket, { key, versionId }: VersionTarget): ObjectVersion {
  const versions = bucket.objects.get(key) ?? [];
  const version =
    versionId === undefined ? versions[0] : versions.find((candidate) => candidate.versionId === versionId);
  if (version?.deleteMarker === true && versionId !== undefined) {
    const headers = { "x-amz-delete-marker": "true" };
    const message = "The specified method is not allowed against this resource.";
    throw new AwsError(405, "MethodNotAllowed", message, { details: { ResourceType: "DeleteMarker" }, headers });
  }
  if (version !== undefined && !version.deleteMarker) return version;
  const details = { Key: key };
  if (versionId === undefined) {
    const headers = version === undefined ? {} : { "x-amz-delete-marker": "true", ...versionIdHeader(bucket, version) };
    throw new AwsError(404, "NoSuchKey", "The specified key does not exist.", { details, headers });
  }
  throw new AwsError(404, "NoSuchVersion", "The specified version does not exist.", { details });
}

/** Adds a version. Without enabled versioning it replaces the "null" version. */
export function addVersion(bucket: Bucket, key: string, world: World, content: Content): ObjectVersion {
  return putOnTop(bucket, key, newVersion(bucket, world, content));
}

/** A new version: with a version ID if versioning is enabled. */
export function newVersion(bucket: Bucket, world: World, content: Content): ObjectVersion {
  return {
    ...content,
    versionId: bucket.versioning === "Enabled" ? `v${String(world.next()).padStart(9, "0")}` : "null",
    deleteMarker: false,
    lastModified: world.now(),
    restored: undefined,
  };
}

/** The entity tag of an object or part that is put at once. */
export function etagOf(body: Buffer): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}

/** The version ID, unless the bucket was never versioned. */
export function versionIdHeader({ versioning }: Bucket, { versionId }: ObjectVersion): Record<string, string> {
  return versioning === undefined ? {} : { "x-amz-version-id": versionId };
}

/** Object lock does not protect delete markers. */
export function newDeleteMarker(bucket: Bucket, world: World): ObjectVersion {
  const content = {
    ...PLAIN,
    tags: new Map(),
    body: Buffer.alloc(0),
    etag: "",
    checksum: undefined,
    partSizes: undefined,
  };
  return { ...newVersion(bucket, world, content), deleteMarker: true };
}

/**
 * Removes the version. Without a version ID it adds a delete marker, or removes the object if the bucket was never
 * versioned. Throws AccessDenied for a version that object lock protects.
 */
export function removeObject(
  bucket: Bucket,
  { key, versionId }: VersionTarget,
  bypassGovernance: boolean,
  world: World,
): Removed {
  if (versionId === undefined && bucket.versioning !== undefined) {
    const marker = putOnTop(bucket, key, newDeleteMarker(bucket, world));
    return { versionId: marker.versionId, deleteMarker: true };
  }
  const versions = bucket.objects.get(key) ?? [];
  const index = versions.findIndex((version) => version.versionId === (versionId ?? "null"));
  const removed = versions[index];
  if (removed === undefined) return { versionId, deleteMarker: false };
  refuseIfProtected(removed, bypassGovernance, world.now());
  versions.splice(index, 1);
  if (versions.length === 0) bucket.objects.delete(key);
  return { versionId, deleteMarker: removed.deleteMarker };
}

function putOnTop(bucket: Bucket, key: string, version: ObjectVersion): ObjectVersion {
  const others = (bucket.objects.get(key) ?? []).filter(({ versionId }) => versionId !== version.versionId);
  bucket.objects.set(key, [version, ...others]);
  return version;
}

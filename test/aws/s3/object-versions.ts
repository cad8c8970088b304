/** Versions and delete markers: https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html */

import { AwsError } from "../errors.ts";
import type { Bucket, ObjectVersion, World } from "../state.ts";
import { defaultRetention } from "./object-lock.ts";
import { refuseIfProtected } from "./protection.ts";

/** What of an object: a version by its id, or with undefined the object as it is now. */
export interface Target {
  key: string;
  versionId: string | undefined;
}

/** What was removed, or the delete marker that was put on top. */
export interface Removed {
  /** Absent where the bucket was never versioned. */
  versionId: string | undefined;
  deleteMarker: boolean;
}

type Content = Pick<ObjectVersion, "body" | "contentType" | "etag" | "kmsKeyArn" | "bucketKeyEnabled">;

/** Throws NoSuchKey or NoSuchVersion, and MethodNotAllowed for a delete marker that is named. */
export function findVersion(bucket: Bucket, { key, versionId }: Target): ObjectVersion {
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
  if (versionId === undefined) throw new AwsError(404, "NoSuchKey", "The specified key does not exist.", { details });
  throw new AwsError(404, "NoSuchVersion", "The specified version does not exist.", { details });
}

/** Puts a version on top; where versioning is not enabled it takes the place of the "null" version. */
export function addVersion(bucket: Bucket, key: string, world: World, content: Content): ObjectVersion {
  return putOnTop(bucket, key, newVersion(bucket, world, content));
}

/** A version as the bucket would give it to a new object: with an id if it is versioned, and with its default retention. */
export function newVersion(bucket: Bucket, world: World, content: Content): ObjectVersion {
  const now = world.now();
  return {
    ...content,
    versionId: bucket.versioning === "Enabled" ? `v${String(world.next()).padStart(9, "0")}` : "null",
    deleteMarker: false,
    lastModified: now,
    retention: defaultRetention(bucket, now),
    legalHold: undefined,
  };
}

/** Delete markers are protected by nothing. */
export function newDeleteMarker(bucket: Bucket, world: World): ObjectVersion {
  const content = { body: Buffer.alloc(0), contentType: "", etag: "", kmsKeyArn: undefined, bucketKeyEnabled: false };
  return { ...newVersion(bucket, world, content), deleteMarker: true, retention: undefined };
}

/**
 * Removes the named version for good; without a name, puts a delete marker on top or, never versioned, removes the object.
 * Throws AccessDenied for a version that object lock protects.
 */
export function removeObject(
  bucket: Bucket,
  { key, versionId }: Target,
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

/** Versions and delete markers: https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html */

import type { Bucket, ObjectVersion, World } from "../state.ts";

/** What was removed, or the delete marker that was put on top. */
export interface Removed {
  /** Absent where the bucket was never versioned. */
  versionId: string | undefined;
  deleteMarker: boolean;
}

export function currentVersion(bucket: Bucket, key: string): ObjectVersion | undefined {
  return bucket.objects.get(key)?.[0];
}

/** Puts a version on top; where versioning is not enabled it takes the place of the "null" version. */
export function addVersion(
  bucket: Bucket,
  key: string,
  world: World,
  content: Omit<ObjectVersion, "versionId" | "lastModified">,
): ObjectVersion {
  const versionId = bucket.versioning === "Enabled" ? `v${String(world.next()).padStart(9, "0")}` : "null";
  const version = { ...content, versionId, lastModified: world.now() };
  const others = (bucket.objects.get(key) ?? []).filter((other) => other.versionId !== versionId);
  bucket.objects.set(key, [version, ...others]);
  return version;
}

/** Removes the named version for good; without a name, puts a delete marker on top or, never versioned, removes the object. */
export function removeObject(bucket: Bucket, key: string, versionId: string | undefined, world: World): Removed {
  if (versionId !== undefined || bucket.versioning === undefined) {
    return removeVersion(bucket, key, versionId ?? "null", versionId);
  }
  const marker = addVersion(bucket, key, world, {
    deleteMarker: true,
    body: Buffer.alloc(0),
    contentType: "",
    etag: "",
  });
  return { versionId: marker.versionId, deleteMarker: true };
}

function removeVersion(bucket: Bucket, key: string, id: string, reportedId: string | undefined): Removed {
  const versions = bucket.objects.get(key) ?? [];
  const left = versions.filter((version) => version.versionId !== id);
  if (left.length === 0) bucket.objects.delete(key);
  else bucket.objects.set(key, left);
  const removed = versions.find((version) => version.versionId === id);
  return { versionId: reportedId, deleteMarker: removed?.deleteMarker ?? false };
}

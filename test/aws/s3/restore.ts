/**
 * RestoreObject. A restore is ongoing until a test sets `restored` to the time of its end.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
 */

import { AwsError } from "../errors.ts";
import type { Reply } from "../http.ts";
import type { Bucket, ObjectVersion } from "../state.ts";
import { textAt } from "../xml.ts";
import { findVersion, versionIdHeader } from "./object-versions.ts";
import { malformedXml, requestDocument, type Exchange, type Subresource } from "./route.ts";

const ARCHIVES = new Set(["GLACIER", "DEEP_ARCHIVE"]);
const DAY_MS = 86_400_000;

export const restore: Subresource = {
  name: "restore",
  level: "object",
  query: "restore",
  methods: {
    POST: {
      operation: "RestoreObject",
      action: "s3:RestoreObject",
      write: true,
      checksumOptional: true,
      parameters: ["versionId"],
      handle: restoreObject,
    },
  },
};

/** Throws InvalidObjectState for an archived object that is not restored. */
export function requireRestored(version: ObjectVersion, now: number): void {
  if (isReadable(version, now)) return;
  const message = "The operation is not valid for the object's storage class";
  throw new AwsError(403, "InvalidObjectState", message, { details: { StorageClass: version.storageClass } });
}

export function isReadable({ storageClass, restored }: ObjectVersion, now: number): boolean {
  return !ARCHIVES.has(storageClass) || (typeof restored === "number" && restored > now);
}

export function restoreHeader({ restored }: ObjectVersion): Record<string, string> {
  if (restored === undefined) return {};
  if (restored === "ongoing") return { "x-amz-restore": 'ongoing-request="true"' };
  return { "x-amz-restore": `ongoing-request="false", expiry-date="${new Date(restored).toUTCString()}"` };
}

/** 202 for a new restore; 200 for a restored object, whose copy is kept for the days from now on. */
function restoreObject(bucket: Bucket, { request, key, world }: Exchange): Reply {
  const version = findVersion(bucket, { key, versionId: request.query.get("versionId") ?? undefined });
  const days = Number(textAt(requestDocument(request, "RestoreRequest"), "Days"));
  if (!ARCHIVES.has(version.storageClass)) {
    const message = "Restore is not allowed for the object's current storage class";
    throw new AwsError(403, "InvalidObjectState", message, { details: { StorageClass: version.storageClass } });
  }
  if (version.restored === "ongoing") {
    throw new AwsError(409, "RestoreAlreadyInProgress", "Object restore is already in progress");
  }
  if (!Number.isInteger(days) || days < 1) throw malformedXml();
  const isRestored = isReadable(version, world.now());
  version.restored = isRestored ? world.now() + days * DAY_MS : "ongoing";
  return { status: isRestored ? 200 : 202, headers: versionIdHeader(bucket, version) };
}

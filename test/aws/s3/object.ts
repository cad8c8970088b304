/**
 * Simple objects, for buckets that are not empty.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */

import { createHash } from "node:crypto";
import type { AwsRequest, Reply } from "../http.ts";
import type { Bucket, ObjectVersion } from "../state.ts";
import { encryptionHeaders, encryptionOfNewObject, requireUsableKey } from "./object-encryption.ts";
import { addVersion, findVersion, removeObject } from "./object-versions.ts";
import { BYPASS_HEADER, bypassActions, bypassesGovernance } from "./protection.ts";
import type { Exchange, Subresource } from "./route.ts";
import { refuseForMfa } from "./versioning.ts";

/** The action differs for requests with a version ID. */
const versioned = (action: string) => (request: AwsRequest) =>
  request.query.has("versionId") ? `${action}Version` : action;

export const object: Subresource = {
  name: "object",
  level: "object",
  query: undefined,
  methods: {
    PUT: { operation: "PutObject", action: "s3:PutObject", write: true, handle: putObject },
    GET: {
      operation: "GetObject",
      action: versioned("s3:GetObject"),
      write: false,
      parameters: ["versionId"],
      headers: ["x-amz-checksum-mode"],
      handle: getObject,
    },
    HEAD: {
      operation: "HeadObject",
      action: versioned("s3:GetObject"),
      write: false,
      parameters: ["versionId"],
      headers: ["x-amz-checksum-mode"],
      handle: getObject,
    },
    DELETE: {
      operation: "DeleteObject",
      action: versioned("s3:DeleteObject"),
      furtherActions: bypassActions,
      write: true,
      parameters: ["versionId"],
      headers: [BYPASS_HEADER],
      handle: deleteObject,
    },
  },
};

function putObject(bucket: Bucket, exchange: Exchange): Reply {
  const { request, key, world } = exchange;
  const version = addVersion(bucket, key, world, {
    body: request.body,
    contentType: request.headers["content-type"] ?? "binary/octet-stream",
    etag: `"${createHash("md5").update(request.body).digest("hex")}"`,
    ...encryptionOfNewObject(bucket, exchange),
  });
  return { status: 200, headers: { etag: version.etag, ...versionHeaders(bucket, version) } };
}

function getObject(bucket: Bucket, exchange: Exchange): Reply {
  const { request, key } = exchange;
  const version = findVersion(bucket, { key, versionId: request.query.get("versionId") ?? undefined });
  requireUsableKey(version, exchange);
  return {
    status: 200,
    headers: {
      etag: version.etag,
      "content-type": version.contentType,
      "last-modified": new Date(version.lastModified).toUTCString(),
      ...versionHeaders(bucket, version),
      ...lockHeaders(version),
    },
    body: version.body,
  };
}

function deleteObject(bucket: Bucket, { request, key, world }: Exchange): Reply {
  const versionId = request.query.get("versionId") ?? undefined;
  const bypass = bypassesGovernance(request, bucket);
  if (versionId !== undefined) refuseForMfa(bucket);
  const removed = removeObject(bucket, { key, versionId }, bypass, world);
  return {
    status: 204,
    headers: {
      ...(removed.versionId !== undefined && { "x-amz-version-id": removed.versionId }),
      ...(removed.deleteMarker && { "x-amz-delete-marker": "true" }),
    },
  };
}

function versionHeaders({ versioning }: Bucket, version: ObjectVersion): Record<string, string> {
  return {
    ...encryptionHeaders(version),
    ...(versioning !== undefined && { "x-amz-version-id": version.versionId }),
  };
}

function lockHeaders({ retention, legalHold }: ObjectVersion): Record<string, string> {
  return {
    ...(retention !== undefined && {
      "x-amz-object-lock-mode": retention.mode,
      "x-amz-object-lock-retain-until-date": new Date(retention.until).toISOString(),
    }),
    ...(legalHold !== undefined && { "x-amz-object-lock-legal-hold": legalHold }),
  };
}

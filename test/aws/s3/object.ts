/** Objects, as far as a bucket needs them to be non-empty: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */

import { createHash } from "node:crypto";
import { AwsError } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import type { Bucket, ObjectVersion } from "../state.ts";
import type { Exchange, Subresource } from "./route.ts";
import { addVersion, currentVersion, removeObject } from "./object-versions.ts";

/** The action depends on whether a version is named. */
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
      write: true,
      parameters: ["versionId"],
      handle: deleteObject,
    },
  },
};

function putObject(bucket: Bucket, { request, key, world }: Exchange): Reply {
  const version = addVersion(bucket, key, world, {
    deleteMarker: false,
    body: request.body,
    contentType: request.headers["content-type"] ?? "binary/octet-stream",
    etag: `"${createHash("md5").update(request.body).digest("hex")}"`,
  });
  return { status: 200, headers: { etag: version.etag, ...versionHeader(bucket, version) } };
}

function getObject(bucket: Bucket, { request, key }: Exchange): Reply {
  const version = findVersion(bucket, key, request.query.get("versionId"));
  return {
    status: 200,
    headers: {
      etag: version.etag,
      "content-type": version.contentType,
      "last-modified": new Date(version.lastModified).toUTCString(),
      "x-amz-server-side-encryption": "AES256",
      ...versionHeader(bucket, version),
    },
    body: version.body,
  };
}

function deleteObject(bucket: Bucket, { request, key, world }: Exchange): Reply {
  const removed = removeObject(bucket, key, request.query.get("versionId") ?? undefined, world);
  return {
    status: 204,
    headers: {
      ...(removed.versionId !== undefined && { "x-amz-version-id": removed.versionId }),
      ...(removed.deleteMarker && { "x-amz-delete-marker": "true" }),
    },
  };
}

function findVersion(bucket: Bucket, key: string, versionId: string | null): ObjectVersion {
  const version =
    versionId === null
      ? currentVersion(bucket, key)
      : bucket.objects.get(key)?.find((candidate) => candidate.versionId === versionId);
  if (version?.deleteMarker === true && versionId !== null) {
    const headers = { "x-amz-delete-marker": "true" };
    throw new AwsError(405, "MethodNotAllowed", "The specified method is not allowed against this resource.", {
      headers,
    });
  }
  if (version !== undefined && !version.deleteMarker) return version;
  const code = versionId === null ? "NoSuchKey" : "NoSuchVersion";
  throw new AwsError(404, code, "The specified key does not exist.", { details: { Key: key } });
}

function versionHeader({ versioning }: Bucket, { versionId }: ObjectVersion): Record<string, string> {
  return versioning === undefined ? {} : { "x-amz-version-id": versionId };
}

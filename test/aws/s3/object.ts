/**
 * PutObject, GetObject, HeadObject and DeleteObject. A PUT with a source is CopyObject.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */

import type { AwsRequest, Reply } from "../http.ts";
import type { Bucket } from "../state.ts";
import { checksumHeaders, checksumOfRequest } from "./checksums.ts";
import { checkWriteConditions, conditionActions, READ_CONDITIONS, WRITE_CONDITIONS } from "./conditions.ts";
import { COPY_HEADERS, copyObject, copySources, isCopy } from "./copy.ts";
import { GET_PARAMETERS, getObject, writtenHeaders } from "./get-object.ts";
import { propertiesOf, PROPERTY_HEADERS, propertyActions } from "./object-properties.ts";
import { addVersion, etagOf, removeObject } from "./object-versions.ts";
import { BYPASS_HEADER, bypassActions, bypassesGovernance } from "./protection.ts";
import type { Exchange, Subresource } from "./route.ts";
import { refuseForMfa } from "./versioning.ts";

/** The action differs for requests with a version ID. */
const versioned = (action: string) => (request: AwsRequest) =>
  request.query.has("versionId") ? `${action}Version` : action;

const reading = {
  action: versioned("s3:GetObject"),
  write: false,
  parameters: GET_PARAMETERS,
  headers: ["x-amz-checksum-mode", "range", ...READ_CONDITIONS],
  handle: getObject,
};

export const object: Subresource = {
  name: "object",
  level: "object",
  query: undefined,
  methods: {
    PUT: {
      operation: (request) => (isCopy(request) ? "CopyObject" : "PutObject"),
      action: "s3:PutObject",
      furtherActions: (request) => [...propertyActions(request), ...conditionActions(request)],
      sources: copySources,
      write: true,
      headers: [...PROPERTY_HEADERS, ...WRITE_CONDITIONS, ...COPY_HEADERS, "x-amz-checksum-algorithm"],
      handle: (bucket, exchange) =>
        isCopy(exchange.request) ? copyObject(bucket, exchange) : putObject(bucket, exchange),
    },
    GET: { operation: "GetObject", ...reading },
    HEAD: { operation: "HeadObject", ...reading },
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
  checkWriteConditions(request.headers, bucket, key);
  const version = addVersion(bucket, key, world, {
    ...propertiesOf(bucket, exchange),
    body: request.body,
    etag: etagOf(request.body),
    checksum: checksumOfRequest(request),
    partSizes: undefined,
  });
  const headers = { etag: version.etag, ...writtenHeaders(bucket, version), ...checksumHeaders(version.checksum) };
  return { status: 200, headers };
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

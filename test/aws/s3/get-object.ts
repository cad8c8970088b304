/** GetObject and HeadObject: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */

import type { AwsRequest, Reply } from "../http.ts";
import type { Bucket, ObjectVersion } from "../state.ts";
import { checksumHeaders } from "./checksums.ts";
import { checkReadConditions } from "./conditions.ts";
import { encryptionHeaders, requireUsableKey } from "./object-encryption.ts";
import { findVersion, versionIdHeader } from "./object-versions.ts";
import { rangeOf, type Range } from "./range.ts";
import { requireRestored, restoreHeader } from "./restore.ts";
import { invalidArgument, type Exchange } from "./route.ts";

/** Headers of the answer that a request can override. */
const OVERRIDES = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];

export const GET_PARAMETERS = ["versionId", "partNumber", ...OVERRIDES.map((name) => `response-${name}`)];

export function getObject(bucket: Bucket, exchange: Exchange): Reply {
  const { request, key } = exchange;
  const version = findVersion(bucket, { key, versionId: request.query.get("versionId") ?? undefined });
  checkReadConditions(request.headers, version);
  requireUsableKey(version, exchange);
  if (request.method === "GET") requireRestored(version, exchange.world.now());
  const size = version.body.length;
  const range = partRange(request, version) ?? rangeOf(request.headers["range"], size);
  const body = range === undefined ? version.body : version.body.subarray(range[0], range[1] + 1);
  const showsChecksum = request.headers["x-amz-checksum-mode"]?.toUpperCase() === "ENABLED" && range === undefined;
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      etag: version.etag,
      "accept-ranges": "bytes",
      "content-length": String(body.length),
      "last-modified": new Date(version.lastModified).toUTCString(),
      "content-type": version.contentType,
      ...version.metadata,
      ...overrides(request),
      ...(range !== undefined && { "content-range": `bytes ${range[0]}-${range[1]}/${size}` }),
      ...(request.query.has("partNumber") && { "x-amz-mp-parts-count": String(version.partSizes?.length ?? 1) }),
      ...(version.storageClass !== "STANDARD" && { "x-amz-storage-class": version.storageClass }),
      ...(version.tags.size > 0 && { "x-amz-tagging-count": String(version.tags.size) }),
      ...restoreHeader(version),
      ...writtenHeaders(bucket, version),
      ...lockHeaders(version),
      ...(showsChecksum && checksumHeaders(version.checksum)),
    },
    body,
  };
}

/** Headers that the answer to a write has as well. */
export function writtenHeaders(bucket: Bucket, version: ObjectVersion): Record<string, string> {
  return { ...encryptionHeaders(version), ...versionIdHeader(bucket, version) };
}

/** The bytes of the part that the request names. An object that was uploaded at once has one part. */
function partRange({ query }: AwsRequest, { partSizes, body }: ObjectVersion): Range | undefined {
  const text = query.get("partNumber");
  if (text === null) return undefined;
  const sizes = partSizes ?? [body.length];
  const size = sizes[Number(text) - 1];
  if (size === undefined) throw invalidArgument("The requested partnumber is not satisfiable", "partNumber", text);
  if (size === 0) return undefined;
  const first = sizes.slice(0, Number(text) - 1).reduce((sum, each) => sum + each, 0);
  return [first, first + size - 1];
}

function overrides({ query }: AwsRequest): Record<string, string> {
  const given = OVERRIDES.map((name): [string, string | null] => [name, query.get(`response-${name}`)]);
  return Object.fromEntries(given.filter((each): each is [string, string] => each[1] !== null));
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

/**
 * CopyObject, and the source of copies.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */

import { AwsError } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import type { Bucket, ObjectProperties, ObjectVersion } from "../state.ts";
import { findBucket } from "../world.ts";
import { element } from "../xml.ts";
import { decode } from "./address.ts";
import { algorithmOf, checksumHeaders, checksumOf } from "./checksums.ts";
import { checkCopyConditions, checkWriteConditions, COPY_CONDITIONS } from "./conditions.ts";
import { writtenHeaders } from "./get-object.ts";
import { requireUsableKey } from "./object-encryption.ts";
import { propertiesOf } from "./object-properties.ts";
import { addVersion, etagOf, findVersion, versionIdHeader } from "./object-versions.ts";
import { noSuchBucket } from "./reachable-bucket.ts";
import { isReadable } from "./restore.ts";
import { accessDenied, invalidArgument, invalidRequest, xmlReply, type Exchange, type Source } from "./route.ts";

const SOURCE = "x-amz-copy-source";
const METADATA = "x-amz-metadata-directive";
const TAGGING = "x-amz-tagging-directive";
const SOURCE_OWNER = "x-amz-source-expected-bucket-owner";

/** Headers of CopyObject, besides those of a new object. */
export const COPY_HEADERS = [SOURCE, METADATA, TAGGING, SOURCE_OWNER, ...COPY_CONDITIONS];
/** Headers of UploadPartCopy. */
export const PART_COPY_HEADERS = [SOURCE, `${SOURCE}-range`, SOURCE_OWNER, ...COPY_CONDITIONS];

export function isCopy({ headers }: AwsRequest): boolean {
  return headers[SOURCE] !== undefined;
}

/** The source of a copy, with the action that reads it. */
export function copySources(request: AwsRequest): Source[] {
  const source = sourceOf(request);
  return source === undefined ? [] : [source];
}

/** Whether CopyObject copies the tags of its source. */
export function copiesTags({ headers }: AwsRequest): boolean {
  return isCopy({ headers } as AwsRequest) && headers[TAGGING] !== "REPLACE";
}

export function copyObject(bucket: Bucket, exchange: Exchange): Reply {
  const { request, key, world } = exchange;
  const { version: source, headers } = readSource(exchange);
  checkWriteConditions(request.headers, bucket, key);
  refuseSelfCopy(bucket, exchange);
  const algorithm = algorithmOf(request.headers["x-amz-checksum-algorithm"]) ?? source.checksum?.algorithm;
  const version = addVersion(bucket, key, world, {
    ...copiedProperties(bucket, exchange, source),
    body: source.body,
    etag: source.etag.includes("-") ? etagOf(source.body) : source.etag,
    checksum: algorithm && { algorithm, type: "FULL_OBJECT", value: checksumOf(algorithm, source.body) },
    partSizes: undefined,
  });
  const result = element("CopyObjectResult", [
    element("LastModified", new Date(version.lastModified).toISOString()),
    element("ETag", version.etag),
  ]);
  return xmlReply(result, { ...headers, ...writtenHeaders(bucket, version), ...checksumHeaders(version.checksum) });
}

/** The source, and headers of the answer. Throws what GetObject would throw, and 412 for conditions. */
export function readSource(exchange: Exchange): { version: ObjectVersion; headers: Record<string, string> } {
  const { request, world } = exchange;
  const source = sourceOf(request);
  if (source === undefined) throw invalidArgument("Copy Source must mention the source bucket and key", SOURCE, "");
  const bucket = findBucket(world, source.bucketName);
  if (bucket === undefined) throw noSuchBucket(source.bucketName);
  const expected = request.headers[SOURCE_OWNER];
  if (expected !== undefined && expected !== bucket.accountId) throw accessDenied();
  if (bucket.accountId !== exchange.account.id && !world.evaluatePolicies) throw accessDenied();
  const version = findVersion(bucket, source);
  checkCopyConditions(request.headers, version);
  requireUsableKey(version, exchange);
  if (!isReadable(version, world.now())) {
    const message =
      "The source object of the COPY operation is not in the active tier and is only stored in Amazon Glacier.";
    throw new AwsError(403, "ObjectNotInActiveTierError", message);
  }
  const { "x-amz-version-id": id } = versionIdHeader(bucket, version);
  return { version, headers: id === undefined ? {} : { "x-amz-copy-source-version-id": id } };
}

/** Metadata and tags are those of the source, unless a directive replaces them. The rest is never copied. */
function copiedProperties(bucket: Bucket, exchange: Exchange, source: ObjectVersion): ObjectProperties {
  const { headers } = exchange.request;
  const given = propertiesOf(bucket, exchange);
  return {
    ...given,
    ...(headers[METADATA] !== "REPLACE" && { contentType: source.contentType, metadata: source.metadata }),
    ...(copiesTags(exchange.request) && { tags: new Map(source.tags) }),
  };
}

/** A copy onto itself must change something. */
function refuseSelfCopy({ name, versioning }: Bucket, { request, key }: Exchange): void {
  const source = sourceOf(request);
  const changes = ["x-amz-storage-class", "x-amz-server-side-encryption", "x-amz-website-redirect-location"];
  const isChange =
    request.headers[METADATA] === "REPLACE" || changes.some((each) => request.headers[each] !== undefined);
  if (source?.bucketName !== name || source.key !== key || isChange) return;
  if (versioning !== undefined && source.versionId !== undefined) return;
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}

/** Bucket and key, percent-encoded, with or without a leading slash and a version ID. */
function sourceOf({ headers }: AwsRequest): Source | undefined {
  const [, bucketName, path, versionId] =
    /^\/?([^/]+)\/(.+?)(?:\?versionId=([^&]+))?$/.exec(headers[SOURCE] ?? "") ?? [];
  if (bucketName === undefined || path === undefined) return undefined;
  const action = versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
  return { action, bucketName, key: decode(path), versionId };
}

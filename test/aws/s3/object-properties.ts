/**
 * Properties of a new object: metadata, storage class, tags, ACL, object lock and encryption.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */

import { AwsError } from "../errors.ts";
import type { AwsRequest } from "../http.ts";
import type { Bucket, ObjectProperties, Retention } from "../state.ts";
import { checkObjectAcl } from "./acl.ts";
import { requireChecksum } from "./checksums.ts";
import { ENCRYPTION_HEADERS, encryptionOfNewObject } from "./object-encryption.ts";
import { defaultRetention } from "./object-lock.ts";
import { checkObjectTags } from "./object-tags.ts";
import { requireObjectLock } from "./protection.ts";
import { invalidArgument, type Exchange } from "./route.ts";

/** Headers that are stored and returned, besides x-amz-meta-*. */
const STORED = new Set([
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "expires",
  "x-amz-website-redirect-location",
]);
const STORAGE_CLASSES = new Set([
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "GLACIER_IR",
  "DEEP_ARCHIVE",
]);
const MODE = "x-amz-object-lock-mode";
const UNTIL = "x-amz-object-lock-retain-until-date";
const HOLD = "x-amz-object-lock-legal-hold";
const GRANTS = ["full-control", "read", "read-acp", "write-acp"].map((name) => `x-amz-grant-${name}`);

/** x-amz-* headers of requests that create an object. */
export const PROPERTY_HEADERS = [
  "x-amz-meta-*",
  "x-amz-website-redirect-location",
  "x-amz-storage-class",
  "x-amz-tagging",
  "x-amz-acl",
  ...GRANTS,
  MODE,
  UNTIL,
  HOLD,
  ...ENCRYPTION_HEADERS,
];

/**
 * Further IAM actions that the headers need.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
export function propertyActions({ headers }: AwsRequest): string[] {
  const given = (...names: string[]) => names.some((name) => headers[name] !== undefined);
  return [
    ...(given("x-amz-acl", ...GRANTS) ? ["s3:PutObjectAcl"] : []),
    ...(given("x-amz-tagging") ? ["s3:PutObjectTagging"] : []),
    ...(given(MODE, UNTIL) ? ["s3:PutObjectRetention"] : []),
    ...(given(HOLD) ? ["s3:PutObjectLegalHold"] : []),
  ];
}

export function propertiesOf(bucket: Bucket, exchange: Exchange): ObjectProperties {
  const { request, world } = exchange;
  const { headers } = request;
  return {
    contentType: headers["content-type"] ?? "binary/octet-stream",
    metadata: metadataOf(headers),
    storageClass: storageClassOf(headers),
    tags: tagsOfHeader(headers["x-amz-tagging"]),
    acl: checkObjectAcl(bucket, world, headers),
    retention: retentionOf(bucket, request) ?? defaultRetention(bucket, world.now()),
    legalHold: legalHoldOf(bucket, headers),
    ...encryptionOfNewObject(bucket, exchange),
  };
}

function metadataOf(headers: AwsRequest["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => STORED.has(name) || name.startsWith("x-amz-meta-")),
  );
}

function storageClassOf(headers: AwsRequest["headers"]): string {
  const given = headers["x-amz-storage-class"] ?? "STANDARD";
  if (STORAGE_CLASSES.has(given)) return given;
  throw new AwsError(400, "InvalidStorageClass", "The storage class you specified is not valid");
}

/** Tags as in a query string. */
function tagsOfHeader(header = ""): Map<string, string> {
  const tags = [...new URLSearchParams(header)];
  checkObjectTags(tags);
  return new Map(tags);
}

function retentionOf(bucket: Bucket, request: AwsRequest): Retention | undefined {
  const { [MODE]: mode, [UNTIL]: date } = request.headers;
  if (mode === undefined && date === undefined) return undefined;
  requireObjectLock(bucket);
  requireChecksum(request);
  const until = Date.parse(date ?? "");
  if ((mode !== "GOVERNANCE" && mode !== "COMPLIANCE") || Number.isNaN(until)) {
    throw invalidArgument("Unknown wormMode directive.", MODE, mode ?? "");
  }
  return { mode, until };
}

function legalHoldOf(bucket: Bucket, { [HOLD]: status }: AwsRequest["headers"]): "ON" | "OFF" | undefined {
  if (status === undefined) return undefined;
  requireObjectLock(bucket);
  if (status !== "ON" && status !== "OFF") {
    throw invalidArgument("Legal Hold must be either of 'ON' or 'OFF'", HOLD, status);
  }
  return status;
}

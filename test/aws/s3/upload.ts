/**
 * A multipart upload: its parts, completion and abort.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */

import { createHash } from "node:crypto";
import { AwsError } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import type { Bucket, ObjectProperties, Upload, UploadedPart } from "../state.ts";
import { childrenNamed, element, textAt, type XmlElement } from "../xml.ts";
import { checksumHeaders, checksumOfParts, checksumOfRequest } from "./checksums.ts";
import { checkWriteConditions, conditionActions, WRITE_CONDITIONS } from "./conditions.ts";
import { copySources, isCopy, PART_COPY_HEADERS, readSource } from "./copy.ts";
import { writtenHeaders } from "./get-object.ts";
import { encryptionHeaders } from "./object-encryption.ts";
import { addVersion, etagOf } from "./object-versions.ts";
import { limitOf, pageOf } from "./page.ts";
import { rangeOf } from "./range.ts";
import { invalidArgument, malformedXml, requestDocument, xmlReply, type Exchange, type Subresource } from "./route.ts";

/** Minimum size of all parts but the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;

export const upload: Subresource = {
  name: "upload",
  level: "object",
  query: "uploadId",
  methods: {
    PUT: {
      operation: (request) => (isCopy(request) ? "UploadPartCopy" : "UploadPart"),
      action: "s3:PutObject",
      sources: copySources,
      write: true,
      checksumOptional: true,
      parameters: ["partNumber"],
      headers: PART_COPY_HEADERS,
      handle: (bucket, exchange) => (isCopy(exchange.request) ? copyPart(bucket, exchange) : putPart(bucket, exchange)),
    },
    GET: {
      operation: "ListParts",
      action: "s3:ListMultipartUploadParts",
      write: false,
      parameters: ["max-parts", "part-number-marker"],
      handle: listParts,
    },
    POST: {
      operation: "CompleteMultipartUpload",
      action: "s3:PutObject",
      furtherActions: conditionActions,
      write: true,
      checksumOptional: true,
      headers: ["x-amz-checksum-type", "x-amz-mp-object-size", ...WRITE_CONDITIONS],
      handle: complete,
    },
    DELETE: {
      operation: "AbortMultipartUpload",
      action: "s3:AbortMultipartUpload",
      write: true,
      handle: (bucket, exchange) => {
        bucket.uploads.delete(uploadOf(bucket, exchange.request, exchange.key).id);
        return { status: 204 };
      },
    },
  },
};

function putPart(bucket: Bucket, exchange: Exchange): Reply {
  const { request } = exchange;
  const checksum = checksumOfRequest(request);
  const { etag, properties } = storePart(bucket, exchange, { body: request.body, checksum });
  return { status: 200, headers: { etag, ...encryptionHeaders(properties), ...checksumHeaders(checksum) } };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
function copyPart(bucket: Bucket, exchange: Exchange): Reply {
  const { version, headers } = readSource(exchange);
  const asked = exchange.request.headers["x-amz-copy-source-range"];
  const range = rangeOf(asked, version.body.length);
  if (asked !== undefined && range === undefined) {
    const message = "The x-amz-copy-source-range value must be of the form bytes=first-last";
    throw invalidArgument(message, "x-amz-copy-source-range", asked);
  }
  const body = range === undefined ? version.body : version.body.subarray(range[0], range[1] + 1);
  const { etag, properties } = storePart(bucket, exchange, { body, checksum: undefined });
  const LastModified = element("LastModified", new Date(exchange.world.now()).toISOString());
  const result = element("CopyPartResult", [LastModified, element("ETag", etag)]);
  return xmlReply(result, { ...headers, ...encryptionHeaders(properties) });
}

function storePart(
  bucket: Bucket,
  { request, key, world }: Exchange,
  { body, checksum }: Pick<UploadedPart, "body" | "checksum">,
): { etag: string; properties: ObjectProperties } {
  const { parts, properties } = uploadOf(bucket, request, key);
  const text = request.query.get("partNumber") ?? "";
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    const message = `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`;
    throw invalidArgument(message, "partNumber", text);
  }
  const etag = etagOf(body);
  parts.set(number, { body, etag, lastModified: world.now(), checksum });
  return { etag, properties };
}

function listParts(bucket: Bucket, exchange: Exchange): Reply {
  const { request, key } = exchange;
  const { id, parts } = uploadOf(bucket, request, key);
  const marker = Number(request.query.get("part-number-marker") ?? 0);
  const after = [...parts].filter(([number]) => number > marker).toSorted(([a], [b]) => a - b);
  const limit = limitOf(request.query.get("max-parts"), exchange.world.store);
  const { items, last } = pageOf(after, limit);
  return xmlReply(
    element("ListPartsResult", [
      element("Bucket", bucket.name),
      element("Key", key),
      element("UploadId", id),
      element("PartNumberMarker", String(marker)),
      element("MaxParts", String(limit)),
      element("IsTruncated", String(last !== undefined)),
      last && element("NextPartNumberMarker", String(last[0])),
      ...items.map(([number, { body, etag, lastModified, checksum }]) =>
        element("Part", [
          element("PartNumber", String(number)),
          element("LastModified", new Date(lastModified).toISOString()),
          element("ETag", etag),
          element("Size", String(body.length)),
          checksum && element(`Checksum${checksum.algorithm}`, checksum.value),
        ]),
      ),
    ]),
  );
}

function complete(bucket: Bucket, exchange: Exchange): Reply {
  const { request, key, world } = exchange;
  const { id, parts, properties, checksum: wanted } = uploadOf(bucket, request, key);
  const named = childrenNamed(requestDocument(request, "CompleteMultipartUpload"), "Part");
  if (named.length === 0) throw malformedXml();
  const chosen = named.map((part) => partOf(parts, part));
  checkOrder(named);
  if (chosen.slice(0, -1).some(({ body }) => body.length < MIN_PART_BYTES)) {
    throw new AwsError(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
  }
  checkWriteConditions(request.headers, bucket, key);
  const bodies = chosen.map(({ body }) => body);
  const digest = md5(Buffer.concat(bodies.map(md5))).toString("hex");
  const version = addVersion(bucket, key, world, {
    ...properties,
    body: Buffer.concat(bodies),
    etag: `"${digest}-${chosen.length}"`,
    checksum: wanted && checksumOfParts(wanted.algorithm, wanted.type, bodies),
    partSizes: bodies.map(({ length }) => length),
  });
  bucket.uploads.delete(id);
  return xmlReply(
    element("CompleteMultipartUploadResult", [
      element("Location", `https://${bucket.name}.s3.${bucket.region}.amazonaws.com/${key}`),
      element("Bucket", bucket.name),
      element("Key", key),
      element("ETag", version.etag),
      version.checksum && element(`Checksum${version.checksum.algorithm}`, version.checksum.value),
      version.checksum && element("ChecksumType", version.checksum.type),
    ]),
    writtenHeaders(bucket, version),
  );
}

function partOf(parts: ReadonlyMap<number, UploadedPart>, named: XmlElement): UploadedPart {
  const part = parts.get(Number(textAt(named, "PartNumber")));
  const quoted = (etag = "") => etag.replaceAll('"', "");
  if (part !== undefined && quoted(part.etag) === quoted(textAt(named, "ETag"))) return part;
  const message =
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
  throw new AwsError(400, "InvalidPart", message);
}

function checkOrder(named: XmlElement[]): void {
  const numbers = named.map((part) => Number(textAt(part, "PartNumber")));
  if (numbers.every((number, index) => number > (numbers[index - 1] ?? 0))) return;
  const message = "The list of parts was not in ascending order. Parts must be ordered by part number.";
  throw new AwsError(400, "InvalidPartOrder", message);
}

function uploadOf({ uploads }: Bucket, { query }: AwsRequest, key: string): Upload & { id: string } {
  const id = query.get("uploadId") ?? "";
  const found = uploads.get(id);
  if (found?.key === key) return { id, ...found };
  const message =
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
  throw new AwsError(404, "NoSuchUpload", message, { details: { UploadId: id } });
}

function md5(body: Buffer): Buffer {
  return createHash("md5").update(body).digest();
}

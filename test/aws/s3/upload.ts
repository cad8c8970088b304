/**
 * A multipart upload: its parts, completion and abort.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */

import { createHash } from "node:crypto";
import { AwsError } from "../errors.ts";
import type { Reply } from "../http.ts";
import type { Bucket, Upload, UploadedPart } from "../state.ts";
import { childrenNamed, element, textAt, type XmlElement } from "../xml.ts";
import { encryptionHeaders, encryptionOfNewObject } from "./object-encryption.ts";
import { addVersion } from "./object-versions.ts";
import { limitOf, pageOf } from "./page.ts";
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
      operation: "UploadPart",
      action: "s3:PutObject",
      write: true,
      checksumOptional: true,
      parameters: ["partNumber"],
      handle: putPart,
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
      write: true,
      checksumOptional: true,
      headers: ["x-amz-checksum-type"],
      handle: complete,
    },
    DELETE: {
      operation: "AbortMultipartUpload",
      action: "s3:AbortMultipartUpload",
      write: true,
      handle: (bucket, exchange) => {
        bucket.uploads.delete(uploadOf(bucket, exchange).id);
        return { status: 204 };
      },
    },
  },
};

function putPart(bucket: Bucket, exchange: Exchange): Reply {
  const { request, world } = exchange;
  const { parts } = uploadOf(bucket, exchange);
  const text = request.query.get("partNumber") ?? "";
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    const message = `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`;
    throw invalidArgument(message, "partNumber", text);
  }
  const etag = `"${md5(request.body).toString("hex")}"`;
  parts.set(number, { body: request.body, etag, lastModified: world.now() });
  return { status: 200, headers: { etag, ...encryptionHeaders(encryptionOfNewObject(bucket, exchange)) } };
}

function listParts(bucket: Bucket, exchange: Exchange): Reply {
  const { request, key } = exchange;
  const { id, parts } = uploadOf(bucket, exchange);
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
      ...items.map(([number, { body, etag, lastModified }]) =>
        element("Part", [
          element("PartNumber", String(number)),
          element("LastModified", new Date(lastModified).toISOString()),
          element("ETag", etag),
          element("Size", String(body.length)),
        ]),
      ),
    ]),
  );
}

function complete(bucket: Bucket, exchange: Exchange): Reply {
  const { id, parts } = uploadOf(bucket, exchange);
  const named = childrenNamed(requestDocument(exchange.request, "CompleteMultipartUpload"), "Part");
  if (named.length === 0) throw malformedXml();
  const chosen = named.map((part) => partOf(parts, part));
  checkOrder(named);
  if (chosen.slice(0, -1).some(({ body }) => body.length < MIN_PART_BYTES)) {
    throw new AwsError(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
  }
  const digest = md5(Buffer.concat(chosen.map(({ body }) => md5(body)))).toString("hex");
  const version = addVersion(bucket, exchange.key, exchange.world, {
    body: Buffer.concat(chosen.map(({ body }) => body)),
    contentType: "binary/octet-stream",
    etag: `"${digest}-${chosen.length}"`,
    ...encryptionOfNewObject(bucket, exchange),
  });
  bucket.uploads.delete(id);
  return xmlReply(
    element("CompleteMultipartUploadResult", [
      element("Bucket", bucket.name),
      element("Key", exchange.key),
      element("ETag", version.etag),
    ]),
    encryptionHeaders(version),
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

function uploadOf({ uploads }: Bucket, { request, key }: Exchange): Upload & { id: string } {
  const id = request.query.get("uploadId") ?? "";
  const found = uploads.get(id);
  if (found?.key === key) return { id, ...found };
  const message =
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
  throw new AwsError(404, "NoSuchUpload", message, { details: { UploadId: id } });
}

function md5(body: Buffer): Buffer {
  return createHash("md5").update(body).digest();
}

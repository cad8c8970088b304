/**
 * Creates and lists multipart uploads of a bucket.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */

import type { Reply } from "../http.ts";
import type { Bucket, World } from "../state.ts";
import { element } from "../xml.ts";
import { compareKeys, keyEncoding, limitOf, pageOf } from "./page.ts";
import { invalidArgument, xmlReply, type Exchange, type Subresource } from "./route.ts";

export const createUpload: Subresource = {
  name: "createUpload",
  level: "object",
  query: "uploads",
  methods: {
    POST: {
      operation: "CreateMultipartUpload",
      action: "s3:PutObject",
      write: true,
      headers: ["x-amz-checksum-algorithm", "x-amz-checksum-type"],
      handle: (bucket, { key, world }) =>
        xmlReply(
          element("InitiateMultipartUploadResult", [
            element("Bucket", bucket.name),
            element("Key", key),
            element("UploadId", addUpload(bucket, key, world)),
          ]),
        ),
    },
  },
};

export const listUploads: Subresource = {
  name: "listUploads",
  level: "bucket",
  query: "uploads",
  methods: {
    GET: {
      operation: "ListMultipartUploads",
      action: "s3:ListBucketMultipartUploads",
      write: false,
      parameters: ["prefix", "max-uploads", "key-marker", "upload-id-marker", "encoding-type"],
      handle: list,
    },
  },
};

/** Begins an upload. Later IDs sort after earlier ones. */
export function addUpload({ uploads }: Bucket, key: string, world: World): string {
  const uploadId = `upload-${String(world.next()).padStart(9, "0")}`;
  uploads.set(uploadId, { key, initiated: world.now(), parts: new Map() });
  return uploadId;
}

/** Lists by key, then by age. */
function list({ name, uploads }: Bucket, { request: { query }, world }: Exchange): Reply {
  const [keyMarker, idMarker] = [query.get("key-marker") ?? "", query.get("upload-id-marker") ?? ""];
  const marked = uploads.get(idMarker);
  if (keyMarker !== "" && marked !== undefined && marked.key !== keyMarker) {
    throw invalidArgument("Invalid uploadId marker", "upload-id-marker", idMarker);
  }
  const { write: encoded, type } = keyEncoding(query, world.store);
  const prefix = query.get("prefix") ?? "";
  const isAfter = (key: string, id: string) => {
    const order = compareKeys(key, keyMarker);
    return order > 0 || (order === 0 && idMarker !== "" && id > idMarker);
  };
  const after = [...uploads]
    .map(([id, { key, initiated }]) => ({ id, key, initiated }))
    .filter(({ id, key }) => key.startsWith(prefix) && isAfter(key, id))
    .toSorted((a, b) => compareKeys(a.key, b.key) || compareKeys(a.id, b.id));
  const limit = limitOf(query.get("max-uploads"), world.store);
  const { items, last } = pageOf(after, limit);
  return xmlReply(
    element("ListMultipartUploadsResult", [
      element("Bucket", name),
      element("MaxUploads", String(limit)),
      type && element("EncodingType", type),
      element("IsTruncated", String(last !== undefined)),
      last && element("NextKeyMarker", encoded(last.key)),
      last && element("NextUploadIdMarker", last.id),
      ...items.map(({ id, key, initiated }) =>
        element("Upload", [
          element("Key", encoded(key)),
          element("UploadId", id),
          element("Initiated", new Date(initiated).toISOString()),
        ]),
      ),
    ]),
  );
}

/** Multipart uploads, begun and aborted; parts are not modelled: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html */

import { AwsError } from "../errors.ts";
import { element } from "../xml.ts";
import { byKey, limitOf, pageOf } from "./page.ts";
import { xmlReply, type Subresource } from "./route.ts";

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
      handle: ({ name, uploads }, { key, world }) => {
        const uploadId = `upload-${String(world.next()).padStart(9, "0")}`;
        uploads.set(uploadId, { key, initiated: world.now() });
        return xmlReply(
          element("InitiateMultipartUploadResult", [
            element("Bucket", name),
            element("Key", key),
            element("UploadId", uploadId),
          ]),
        );
      },
    },
  },
};

export const abortUpload: Subresource = {
  name: "abortUpload",
  level: "object",
  query: "uploadId",
  methods: {
    DELETE: {
      operation: "AbortMultipartUpload",
      action: "s3:AbortMultipartUpload",
      write: true,
      handle: ({ uploads }, { request, key }) => {
        const uploadId = request.query.get("uploadId") ?? "";
        if (uploads.get(uploadId)?.key !== key) {
          const message =
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
          throw new AwsError(404, "NoSuchUpload", message, { details: { UploadId: uploadId } });
        }
        uploads.delete(uploadId);
        return { status: 204 };
      },
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
      parameters: ["prefix", "max-uploads", "key-marker", "upload-id-marker"],
      handle: ({ name, uploads }, { request: { query } }) => {
        const entries = [...uploads].map(([id, upload]): [string, { id: string; initiated: number }] => [
          upload.key,
          { id, initiated: upload.initiated },
        ]);
        const [keyMarker, idMarker] = [query.get("key-marker") ?? "", query.get("upload-id-marker")];
        const limit = limitOf(query.get("max-uploads"));
        const { items, last } = pageOf(
          byKey(entries, query.get("prefix") ?? ""),
          ([key, { id }]) => key > keyMarker || (key === keyMarker && idMarker !== null && id > idMarker),
          limit,
        );
        const found = items.map(([key, { id, initiated }]) =>
          element("Upload", [
            element("Key", key),
            element("UploadId", id),
            element("Initiated", new Date(initiated).toISOString()),
          ]),
        );
        return xmlReply(
          element("ListMultipartUploadsResult", [
            element("Bucket", name),
            element("MaxUploads", String(limit)),
            element("IsTruncated", String(last !== undefined)),
            last && element("NextKeyMarker", last[0]),
            last && element("NextUploadIdMarker", last[1].id),
            ...found,
          ]),
        );
      },
    },
  },
};

/** ListObjectsV2, without delimiters: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */

import { notImplemented } from "../errors.ts";
import { element } from "../xml.ts";
import { keyEncoding, keysFrom, limitOf, pageOf } from "./page.ts";
import { xmlReply, type Subresource } from "./route.ts";

export const listObjects: Subresource = {
  name: "listObjects",
  level: "bucket",
  query: "list-type",
  methods: {
    GET: {
      operation: "ListObjectsV2",
      action: "s3:ListBucket",
      write: false,
      parameters: ["prefix", "max-keys", "continuation-token", "start-after", "encoding-type"],
      handle: ({ name, objects }, { request: { query }, world }) => {
        if (query.get("list-type") !== "2") throw notImplemented("list-type other than 2");
        const prefix = query.get("prefix") ?? "";
        const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
        const { write: encoded, type } = keyEncoding(query, world.store);
        const current = keysFrom(objects.keys(), prefix, after).flatMap((key) => {
          const version = objects.get(key)?.[0];
          return key === after || version === undefined || version.deleteMarker ? [] : [{ key, version }];
        });
        const limit = limitOf(query.get("max-keys"), world.store);
        const { items, last } = pageOf(current, limit);
        const contents = items.map(({ key, version }) =>
          element("Contents", [
            element("Key", encoded(key)),
            element("LastModified", new Date(version.lastModified).toISOString()),
            element("ETag", version.etag),
            element("Size", String(version.body.length)),
            element("StorageClass", "STANDARD"),
          ]),
        );
        return xmlReply(
          element("ListBucketResult", [
            element("Name", name),
            element("Prefix", encoded(prefix)),
            element("KeyCount", String(items.length)),
            element("MaxKeys", String(limit)),
            type && element("EncodingType", type),
            element("IsTruncated", String(last !== undefined)),
            last && element("NextContinuationToken", last.key),
            ...contents,
          ]),
        );
      },
    },
  },
};

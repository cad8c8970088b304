/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html, without delimiters. */

import type { ObjectVersion } from "../state.ts";
import { element, type XmlElement } from "../xml.ts";
import { byKey, limitOf, pageOf } from "./page.ts";
import { xmlReply, type Subresource } from "./route.ts";

interface Entry {
  key: string;
  /** 0 for the newest version of its key. */
  index: number;
  version: ObjectVersion;
}

export const listVersions: Subresource = {
  name: "listVersions",
  level: "bucket",
  query: "versions",
  methods: {
    GET: {
      operation: "ListObjectVersions",
      action: "s3:ListBucketVersions",
      write: false,
      parameters: ["prefix", "max-keys", "key-marker", "version-id-marker"],
      handle: ({ name, objects }, { request: { query } }) => {
        const prefix = query.get("prefix") ?? "";
        const entries = byKey(objects, prefix).flatMap(([key, versions]) =>
          versions.map((version, index) => ({ key, index, version })),
        );
        const isAfter = afterMarker(entries, query.get("key-marker") ?? "", query.get("version-id-marker"));
        const limit = limitOf(query.get("max-keys"));
        const { items, last } = pageOf(entries, isAfter, limit);
        return xmlReply(
          element("ListVersionsResult", [
            element("Name", name),
            element("Prefix", prefix),
            element("MaxKeys", String(limit)),
            element("IsTruncated", String(last !== undefined)),
            last && element("NextKeyMarker", last.key),
            last && element("NextVersionIdMarker", last.version.versionId),
            ...items.map(entryElement),
          ]),
        );
      },
    },
  },
};

/** After the named version of the key, also when that version was deleted meanwhile; without a version, after the whole key. */
function afterMarker(entries: Entry[], keyMarker: string, versionMarker: string | null): (entry: Entry) => boolean {
  const marked = entries.find(({ key, version }) => key === keyMarker && version.versionId === versionMarker);
  const isOlder = ({ index, version }: Entry) =>
    marked === undefined ? version.versionId < (versionMarker ?? "") : index > marked.index;
  return (entry) => entry.key > keyMarker || (entry.key === keyMarker && isOlder(entry));
}

function entryElement({ key, index, version }: Entry): XmlElement {
  const common = [
    element("Key", key),
    element("VersionId", version.versionId),
    element("IsLatest", String(index === 0)),
    element("LastModified", new Date(version.lastModified).toISOString()),
  ];
  if (version.deleteMarker) return element("DeleteMarker", common);
  return element("Version", [
    ...common,
    element("ETag", version.etag),
    element("Size", String(version.body.length)),
    element("StorageClass", "STANDARD"),
  ]);
}

/** ListObjectVersions: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */

import type { Reply } from "../http.ts";
import type { Bucket, ObjectVersion } from "../state.ts";
import { element, type XmlElement } from "../xml.ts";
import { canonicalUserId } from "./acl.ts";
import { keyEncoding, keysFrom, limitOf, nameOf, pageOf, prefixElement, rolledUp } from "./page.ts";
import { invalidArgument, xmlReply, type Exchange, type Subresource } from "./route.ts";

interface Entry {
  key: string;
  isLatest: boolean;
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
      parameters: ["prefix", "delimiter", "max-keys", "key-marker", "version-id-marker", "encoding-type"],
      handle: list,
    },
  },
};

function list({ name, accountId, objects }: Bucket, { request: { query }, world }: Exchange): Reply {
  const [keyMarker, versionMarker] = [query.get("key-marker"), query.get("version-id-marker")];
  if (versionMarker !== null && keyMarker === null) {
    const message = "A version-id marker cannot be specified without a key marker.";
    throw invalidArgument(message, "version-id-marker", versionMarker);
  }
  const { write: encoded, type } = keyEncoding(query, world.store);
  const prefix = query.get("prefix") ?? "";
  const limit = limitOf(query.get("max-keys"), world.store);
  const delimiter = query.get("delimiter") ?? "";
  const marker = keyMarker ?? "";
  const entries = entriesAfter(objects, prefix, marker, versionMarker);
  const { items, last } = pageOf(rolledUp(entries, { prefix, delimiter, marker }), limit);
  return xmlReply(
    element("ListVersionsResult", [
      element("Name", name),
      element("Prefix", encoded(prefix)),
      delimiter === "" ? undefined : element("Delimiter", encoded(delimiter)),
      element("KeyMarker", encoded(keyMarker ?? "")),
      element("VersionIdMarker", versionMarker ?? ""),
      element("MaxKeys", String(limit)),
      type && element("EncodingType", type),
      element("IsTruncated", String(last !== undefined)),
      last && element("NextKeyMarker", encoded(nameOf(last))),
      last !== undefined && "version" in last ? element("NextVersionIdMarker", last.version.versionId) : undefined,
      ...items.map((item) =>
        "commonPrefix" in item ? prefixElement(item, encoded) : entryElement(item, accountId, encoded),
      ),
    ]),
  );
}

/** Entries by key, newest version first. */
function* entriesAfter(
  objects: Bucket["objects"],
  prefix: string,
  keyMarker: string,
  versionMarker: string | null,
): Iterable<Entry> {
  for (const key of keysFrom(objects.keys(), prefix, keyMarker)) {
    const versions = objects.get(key) ?? [];
    const start = key === keyMarker ? indexAfter(versions, versionMarker) : 0;
    for (const [offset, version] of versions.slice(start).entries()) {
      yield { key, isLatest: start + offset === 0, version };
    }
  }
}

/** Index after the marker, also if that version was deleted meanwhile. Without a marker, after all versions. */
function indexAfter(versions: ObjectVersion[], marker: string | null): number {
  if (marker === null) return versions.length;
  const marked = versions.findIndex(({ versionId }) => versionId === marker);
  if (marked >= 0) return marked + 1;
  const older = versions.findIndex(({ versionId }) => versionId < marker);
  return older < 0 ? versions.length : older;
}

function entryElement(
  { key, isLatest, version }: Entry,
  accountId: string,
  encoded: (key: string) => string,
): XmlElement {
  const common = [
    element("Key", encoded(key)),
    element("VersionId", version.versionId),
    element("IsLatest", String(isLatest)),
    element("LastModified", new Date(version.lastModified).toISOString()),
    element("Owner", [element("ID", canonicalUserId(accountId))]),
  ];
  if (version.deleteMarker) return element("DeleteMarker", common);
  return element("Version", [
    ...common,
    element("ETag", version.etag),
    element("Size", String(version.body.length)),
    element("StorageClass", version.storageClass),
  ]);
}

/**
 * ListObjects and ListObjectsV2.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */

import { notImplemented } from "../errors.ts";
import type { Reply } from "../http.ts";
import type { Bucket, ObjectVersion } from "../state.ts";
import { element, type XmlElement } from "../xml.ts";
import { canonicalUserId } from "./acl.ts";
import {
  keyEncoding,
  keysFrom,
  limitOf,
  nameOf,
  pageOf,
  prefixElement,
  rolledUp,
  type CommonPrefix,
  type Page,
} from "./page.ts";
import { invalidArgument, xmlReply, type Exchange, type Method, type Subresource } from "./route.ts";

interface Current {
  key: string;
  version: ObjectVersion;
}

/** What both versions of the call share. */
interface Listing {
  page: Page<Current | CommonPrefix>;
  limit: number;
  encoded: (key: string) => string;
  /** Elements that both answers have. */
  common: (XmlElement | undefined)[];
}

export const listObjectsV1: Method = {
  operation: "ListObjects",
  action: "s3:ListBucket",
  write: false,
  parameters: ["prefix", "delimiter", "marker", "max-keys", "encoding-type"],
  handle: (bucket, exchange) => {
    const marker = exchange.request.query.get("marker") ?? "";
    const { page, encoded, common } = listing(bucket, exchange, marker);
    const delimiter = exchange.request.query.get("delimiter") ?? "";
    return listReply(bucket, { page, encoded }, true, [
      ...common,
      element("Marker", encoded(marker)),
      // Without a delimiter the last key of the page is the next marker.
      page.last && delimiter !== "" ? element("NextMarker", encoded(nameOf(page.last))) : undefined,
    ]);
  },
};

export const listObjects: Subresource = {
  name: "listObjects",
  level: "bucket",
  query: "list-type",
  methods: {
    GET: {
      operation: "ListObjectsV2",
      action: "s3:ListBucket",
      write: false,
      parameters: [
        "prefix",
        "delimiter",
        "max-keys",
        "continuation-token",
        "start-after",
        "encoding-type",
        "fetch-owner",
      ],
      handle: listV2,
    },
  },
};

function listV2(bucket: Bucket, exchange: Exchange): Reply {
  const { query } = exchange.request;
  if (query.get("list-type") !== "2") throw notImplemented("list-type other than 2");
  const [token, startAfter] = [query.get("continuation-token"), query.get("start-after")];
  const { page, encoded, common } = listing(bucket, exchange, markerOf(token) ?? startAfter ?? "");
  return listReply(bucket, { page, encoded }, query.get("fetch-owner") === "true", [
    ...common,
    element("KeyCount", String(page.items.length)),
    token === null ? undefined : element("ContinuationToken", token),
    startAfter === null ? undefined : element("StartAfter", encoded(startAfter)),
    page.last && element("NextContinuationToken", Buffer.from(nameOf(page.last)).toString("base64")),
  ]);
}

function markerOf(token: string | null): string | undefined {
  if (token === null) return undefined;
  const marker = Buffer.from(token, "base64").toString();
  if (Buffer.from(marker).toString("base64") === token) return marker;
  throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
}

function listing({ name, objects }: Bucket, { request: { query }, world }: Exchange, marker: string): Listing {
  const { write: encoded, type } = keyEncoding(query, world.store);
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const limit = limitOf(query.get("max-keys"), world.store);
  const current = keysFrom(objects.keys(), prefix, marker).flatMap((key) => {
    const version = objects.get(key)?.[0];
    return key === marker || version === undefined || version.deleteMarker ? [] : [{ key, version }];
  });
  const page = pageOf(rolledUp(current, { prefix, delimiter, marker }), limit);
  const common = [
    element("Name", name),
    element("Prefix", encoded(prefix)),
    delimiter === "" ? undefined : element("Delimiter", encoded(delimiter)),
    element("MaxKeys", String(limit)),
    type && element("EncodingType", type),
    element("IsTruncated", String(page.last !== undefined)),
  ];
  return { page, limit, encoded, common };
}

function listReply(
  { accountId }: Bucket,
  { page, encoded }: Pick<Listing, "page" | "encoded">,
  showsOwner: boolean,
  head: (XmlElement | undefined)[],
): Reply {
  const owner = showsOwner ? element("Owner", [element("ID", canonicalUserId(accountId))]) : undefined;
  const entries = page.items.map((item) =>
    "commonPrefix" in item ? prefixElement(item, encoded) : contentsElement(item, encoded, owner),
  );
  return xmlReply(element("ListBucketResult", [...head, ...entries]));
}

function contentsElement(
  { key, version }: Current,
  encoded: (key: string) => string,
  owner: XmlElement | undefined,
): XmlElement {
  return element("Contents", [
    element("Key", encoded(key)),
    element("LastModified", new Date(version.lastModified).toISOString()),
    element("ETag", version.etag),
    version.checksum && element("ChecksumAlgorithm", version.checksum.algorithm),
    version.checksum && element("ChecksumType", version.checksum.type),
    element("Size", String(version.body.length)),
    owner,
    element("StorageClass", version.storageClass),
  ]);
}

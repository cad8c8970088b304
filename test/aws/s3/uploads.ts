/**
 * Creates and lists multipart uploads of a bucket.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */

import type { Reply } from "../http.ts";
import type { Bucket, ObjectProperties, Upload, World } from "../state.ts";
import { element, type XmlElement } from "../xml.ts";
import { canonicalUserId } from "./acl.ts";
import { algorithmOf } from "./checksums.ts";
import { encryptionHeaders } from "./object-encryption.ts";
import { propertiesOf, PROPERTY_HEADERS, propertyActions } from "./object-properties.ts";
import { compareKeys, keyEncoding, limitOf, nameOf, pageOf, prefixElement, rolledUp } from "./page.ts";
import { invalidArgument, xmlReply, type Exchange, type Subresource } from "./route.ts";

const ALGORITHM = "x-amz-checksum-algorithm";
const TYPE = "x-amz-checksum-type";

export const createUpload: Subresource = {
  name: "createUpload",
  level: "object",
  query: "uploads",
  methods: {
    POST: {
      operation: "CreateMultipartUpload",
      action: "s3:PutObject",
      write: true,
      furtherActions: propertyActions,
      headers: [...PROPERTY_HEADERS, ALGORITHM, TYPE],
      handle: create,
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
      parameters: ["prefix", "delimiter", "max-uploads", "key-marker", "upload-id-marker", "encoding-type"],
      handle: list,
    },
  },
};

function create(bucket: Bucket, exchange: Exchange): Reply {
  const { request, key, world } = exchange;
  const algorithm = algorithmOf(request.headers[ALGORITHM]);
  const type = request.headers[TYPE] ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  if (type !== "FULL_OBJECT" && type !== "COMPOSITE") throw invalidArgument("Unknown checksum type", TYPE, type);
  const properties = propertiesOf(bucket, exchange);
  const id = addUpload(bucket, key, world, properties, algorithm && { algorithm, type });
  const names = [element("Bucket", bucket.name), element("Key", key), element("UploadId", id)];
  return xmlReply(element("InitiateMultipartUploadResult", names), {
    ...encryptionHeaders(properties),
    ...(algorithm !== undefined && { [ALGORITHM]: algorithm, [TYPE]: type }),
  });
}

/** Begins an upload. Later IDs sort after earlier ones. */
export function addUpload(
  { uploads }: Bucket,
  key: string,
  world: World,
  properties: ObjectProperties,
  checksum: Upload["checksum"],
): string {
  const uploadId = `upload-${String(world.next()).padStart(9, "0")}`;
  uploads.set(uploadId, { key, initiated: world.now(), properties, checksum, parts: new Map() });
  return uploadId;
}

/** Lists by key, then by age. */
function list({ name, accountId, uploads }: Bucket, { request: { query }, world }: Exchange): Reply {
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
    .map(([id, upload]) => ({ id, ...upload }))
    .filter(({ id, key }) => key.startsWith(prefix) && isAfter(key, id))
    .toSorted((a, b) => compareKeys(a.key, b.key) || compareKeys(a.id, b.id));
  const limit = limitOf(query.get("max-uploads"), world.store);
  const delimiter = query.get("delimiter") ?? "";
  const { items, last } = pageOf(rolledUp(after, { prefix, delimiter, marker: keyMarker }), limit);
  return xmlReply(
    element("ListMultipartUploadsResult", [
      element("Bucket", name),
      element("Prefix", encoded(prefix)),
      delimiter === "" ? undefined : element("Delimiter", encoded(delimiter)),
      element("KeyMarker", encoded(keyMarker)),
      element("UploadIdMarker", idMarker),
      element("MaxUploads", String(limit)),
      type && element("EncodingType", type),
      element("IsTruncated", String(last !== undefined)),
      last && element("NextKeyMarker", encoded(nameOf(last))),
      last !== undefined && "id" in last ? element("NextUploadIdMarker", last.id) : undefined,
      ...items.map((item) =>
        "commonPrefix" in item ? prefixElement(item, encoded) : uploadElement(item, accountId, encoded),
      ),
    ]),
  );
}

/** Initiator and owner are the bucket owner, whoever began the upload. */
function uploadElement(
  { id, key, initiated, properties }: Upload & { id: string },
  accountId: string,
  encoded: (key: string) => string,
): XmlElement {
  const owner = [element("ID", canonicalUserId(accountId))];
  return element("Upload", [
    element("Key", encoded(key)),
    element("UploadId", id),
    element("Initiator", owner),
    element("Owner", owner),
    element("StorageClass", properties.storageClass),
    element("Initiated", new Date(initiated).toISOString()),
  ]);
}

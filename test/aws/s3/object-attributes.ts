/** GetObjectAttributes, without parts: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */

import type { AwsRequest } from "../http.ts";
import type { ObjectVersion } from "../state.ts";
import { element, type XmlElement } from "../xml.ts";
import { findVersion, versionIdHeader } from "./object-versions.ts";
import { invalidArgument, xmlReply, type Subresource } from "./route.ts";

const HEADER = "x-amz-object-attributes";

const SHOW: Record<string, (version: ObjectVersion) => XmlElement | undefined> = {
  ETag: ({ etag }) => element("ETag", etag.replaceAll('"', "")),
  Checksum: ({ checksum }) =>
    checksum &&
    element("Checksum", [
      element(`Checksum${checksum.algorithm}`, checksum.value),
      element("ChecksumType", checksum.type),
    ]),
  ObjectParts: ({ partSizes }) =>
    partSizes && element("ObjectParts", [element("PartsCount", String(partSizes.length))]),
  StorageClass: ({ storageClass }) => element("StorageClass", storageClass),
  ObjectSize: ({ body }) => element("ObjectSize", String(body.length)),
};

const versioned =
  (current: string, version: string) =>
  ({ query }: AwsRequest) =>
    query.has("versionId") ? version : current;
const attributesAction = versioned("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes");
const readAction = versioned("s3:GetObject", "s3:GetObjectVersion");

export const objectAttributes: Subresource = {
  name: "objectAttributes",
  level: "object",
  query: "attributes",
  methods: {
    GET: {
      operation: "GetObjectAttributes",
      action: attributesAction,
      furtherActions: (request) => [readAction(request)],
      write: false,
      parameters: ["versionId"],
      headers: [HEADER],
      handle: (bucket, { request, key }) => {
        const version = findVersion(bucket, { key, versionId: request.query.get("versionId") ?? undefined });
        const asked = (request.headers[HEADER] ?? "").split(/, */);
        const unknown = asked.find((name) => SHOW[name] === undefined);
        if (unknown !== undefined) throw invalidArgument("Invalid attribute name specified.", HEADER, unknown);
        const headers = { "last-modified": new Date(version.lastModified).toUTCString() };
        return xmlReply(
          element(
            "GetObjectAttributesResponse",
            asked.map((name) => SHOW[name]?.(version)),
          ),
          { ...headers, ...versionIdHeader(bucket, version) },
        );
      },
    },
  },
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html: at most 1,000 keys a call; keys that are not there count as deleted. */

import type { AwsRequest, Reply } from "../http.ts";
import type { Bucket } from "../state.ts";
import { childrenNamed, element, parseXml, textAt, type XmlElement } from "../xml.ts";
import { removeObject } from "./object-versions.ts";
import { malformedXml, requestDocument, xmlReply, type Exchange, type Subresource } from "./route.ts";

const MAX_OBJECTS = 1000;

export const deleteObjects: Subresource = {
  name: "deleteObjects",
  level: "bucket",
  query: "delete",
  methods: {
    POST: {
      operation: "DeleteObjects",
      action: "s3:DeleteObject",
      furtherActions: versionActions,
      write: true,
      handle: deleteAll,
    },
  },
};

function versionActions({ body }: AwsRequest): string[] {
  const root = parseXml(body.toString("utf8"));
  const namesVersions = root?.children.some((each) => textAt(each, "VersionId") !== undefined) ?? false;
  return namesVersions ? ["s3:DeleteObjectVersion"] : [];
}

function deleteAll(bucket: Bucket, { request, world }: Exchange): Reply {
  const document = requestDocument(request, "Delete");
  const wanted = childrenNamed(document, "Object");
  if (wanted.length === 0 || wanted.length > MAX_OBJECTS) throw malformedXml();
  const deleted = wanted.map((each) => {
    const [key, versionId] = [textAt(each, "Key"), textAt(each, "VersionId")];
    if (key === undefined) throw malformedXml();
    return deletedElement(key, versionId, removeObject(bucket, key, versionId, world));
  });
  return xmlReply(element("DeleteResult", textAt(document, "Quiet") === "true" ? [] : deleted));
}

function deletedElement(key: string, asked: string | undefined, removed: ReturnType<typeof removeObject>): XmlElement {
  const markerId = removed.deleteMarker ? removed.versionId : undefined;
  return element("Deleted", [
    element("Key", key),
    asked === undefined ? undefined : element("VersionId", asked),
    removed.deleteMarker ? element("DeleteMarker", "true") : undefined,
    markerId === undefined ? undefined : element("DeleteMarkerVersionId", markerId),
  ]);
}

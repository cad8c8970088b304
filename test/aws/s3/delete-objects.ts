/**
 * DeleteObjects: at most 1,000 keys per call. Missing keys count as deleted.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 */

import { AwsError } from "../errors.ts";
import type { AwsRequest, Reply } from "../http.ts";
import { denialMessage } from "../policy/access.ts";
import type { Bucket } from "../state.ts";
import { childrenNamed, element, textAt, type XmlElement } from "../xml.ts";
import { removeObject, type Removed, type VersionTarget } from "./object-versions.ts";
import { BYPASS_HEADER, bypassActions, bypassesGovernance } from "./protection.ts";
import {
  accessDenied,
  bodyDocument,
  malformedXml,
  requestDocument,
  xmlReply,
  type Exchange,
  type Subresource,
} from "./route.ts";
import { refuseForMfa } from "./versioning.ts";

const MAX_OBJECTS = 1000;

export const deleteObjects: Subresource = {
  name: "deleteObjects",
  level: "bucket",
  query: "delete",
  methods: {
    POST: {
      operation: "DeleteObjects",
      action: "s3:DeleteObject",
      furtherActions: (request) => [...versionActions(request), ...bypassActions(request)],
      write: true,
      partial: true,
      parts: actionsOnKeys,
      headers: [BYPASS_HEADER],
      handle: deleteAll,
    },
  },
};

function versionActions(request: AwsRequest): string[] {
  const namesVersions =
    bodyDocument(request)?.children.some((each) => textAt(each, "VersionId") !== undefined) ?? false;
  return namesVersions ? ["s3:DeleteObjectVersion"] : [];
}

/** Deleting a version needs s3:DeleteObjectVersion, deleting without a version s3:DeleteObject. */
function actionOf({ versionId }: VersionTarget): string {
  return versionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
}

function actionsOnKeys(request: AwsRequest): { action: string; key: string }[] {
  const targets = childrenNamed(bodyDocument(request) ?? element(""), "Object").map(targetOf);
  return targets.flatMap((target) =>
    [actionOf(target), ...bypassActions(request)].map((action) => ({ action, key: target.key })),
  );
}

/** Answers 200 with a result for each key: Deleted or Error. */
function deleteAll(bucket: Bucket, exchange: Exchange): Reply {
  const document = requestDocument(exchange.request, "Delete");
  const targets = childrenNamed(document, "Object").map(targetOf);
  if (targets.length === 0 || targets.length > MAX_OBJECTS) throw malformedXml();
  const bypass = bypassesGovernance(exchange.request, bucket);
  if (targets.some(({ versionId }) => versionId !== undefined)) refuseForMfa(bucket);
  const results = targets.map((target) => deleteOne(bucket, target, bypass, exchange));
  const quiet = textAt(document, "Quiet") === "true";
  return xmlReply(element("DeleteResult", quiet ? results.filter(({ name }) => name === "Error") : results));
}

function targetOf(object: XmlElement): VersionTarget {
  const key = textAt(object, "Key");
  if (key === undefined) throw malformedXml();
  return { key, versionId: textAt(object, "VersionId") };
}

function deleteOne(bucket: Bucket, target: VersionTarget, bypass: boolean, exchange: Exchange): XmlElement {
  try {
    refuseIfDenied(bucket, target, bypass, exchange);
    return deletedElement(target, removeObject(bucket, target, bypass, exchange.world));
  } catch (error) {
    if (error instanceof AwsError) return errorElement(target, error);
    throw error;
  }
}

function refuseIfDenied(bucket: Bucket, target: VersionTarget, bypass: boolean, { denials, caller }: Exchange): void {
  const resource = `arn:aws:s3:::${bucket.name}/${target.key}`;
  const needed = bypass ? [actionOf(target), "s3:BypassGovernanceRetention"] : [actionOf(target)];
  const [message] = needed.flatMap((action) => denialMessage(denials, caller, action, resource) ?? []);
  if (message !== undefined) throw accessDenied(message);
}

function deletedElement({ key, versionId }: VersionTarget, removed: Removed): XmlElement {
  const markerId = removed.deleteMarker ? removed.versionId : undefined;
  return element("Deleted", [
    ...identity(key, versionId),
    removed.deleteMarker ? element("DeleteMarker", "true") : undefined,
    markerId === undefined ? undefined : element("DeleteMarkerVersionId", markerId),
  ]);
}

function errorElement({ key, versionId }: VersionTarget, { code, message }: AwsError): XmlElement {
  return element("Error", [...identity(key, versionId), element("Code", code), element("Message", message)]);
}

function identity(key: string, versionId: string | undefined): (XmlElement | undefined)[] {
  return [element("Key", key), versionId === undefined ? undefined : element("VersionId", versionId)];
}

/**
 * Retention of an object version, without event holds.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html
 */

import { AwsError, notImplemented } from "../errors.ts";
import type { Reply } from "../http.ts";
import type { Bucket, ObjectVersion, Retention } from "../state.ts";
import { child, element, textAt, type XmlElement } from "../xml.ts";
import { findVersion } from "./object-versions.ts";
import { BYPASS_HEADER, bypassActions, bypassesGovernance, isRetained, requireObjectLock } from "./protection.ts";
import {
  accessDenied,
  invalidArgument,
  malformedXml,
  requestDocument,
  xmlReply,
  type Exchange,
  type Subresource,
} from "./route.ts";

export const retention: Subresource = {
  name: "retention",
  level: "object",
  query: "retention",
  methods: {
    GET: {
      operation: "GetObjectRetention",
      action: "s3:GetObjectRetention",
      write: false,
      parameters: ["versionId"],
      handle: getRetention,
    },
    PUT: {
      operation: "PutObjectRetention",
      action: "s3:PutObjectRetention",
      furtherActions: bypassActions,
      write: true,
      parameters: ["versionId"],
      headers: [BYPASS_HEADER],
      handle: putRetention,
    },
  },
};

function getRetention(bucket: Bucket, exchange: Exchange): Reply {
  requireObjectLock(bucket);
  const { retention } = namedVersion(bucket, exchange);
  if (retention === undefined) {
    const message = "The specified object does not have a ObjectLock configuration";
    throw new AwsError(404, "NoSuchObjectLockConfiguration", message);
  }
  const until = element("RetainUntilDate", new Date(retention.until).toISOString());
  return xmlReply(element("Retention", [element("Mode", retention.mode), until]));
}

function putRetention(bucket: Bucket, exchange: Exchange): Reply {
  const { request, world } = exchange;
  requireObjectLock(bucket);
  const bypass = bypassesGovernance(request, bucket);
  const version = namedVersion(bucket, exchange);
  const wanted = retentionOf(requestDocument(request, "Retention"), world.now());
  if (isRetained(version, bypass, world.now()) && !isExtension(version.retention, wanted)) {
    throw accessDenied("Access Denied because object protected by object lock.");
  }
  version.retention = wanted;
  return { status: 200 };
}

function namedVersion(bucket: Bucket, { request, key }: Exchange): ObjectVersion {
  return findVersion(bucket, { key, versionId: request.query.get("versionId") ?? undefined });
}

/** Undefined for an empty document, which removes the retention. */
function retentionOf(document: XmlElement, now: number): Retention | undefined {
  if (document.children.length === 0) return undefined;
  if (child(document, "EventHold") !== undefined) throw notImplemented("event holds of objects");
  const [mode, date = ""] = [textAt(document, "Mode"), textAt(document, "RetainUntilDate")];
  const until = Date.parse(date);
  if ((mode !== "GOVERNANCE" && mode !== "COMPLIANCE") || Number.isNaN(until)) throw malformedXml();
  if (until <= now) throw invalidArgument("The retain until date must be in the future!", "RetainUntilDate", date);
  return { mode, until };
}

/** True if `wanted` is as long and as strict as `present`, or more so. */
function isExtension(present: Retention | undefined, wanted: Retention | undefined): boolean {
  if (present === undefined) return true;
  if (wanted === undefined || wanted.until < present.until) return false;
  return wanted.mode === present.mode || wanted.mode === "COMPLIANCE";
}

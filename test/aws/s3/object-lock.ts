/** Object lock of a bucket: FACTS.md#s3-object-lock. */

import type { Bucket, Retention } from "../state.ts";
import { child, element, textAt, type XmlElement } from "../xml.ts";
import {
  absent,
  configurationReply,
  invalidArgument,
  invalidBucketState,
  malformedXml,
  requestDocument,
  type Subresource,
} from "./route.ts";

const DAY_MS = 86_400_000;
const DAYS_PER_YEAR = 365;
const MAX_YEARS = 100;

export const objectLock: Subresource = {
  name: "objectLock",
  level: "bucket",
  query: "object-lock",
  methods: {
    GET: {
      operation: "GetObjectLockConfiguration",
      action: "s3:GetBucketObjectLockConfiguration",
      write: false,
      handle: (bucket, exchange) => {
        if (bucket.objectLock === undefined) {
          const message = "Object Lock configuration does not exist for this bucket";
          throw absent("ObjectLockConfigurationNotFoundError", message, bucket);
        }
        return configurationReply(exchange, bucket.objectLock);
      },
    },
    // Replaces the whole rule, so absent fields are removed. No document disables object lock.
    PUT: {
      operation: "PutObjectLockConfiguration",
      action: "s3:PutBucketObjectLockConfiguration",
      write: true,
      headers: ["x-amz-bucket-object-lock-token"],
      handle: (bucket, { request }) => {
        const document = requestDocument(request, "ObjectLockConfiguration");
        checkDocument(document);
        if (bucket.versioning !== "Enabled") {
          throw invalidBucketState("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration");
        }
        bucket.objectLock = document;
        return { status: 200 };
      },
    },
  },
};

/** Object lock without a rule, as after CreateBucket. */
export function objectLockDocument(): XmlElement {
  return element("ObjectLockConfiguration", [element("ObjectLockEnabled", "Enabled")]);
}

/** Retention of a new object; undefined if the bucket has no default retention. */
export function defaultRetention({ objectLock }: Bucket, now: number): Retention | undefined {
  const rule = child(child(objectLock, "Rule"), "DefaultRetention");
  const mode = textAt(rule, "Mode") as Retention["mode"] | undefined;
  if (mode === undefined) return undefined;
  const days = Number(textAt(rule, "Days") ?? 0) + DAYS_PER_YEAR * Number(textAt(rule, "Years") ?? 0);
  return { mode, until: now + days * DAY_MS };
}

/** A rule has a mode with a period, an event hold with a period, or both. */
function checkDocument(document: XmlElement): void {
  if (textAt(document, "ObjectLockEnabled") !== "Enabled") throw malformedXml();
  const rule = child(document, "Rule");
  if (rule === undefined) return;
  const retention = child(rule, "DefaultRetention");
  const hold = child(retention, "DefaultEventHold");
  const mode = textAt(retention, "Mode");
  const hasPeriod = child(retention, "Days") !== undefined || child(retention, "Years") !== undefined;
  if (retention === undefined || (mode === undefined) === hasPeriod) throw malformedXml();
  if (mode === undefined && hold === undefined) throw malformedXml();
  if (mode !== undefined && mode !== "GOVERNANCE" && mode !== "COMPLIANCE") throw malformedXml();
  if (mode !== undefined) checkPeriod(retention);
  if (hold !== undefined) checkPeriod(hold);
}

/** Requires days or years, not both. */
function checkPeriod(parent: XmlElement): void {
  const [days, years] = [textAt(parent, "Days"), textAt(parent, "Years")];
  if ((days === undefined) === (years === undefined)) throw malformedXml();
  const [name, value] = days === undefined ? ["Years", years ?? ""] : ["Days", days];
  if (!/^-?\d+$/.test(value)) throw malformedXml();
  const message = "Default retention period must be a positive integer value.";
  if (Number(value) <= 0) throw invalidArgument(message, name, value);
  const max = name === "Years" ? MAX_YEARS : MAX_YEARS * DAYS_PER_YEAR;
  if (Number(value) > max) throw invalidArgument("Default retention period is too large.", name, value);
}

/** Server access logging: FACTS.md#s3-logging. */

import { AwsError, notImplemented } from "../errors.ts";
import type { Bucket, World } from "../state.ts";
import { findBucket } from "../world.ts";
import { child, element, textAt, type XmlElement } from "../xml.ts";
import { configurationReply, malformedXml, requestDocument, type Subresource } from "./route.ts";

const DATE_SOURCES = new Set(["EventTime", "DeliveryTime"]);

export const logging: Subresource = {
  name: "logging",
  level: "bucket",
  query: "logging",
  methods: {
    GET: {
      operation: "GetBucketLogging",
      action: "s3:GetBucketLogging",
      write: false,
      handle: ({ logging }, exchange) => configurationReply(exchange, logging ?? element("BucketLoggingStatus")),
    },
    // An empty document turns logging off.
    PUT: {
      operation: "PutBucketLogging",
      action: "s3:PutBucketLogging",
      write: true,
      handle: (bucket, { request, world }) => {
        const document = requestDocument(request, "BucketLoggingStatus");
        const enabled = child(document, "LoggingEnabled");
        if (enabled !== undefined) checkTarget(bucket, enabled, world);
        bucket.logging = enabled === undefined ? undefined : document;
        return { status: 200 };
      },
    },
  },
};

function checkTarget(source: Bucket, enabled: XmlElement, world: World): void {
  const [name, prefix] = [textAt(enabled, "TargetBucket"), textAt(enabled, "TargetPrefix")];
  if (name === undefined || prefix === undefined) throw malformedXml();
  if (child(enabled, "TargetGrants") !== undefined) throw notImplemented("TargetGrants of PutBucketLogging");
  checkKeyFormat(child(enabled, "TargetObjectKeyFormat"));
  const target = findBucket(world, name);
  if (target === undefined) throw invalidTarget("The target bucket for logging does not exist", name);
  if (target.accountId !== source.accountId) {
    throw invalidTarget("The owner for the bucket to be logged and the target bucket must be the same.", name);
  }
  if (target.region !== source.region) {
    const details = { TargetBucketLocation: target.region, SourceBucketLocation: source.region };
    // S3 has this spelling.
    const code = "CrossLocationLoggingProhibitted";
    throw new AwsError(403, code, "Cross S3 location logging not allowed. ", { details });
  }
}

/** Requires the simple or the partitioned key format. The partitioned format names a date source. */
function checkKeyFormat(format: XmlElement | undefined): void {
  if (format === undefined) return;
  const [simple, partitioned] = [child(format, "SimplePrefix"), child(format, "PartitionedPrefix")];
  if ((simple === undefined) === (partitioned === undefined)) throw malformedXml();
  const source = textAt(partitioned, "PartitionDateSource");
  if (source !== undefined && !DATE_SOURCES.has(source)) throw malformedXml();
}

function invalidTarget(message: string, name: string): AwsError {
  return new AwsError(400, "InvalidTargetBucketForLogging", message, { details: { TargetBucket: name } });
}

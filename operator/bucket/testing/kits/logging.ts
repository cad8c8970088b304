import fc from "fast-check";
import type { S3BucketSpec } from "../../../api/types.ts";
import { optional } from "../arbitrary.ts";
import { defineKit } from "../kit.ts";
import type { Random } from "../random.ts";
import { single, type Document } from "../rewriting-store.ts";

export const kit = defineKit<"logging">({
  arbitrary: optional<NonNullable<S3BucketSpec["logging"]>>(
    {
      targetBucket: fc.constantFrom("logs", "more-logs"),
      targetPrefix: fc.constantFrom("", "logs/"),
      targetObjectKeyFormat: fc.oneof(
        fc.constant({ simplePrefix: {} }),
        fc.record({
          partitionedPrefix: fc.record({ partitionDateSource: fc.constantFrom("EventTime", "DeliveryTime") }),
        }),
      ),
    },
    ["targetBucket"],
  ),
  routes: (store, random) =>
    single(store, random, { name: "Logging", member: "BucketLoggingStatus", answer: rewritten }),
  closed: "Root",
  field: "logging",
  value: ({ targetBucket }) => ({ targetBucket, targetPrefix: "logs/" }),
  other: ({ targetBucket }) => ({
    targetBucket,
    targetPrefix: "access/",
    targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
  }),
});

/** The default format may be left out. */
function rewritten(status: Document, random: Random): Document {
  const { LoggingEnabled } = status as { LoggingEnabled?: Document };
  if (LoggingEnabled === undefined) return {};
  const { TargetObjectKeyFormat, ...rest } = LoggingEnabled as { TargetObjectKeyFormat?: Document };
  const isDefault = TargetObjectKeyFormat !== undefined && "SimplePrefix" in TargetObjectKeyFormat;
  return { LoggingEnabled: isDefault && random.coin() ? rest : LoggingEnabled };
}

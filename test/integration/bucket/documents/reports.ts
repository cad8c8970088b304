import fc from "fast-check";
import type { Prerequisites } from "../../support/world/prerequisites.ts";
import { ACCOUNT, configurationId, fields, filter, id, status, text } from "./values.ts";

export function loggingDocuments({ targetBucket }: Prerequisites): fc.Arbitrary<object> {
  const formats = [{ SimplePrefix: {} }, { PartitionedPrefix: { PartitionDateSource: "EventTime" } }];
  const enabled = fields(
    {
      TargetBucket: fc.constant(targetBucket),
      TargetPrefix: text,
      TargetObjectKeyFormat: fc.constantFrom(...formats),
    },
    ["TargetBucket", "TargetPrefix"],
  );
  return enabled.map((LoggingEnabled) => ({ BucketLoggingStatus: { LoggingEnabled } }));
}

export function notificationDocuments({ queueArn, topicArn }: Prerequisites): fc.Arbitrary<object> {
  const key = fc
    .uniqueArray(fc.record({ Name: fc.constantFrom("prefix", "suffix", "Prefix"), Value: text }), {
      maxLength: 2,
      selector: ({ Name }) => Name.toLowerCase(),
    })
    .map((FilterRules) => ({ Key: { FilterRules } }));
  const list = (arn: string, value: string, events: string[]) =>
    fc.array(
      fields({ Id: id, [arn]: fc.constant(value), Events: fc.constantFrom([events[0]], events), Filter: key }, [
        arn,
        "Events",
      ]),
      { maxLength: 1 },
    );
  return fields({
    QueueConfigurations: list("QueueArn", queueArn, ["s3:ObjectCreated:*", "s3:ObjectRestore:Post"]),
    TopicConfigurations: list("TopicArn", topicArn, ["s3:ObjectRemoved:*", "s3:LifecycleTransition"]),
    EventBridgeConfiguration: fc.constant({}),
  }).map((NotificationConfiguration) => ({ NotificationConfiguration }));
}

export const tieringDocuments = fields(
  {
    Id: configurationId,
    Status: status,
    Filter: filter(),
    Tierings: fc.uniqueArray(
      fc.record({
        AccessTier: fc.constantFrom("ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS"),
        Days: fc.constantFrom(90, 180, 730),
      }),
      { minLength: 1, selector: ({ AccessTier }) => AccessTier },
    ),
  },
  ["Id", "Status", "Tierings"],
).map((each) => ({ Id: each["Id"], IntelligentTieringConfiguration: each }));

export function inventoryDocuments({ targetArn, kmsKeyArn }: Prerequisites): fc.Arbitrary<object> {
  const destination = fields(
    {
      Bucket: fc.constant(targetArn),
      AccountId: fc.constant(ACCOUNT),
      Prefix: text,
      Format: fc.constantFrom("CSV", "ORC", "Parquet"),
      Encryption: fc.constantFrom({ SSES3: {} }, { SSEKMS: { KeyId: kmsKeyArn } }, { SSEKMS: { KeyId: "alias/data" } }),
    },
    ["Bucket", "Format"],
  );
  return fields(
    {
      Id: configurationId,
      IsEnabled: fc.boolean(),
      IncludedObjectVersions: fc.constantFrom("All", "Current"),
      Schedule: fc.constantFrom({ Frequency: "Daily" }, { Frequency: "Weekly" }),
      Filter: fc.record({ Prefix: text }),
      OptionalFields: fc.constantFrom(["Size"], ["ETag", "Size", "ETag"], []),
      Destination: destination.map((S3BucketDestination) => ({ S3BucketDestination })),
    },
    ["Id", "IsEnabled", "IncludedObjectVersions", "Schedule", "Destination"],
  ).map((each) => ({ Id: each["Id"], InventoryConfiguration: each }));
}

export const metricsDocuments = fields(
  {
    Id: configurationId,
    Filter: filter({
      AccessPointArn: fc.constantFrom(`arn:aws:s3:eu-central-1:${ACCOUNT}:accesspoint/reader`),
    }),
  },
  ["Id"],
).map((each) => ({ Id: each["Id"], MetricsConfiguration: each }));

export function analyticsDocuments({ targetArn }: Prerequisites): fc.Arbitrary<object> {
  const destination = fields(
    { Bucket: fc.constant(targetArn), BucketAccountId: fc.constant(ACCOUNT), Prefix: text, Format: fc.constant("CSV") },
    ["Bucket", "Format"],
  );
  const analysis = fields({
    DataExport: destination.map((S3BucketDestination) => ({
      OutputSchemaVersion: "V_1",
      Destination: { S3BucketDestination },
    })),
  });
  return fields({ Id: configurationId, Filter: filter(), StorageClassAnalysis: analysis }, [
    "Id",
    "StorageClassAnalysis",
  ]).map((each) => ({ Id: each["Id"], AnalyticsConfiguration: each }));
}

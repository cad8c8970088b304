import {
  DeleteBucketAnalyticsConfigurationCommand,
  ListBucketAnalyticsConfigurationsCommand,
  PutBucketAnalyticsConfigurationCommand,
  type AnalyticsConfiguration,
  type AnalyticsFilter,
  type AnalyticsS3BucketDestination,
  type StorageClassAnalysis,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { accountAsk, destinationAsk } from "./asks.ts";
import { defineConfigurations } from "./configurations.ts";
import { fromS3, pathsBelow, toS3 } from "./field-names.ts";
import { canonicalFilter, FILTER_FIELDS, toFilter, toFilterSpec } from "./filter.ts";
import { stated } from "./to-spec.ts";

type Spec = NonNullable<S3BucketSpec["analytics"]>["configurations"][number];
type DataExport = NonNullable<Spec["dataExport"]>;

const DESTINATION = ["bucket", "bucketAccountId", "prefix"] as const;
const DESTINATION_PATH = "StorageClassAnalysis.DataExport.Destination.S3BucketDestination";

/** Schema and format have only one value. */
function toAnalysis(dataExport: DataExport | undefined): StorageClassAnalysis {
  if (dataExport === undefined) return {};
  const S3BucketDestination = { Format: "CSV", ...toS3(dataExport, DESTINATION) } as const;
  return { DataExport: { OutputSchemaVersion: "V_1", Destination: { S3BucketDestination } } };
}

function destinationOf(analysis: StorageClassAnalysis | undefined): AnalyticsS3BucketDestination | undefined {
  return analysis?.DataExport?.Destination?.S3BucketDestination;
}

function toDataExport(destination: AnalyticsS3BucketDestination | undefined): DataExport | undefined {
  return destination && stated<DataExport>(canonicalDestination(destination));
}

function canonicalDestination(destination: AnalyticsS3BucketDestination) {
  return { ...fromS3(destination, DESTINATION), prefix: destination.Prefix || undefined };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAnalyticsConfiguration.html */
export const analytics = defineConfigurations<AnalyticsConfiguration, Spec>({
  name: "analytics",
  iamActions: { read: ["s3:GetAnalyticsConfiguration"], write: ["s3:PutAnalyticsConfiguration"] },

  declared: ({ analytics }) => analytics?.configurations,

  toConfiguration: ({ id, filter, dataExport }) => ({
    Id: id,
    Filter: toFilter(filter) as AnalyticsFilter | undefined,
    StorageClassAnalysis: toAnalysis(dataExport),
  }),

  canonical: ({ Filter, StorageClassAnalysis }) => {
    const destination = destinationOf(StorageClassAnalysis);
    return { ...canonicalFilter(Filter), dataExport: destination && canonicalDestination(destination) };
  },

  fields: [
    ...FILTER_FIELDS,
    "StorageClassAnalysis.DataExport.OutputSchemaVersion",
    ...pathsBelow(DESTINATION_PATH, ["format", ...DESTINATION]),
  ],

  toSpec: ({ Id = "", Filter, StorageClassAnalysis }) =>
    stated<Spec>({
      id: Id,
      filter: toFilterSpec(Filter),
      dataExport: toDataExport(destinationOf(StorageClassAnalysis)),
    }),

  list: async ({ s3, ref, options }, ContinuationToken) => {
    const command = new ListBucketAnalyticsConfigurationsCommand({ ...ref, ContinuationToken });
    const { AnalyticsConfigurationList, NextContinuationToken } = await s3.send(command, options);
    return { configurations: AnalyticsConfigurationList, next: NextContinuationToken };
  },

  put: ({ s3, ref, options }, Id, AnalyticsConfiguration) =>
    s3.send(new PutBucketAnalyticsConfigurationCommand({ ...ref, Id, AnalyticsConfiguration }), options),

  removal: (target) => new DeleteBucketAnalyticsConfigurationCommand(target),

  asks: ({ id, dataExport }) => {
    if (dataExport === undefined) return [];
    const { bucket, bucketAccountId } = dataExport;
    const field = `spec.analytics.configurations[${id}].dataExport`;
    return [
      accountAsk(`${field}.bucketAccountId`, bucketAccountId),
      destinationAsk(`${field}.bucket`, bucket, bucketAccountId),
    ];
  },
});

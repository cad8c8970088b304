import {
  DeleteBucketMetricsConfigurationCommand,
  ListBucketMetricsConfigurationsCommand,
  type MetricsConfiguration,
  type MetricsFilter,
  PutBucketMetricsConfigurationCommand,
} from "@aws-sdk/client-s3";
import { defineConfigurations } from "./configurations.ts";
import { canonicalFilter, toFilter } from "./filter.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketMetricsConfiguration.html */
export const metrics = defineConfigurations<MetricsConfiguration>({
  name: "metrics",
  permissions: { read: ["s3:GetMetricsConfiguration"], write: ["s3:PutMetricsConfiguration"] },

  declared: ({ metrics }) =>
    metrics?.configurations.map(({ id, filter }) => ({
      Id: id,
      Filter: toFilter(filter, { AccessPointArn: filter?.accessPointArn }) as MetricsFilter | undefined,
    })),

  canonical: ({ Filter }) => ({
    ...canonicalFilter(Filter),
    accessPointArn: Filter?.AccessPointArn ?? Filter?.And?.AccessPointArn,
  }),

  list: async ({ s3, ref, options }, ContinuationToken) => {
    const command = new ListBucketMetricsConfigurationsCommand({ ...ref, ContinuationToken });
    const { MetricsConfigurationList, NextContinuationToken } = await s3.send(command, options);
    return { configurations: MetricsConfigurationList, next: NextContinuationToken };
  },

  put: ({ s3, ref, options }, Id, MetricsConfiguration) =>
    s3.send(new PutBucketMetricsConfigurationCommand({ ...ref, Id, MetricsConfiguration }), options),

  remove: ({ s3, ref, options }, Id) => s3.send(new DeleteBucketMetricsConfigurationCommand({ ...ref, Id }), options),
});

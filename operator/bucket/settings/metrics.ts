import {
  DeleteBucketMetricsConfigurationCommand,
  ListBucketMetricsConfigurationsCommand,
  PutBucketMetricsConfigurationCommand,
  type MetricsConfiguration,
  type MetricsFilter,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { defineConfigurations } from "./configurations.ts";
import { canonicalFilter, FILTER_FIELDS, flatFilter, toFilter, toFilterSpec } from "./filter.ts";
import { stated, unlessEmpty } from "./to-spec.ts";

type Spec = NonNullable<S3BucketSpec["metrics"]>["configurations"][number];

function accessPointArnOf({ Filter }: MetricsConfiguration): string | undefined {
  return flatFilter(Filter).AccessPointArn;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketMetricsConfiguration.html */
export const metrics = defineConfigurations<MetricsConfiguration, Spec>({
  name: "metrics",
  iamActions: { read: ["s3:GetMetricsConfiguration"], write: ["s3:PutMetricsConfiguration"] },

  declared: ({ metrics }) => metrics?.configurations,

  toConfiguration: ({ id, filter }) => ({
    Id: id,
    Filter: toFilter(filter, { AccessPointArn: filter?.accessPointArn }) as MetricsFilter | undefined,
  }),

  canonical: (configuration) => ({
    ...canonicalFilter(configuration.Filter),
    accessPointArn: accessPointArnOf(configuration),
  }),

  fields: [...FILTER_FIELDS, "Filter.AccessPointArn", "Filter.And.AccessPointArn"],

  toSpec: (configuration) => {
    const accessPointArn = accessPointArnOf(configuration);
    const filter = { ...toFilterSpec(configuration.Filter), ...(accessPointArn !== undefined && { accessPointArn }) };
    return stated<Spec>({ id: configuration.Id ?? "", filter: unlessEmpty(filter) });
  },

  list: async ({ s3, ref, options }, ContinuationToken) => {
    const command = new ListBucketMetricsConfigurationsCommand({ ...ref, ContinuationToken });
    const { MetricsConfigurationList, NextContinuationToken } = await s3.send(command, options);
    return { configurations: MetricsConfigurationList, next: NextContinuationToken };
  },

  put: ({ s3, ref, options }, Id, MetricsConfiguration) =>
    s3.send(new PutBucketMetricsConfigurationCommand({ ...ref, Id, MetricsConfiguration }), options),

  removal: (target) => new DeleteBucketMetricsConfigurationCommand(target),
});

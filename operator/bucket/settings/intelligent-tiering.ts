import {
  DeleteBucketIntelligentTieringConfigurationCommand,
  ListBucketIntelligentTieringConfigurationsCommand,
  PutBucketIntelligentTieringConfigurationCommand,
  type IntelligentTieringConfiguration,
  type Tiering,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { defineConfigurations } from "./configurations.ts";
import { canonicalFilter, FILTER_FIELDS, toFilter, toFilterSpec } from "./filter.ts";
import { stated } from "./to-spec.ts";

type Spec = NonNullable<S3BucketSpec["intelligentTiering"]>["configurations"][number];

/** Sorts by tier, which each configuration has at most once. */
function daysByTier(tierings: readonly Tiering[] = []): unknown[] {
  return tierings.map(({ AccessTier, Days }) => `${AccessTier}: ${Days}`).sort();
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketIntelligentTieringConfiguration.html */
export const intelligentTiering = defineConfigurations<IntelligentTieringConfiguration, Spec>({
  name: "intelligentTiering",
  iamActions: { read: ["s3:GetIntelligentTieringConfiguration"], write: ["s3:PutIntelligentTieringConfiguration"] },

  declared: ({ intelligentTiering }) => intelligentTiering?.configurations,

  toConfiguration: ({ id, status, filter, tierings }) => ({
    Id: id,
    Status: status,
    Filter: toFilter(filter),
    Tierings: tierings.map(({ accessTier, days }) => ({ AccessTier: accessTier, Days: days })),
  }),

  canonical: ({ Status, Filter, Tierings }) => ({
    status: Status,
    ...canonicalFilter(Filter),
    tierings: daysByTier(Tierings),
  }),

  fields: ["Status", ...FILTER_FIELDS, "Tierings.AccessTier", "Tierings.Days"],

  toSpec: ({ Id = "", Status = "Disabled", Filter, Tierings = [] }) =>
    stated<Spec>({
      id: Id,
      status: Status,
      filter: toFilterSpec(Filter),
      tierings: Tierings.map(({ AccessTier = "ARCHIVE_ACCESS", Days = 0 }) => ({ accessTier: AccessTier, days: Days })),
    }),

  list: async ({ s3, ref, options }, ContinuationToken) => {
    const command = new ListBucketIntelligentTieringConfigurationsCommand({ ...ref, ContinuationToken });
    const { IntelligentTieringConfigurationList, NextContinuationToken } = await s3.send(command, options);
    return { configurations: IntelligentTieringConfigurationList, next: NextContinuationToken };
  },

  put: ({ s3, ref, options }, Id, IntelligentTieringConfiguration) =>
    s3.send(
      new PutBucketIntelligentTieringConfigurationCommand({ ...ref, Id, IntelligentTieringConfiguration }),
      options,
    ),

  removal: (target) => new DeleteBucketIntelligentTieringConfigurationCommand(target),
});

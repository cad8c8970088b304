import fc from "fast-check";
import type { S3BucketSpec } from "../../../api/types.ts";
import { account, bucketArn, configurations, kmsKeyArn, optional, prefix, some, word } from "../arbitrary.ts";
import { defineKit } from "../kit.ts";
import { listed } from "../rewriting-store.ts";

type Configuration = NonNullable<S3BucketSpec["inventory"]>["configurations"][number];

export const kit = defineKit<"inventory">({
  arbitrary: configurations(
    optional<Configuration>(
      {
        id: word,
        isEnabled: fc.boolean(),
        includedObjectVersions: fc.constantFrom("All", "Current"),
        frequency: fc.constantFrom("Daily", "Weekly"),
        filter: fc.record({ prefix }),
        optionalFields: some(fc.constantFrom("Size", "ETag", "StorageClass"), 3, 0),
        destination: optional<Configuration["destination"]>(
          {
            bucket: bucketArn,
            accountId: account,
            prefix,
            format: fc.constantFrom("CSV", "Parquet"),
            encryption: fc.oneof(
              fc.constant({ sseAlgorithm: "AES256" as const }),
              fc.record({ sseAlgorithm: fc.constant("aws:kms" as const), kmsKeyArn }),
            ),
          },
          ["bucket", "format"],
        ),
      },
      ["id", "includedObjectVersions", "frequency", "destination"],
    ),
  ),
  routes: (store, random) =>
    listed(store, random, "Inventory", (configuration) => ({
      ...configuration,
      ...(Array.isArray(configuration.OptionalFields) && {
        OptionalFields: random.shuffled<unknown>(configuration.OptionalFields),
      }),
    })),
  field: "inventory",
  value: ({ targetArn }) => ({ configurations: [inventory(targetArn, "Daily")] }),
  other: ({ targetArn }) => ({ configurations: [inventory(targetArn, "Weekly")] }),
});

function inventory(bucket: string, frequency: "Daily" | "Weekly"): Configuration {
  return { id: "all", includedObjectVersions: "All", frequency, destination: { bucket, format: "CSV" } };
}

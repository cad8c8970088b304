import fc from "fast-check";
import type { S3BucketSpec } from "../../../api/types.ts";
import { configurations, objectFilter, optional, prefix, tagFilter, word } from "../arbitrary.ts";
import { defineKit } from "../kit.ts";
import { listed, withFilter } from "../rewriting-store.ts";

type Configuration = NonNullable<S3BucketSpec["metrics"]>["configurations"][number];

const accessPointArn = fc.constant("arn:aws:s3:eu-central-1:111122223333:accesspoint/readers");

export const kit = defineKit<"metrics">({
  arbitrary: configurations(
    optional<Configuration>(
      {
        id: word,
        filter: fc.oneof(
          objectFilter,
          fc.record({ accessPointArn }),
          fc.record({ prefix, tags: tagFilter, accessPointArn }, { requiredKeys: ["prefix"] }),
        ),
      },
      ["id"],
    ),
  ),
  routes: (store, random) => listed(store, random, "Metrics", (configuration) => withFilter(configuration, random)),
  field: "metrics",
  value: () => ({ configurations: [{ id: "all", filter: { prefix: "raw/" } }] }),
  other: () => ({ configurations: [{ id: "all", filter: { prefix: "curated/" } }] }),
});

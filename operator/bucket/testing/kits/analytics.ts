import fc from "fast-check";
import type { S3BucketSpec } from "../../../api/types.ts";
import { account, bucketArn, configurations, objectFilter, optional, prefix, word } from "../arbitrary.ts";
import { defineKit } from "../kit.ts";
import { listed, withFilter } from "../rewriting-store.ts";

type Configuration = NonNullable<S3BucketSpec["analytics"]>["configurations"][number];

export const kit = defineKit<"analytics">({
  arbitrary: configurations(
    optional<Configuration>(
      {
        id: word,
        filter: objectFilter,
        dataExport: fc.record({ bucket: bucketArn, bucketAccountId: account, prefix }, { requiredKeys: ["bucket"] }),
      },
      ["id"],
    ),
  ),
  routes: (store, random) => listed(store, random, "Analytics", (configuration) => withFilter(configuration, random)),
  field: "analytics",
  value: () => ({ configurations: [{ id: "all", filter: { prefix: "raw/" } }] }),
  other: ({ targetArn: bucket }) => ({
    configurations: [{ id: "all", filter: { prefix: "raw/" }, dataExport: { bucket } }],
  }),
});

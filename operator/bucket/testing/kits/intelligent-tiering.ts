import fc from "fast-check";
import type { S3BucketSpec } from "../../../api/types.ts";
import { configurations, objectFilter, onOff, optional, word } from "../arbitrary.ts";
import { defineKit } from "../kit.ts";
import { listed, withFilter, type Document } from "../rewriting-store.ts";

type Configuration = NonNullable<S3BucketSpec["intelligentTiering"]>["configurations"][number];

export const kit = defineKit<"intelligentTiering">({
  arbitrary: configurations(
    optional<Configuration>(
      {
        id: word,
        status: onOff,
        filter: objectFilter,
        tierings: fc.uniqueArray(
          fc.record({
            accessTier: fc.constantFrom("ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS"),
            days: fc.integer({ min: 180, max: 730 }),
          }),
          { minLength: 1, maxLength: 2, selector: ({ accessTier }) => accessTier },
        ),
      },
      ["id", "status", "tierings"],
    ),
  ),
  routes: (store, random) =>
    listed(store, random, "IntelligentTiering", (configuration) => ({
      ...withFilter(configuration, random),
      Tierings: random.shuffled(configuration.Tierings as Document[]),
    })),
  field: "intelligentTiering",
  value: () => ({ configurations: [tiering(90)] }),
  other: () => ({ configurations: [tiering(180)] }),
});

function tiering(days: number): Configuration {
  return { id: "cold", status: "Enabled", tierings: [{ accessTier: "ARCHIVE_ACCESS", days }] };
}

import fc from "fast-check";
import { days, fields, filter, id, status, text } from "./values.ts";

const date = fc.constantFrom(new Date("2030-01-01T00:00:00Z"), new Date("2048-02-29T00:00:00Z"));

const lifecycleRule = fields(
  {
    ID: id,
    Status: status,
    Prefix: text,
    Filter: filter({
      ObjectSizeGreaterThan: fc.constantFrom(0, 1, 131_072, 2 ** 53 - 1),
      ObjectSizeLessThan: fc.constantFrom(2, 1_000_000, 5 * 2 ** 40),
    }),
    Transitions: fc.array(
      fc.oneof(
        fc.record({ Days: fc.constantFrom(0, 1, 30, 60, 90, 400), StorageClass: storageClass() }),
        fc.record({ Date: date, StorageClass: storageClass() }),
      ),
      { maxLength: 2 },
    ),
    Expiration: fc.oneof(
      fc.record({ Days: days }),
      fc.record({ Date: date }),
      fc.record({ ExpiredObjectDeleteMarker: fc.boolean() }),
    ),
    NoncurrentVersionTransitions: fc.array(
      fields({ NoncurrentDays: days, NewerNoncurrentVersions: fc.constantFrom(1, 100), StorageClass: storageClass() }, [
        "NoncurrentDays",
        "StorageClass",
      ]),
      { maxLength: 2 },
    ),
    NoncurrentVersionExpiration: fields({ NoncurrentDays: days, NewerNoncurrentVersions: fc.constantFrom(1, 100) }, [
      "NoncurrentDays",
    ]),
    AbortIncompleteMultipartUpload: fc.record({ DaysAfterInitiation: days }),
  },
  ["Status"],
).map(({ Prefix, Filter, ...rule }) => ({
  ...rule,
  ...(Filter === undefined ? { Prefix: Prefix ?? "" } : { Filter }),
}));

function storageClass(): fc.Arbitrary<string> {
  return fc.constantFrom("STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE");
}

export const lifecycleDocuments = fc
  .record({
    Rules: fc.array(lifecycleRule, { minLength: 1, maxLength: 2 }),
    size: fc.constantFrom("varies_by_storage_class", "all_storage_classes_128K"),
  })
  .map(({ Rules, size }) => ({ LifecycleConfiguration: { Rules }, TransitionDefaultMinimumObjectSize: size }));

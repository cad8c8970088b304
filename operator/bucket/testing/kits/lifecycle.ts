import type { LifecycleRuleFilter, LifecycleRule as S3Rule, Transition } from "@aws-sdk/client-s3";
import fc from "fast-check";
import type { LifecycleFilter, LifecycleRule } from "../../../api/types.ts";
import { keepOrRemove, optional, word } from "../arbitrary.ts";
import { defineKit } from "../kit.ts";
import type { Random } from "../random.ts";
import { sparse, withUnknown, type Document } from "../rewriting-store.ts";

const days = fc.integer({ min: 1, max: 4_000 });
const date = fc
  .integer({ min: 20_000, max: 40_000 })
  .map((day) => `${new Date(day * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`);

const storageClass = fc.constantFrom("STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE");

function oneOfEachClass<T extends { storageClass: string }>(transition: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.uniqueArray(transition, { minLength: 1, maxLength: 5, selector: ({ storageClass }) => storageClass });
}

const prefix = fc.constantFrom("", "raw/", "raw");
const tag = fc.dictionary(word, word, { minKeys: 1, maxKeys: 1 });
const objectSizeGreaterThan = fc.nat(2);
const objectSizeLessThan = fc.integer({ min: 3, max: 9 });
const filter = fc.oneof(
  fc.record({ prefix }),
  fc.record({ tags: tag }),
  fc.record({ objectSizeGreaterThan }),
  fc.record({ objectSizeLessThan }),
  optional<LifecycleFilter>({
    prefix,
    tags: fc.dictionary(word, word, { minKeys: 1, maxKeys: 3 }),
    objectSizeGreaterThan,
    objectSizeLessThan,
  }),
);

const lifecycleRule = optional<LifecycleRule>(
  {
    id: word,
    status: fc.constantFrom("Enabled", "Disabled"),
    filter,
    transitions: fc.oneof(
      oneOfEachClass(fc.record({ days: fc.nat(900), storageClass }, { requiredKeys: ["storageClass"] })),
      oneOfEachClass(fc.record({ date, storageClass })),
    ),
    expiration: fc.oneof(
      fc.record({ days }),
      fc.record({ date }),
      fc.constant({ expiredObjectDeleteMarker: true as const }),
    ),
    noncurrentVersionTransitions: oneOfEachClass(
      fc.record(
        { noncurrentDays: fc.nat(900), newerNoncurrentVersions: fc.integer({ min: 1, max: 100 }), storageClass },
        { requiredKeys: ["noncurrentDays", "storageClass"] },
      ),
    ),
    noncurrentVersionExpiration: fc.record(
      { noncurrentDays: days, newerNoncurrentVersions: fc.integer({ min: 1, max: 100 }) },
      { requiredKeys: ["noncurrentDays"] },
    ),
    abortIncompleteMultipartUpload: fc.record({ daysAfterInitiation: days }),
  },
  ["id", "status"],
);

export const kit = defineKit<"lifecycle">({
  arbitrary: fc.record(
    {
      transitionDefaultMinimumObjectSize: fc.constantFrom("all_storage_classes_128K", "varies_by_storage_class"),
      rules: fc.uniqueArray(lifecycleRule, { minLength: 1, maxLength: 4, selector: ({ id }) => id }),
      unmanagedRules: keepOrRemove,
    },
    { requiredKeys: ["rules"] },
  ),
  routes: (store, random) => ({
    PutBucketLifecycleConfigurationCommand: (input) => store.keep("lifecycle", input),
    DeleteBucketLifecycleCommand: () => store.remove("lifecycle"),
    GetBucketLifecycleConfigurationCommand: () => {
      const document = store.read("lifecycle", "NoSuchLifecycleConfiguration");
      const { Rules } = document.LifecycleConfiguration as { Rules: S3Rule[] };
      const { TransitionDefaultMinimumObjectSize = "all_storage_classes_128K" } = document;
      const rules = random.shuffled(Rules).map((rule) => rewrittenRule(rule, random));
      return withUnknown({ Rules: rules, TransitionDefaultMinimumObjectSize }, random);
    },
  }),
  closed: "Root",
  field: "lifecycle",
  value: () => ({
    rules: [{ id: "old", status: "Enabled", filter: { prefix: "raw/" }, expiration: { days: 365 } }],
  }),
  other: () => ({
    rules: [
      { id: "old", status: "Enabled", filter: { prefix: "raw/" }, expiration: { days: 30 } },
      { id: "uploads", status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
    ],
  }),
});

function rewrittenRule(rule: S3Rule, random: Random): Document {
  const { Filter, Expiration, Transitions, NoncurrentVersionTransitions, ...rest } = rule;
  return withUnknown(
    {
      ...rest,
      ...rewrittenFilter(Filter ?? {}, random),
      ...(Transitions && {
        Transitions: random.shuffled(Transitions).map((each) => rewrittenTransition(each, random)),
      }),
      ...(NoncurrentVersionTransitions && {
        NoncurrentVersionTransitions: random.shuffled(NoncurrentVersionTransitions),
      }),
      ...(Expiration && { Expiration: sparse({ ExpiredObjectDeleteMarker: false, ...defined(Expiration) }, random) }),
    },
    random,
  );
}

/** Neither days nor date means at once. */
function rewrittenTransition({ Days, ...rest }: Transition, random: Random): Transition {
  return { ...rest, ...((Days !== 0 || random.coin()) && { Days }) };
}

/**
 * S3 writes one criterion bare or in `And`, several in `And`, a prefix alone also outside the filter, and none in many
 * forms.
 */
function rewrittenFilter(filter: LifecycleRuleFilter, random: Random): Document {
  const { Prefix, Tag, And, ObjectSizeGreaterThan, ObjectSizeLessThan } = filter;
  const bare = defined({ Prefix, ObjectSizeGreaterThan, ObjectSizeLessThan });
  const tags = random.shuffled([...(And?.Tags ?? []), ...(Tag ? [Tag] : [])]);
  const { Tags: _tags, ...others } = And ?? {};
  const criteria: Document = { ...bare, ...defined(others), ...(tags.length > 0 && { Tags: tags }) };
  const names = Object.keys(criteria);
  if (names.length === 0) return chosen([{ Filter: {} }, { Filter: { Prefix: "" } }, { Prefix: "" }], random);
  if (names.length > 1 || tags.length > 1) return { Filter: { And: criteria } };
  const single = tags[0] === undefined ? criteria : { Tag: tags[0] };
  const legacy = names[0] === "Prefix" ? [{ Prefix: criteria.Prefix }] : [];
  return chosen([{ Filter: single }, { Filter: { And: criteria } }, ...legacy], random);
}

function defined(document: object): Document {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined));
}

function chosen(forms: readonly Document[], random: Random): Document {
  return forms[random.below(forms.length)] ?? {};
}

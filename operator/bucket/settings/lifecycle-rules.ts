import type { LifecycleExpiration, LifecycleRule } from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { type EntryForm, stated, unlessEmpty, unlessNone } from "./to-spec.ts";
import { canonicalFilter, FILTER_FIELDS, flatFilter, toFilter, toFilterSpec } from "./filter.ts";

type RuleSpec = NonNullable<S3BucketSpec["lifecycle"]>["rules"][number];
type Sizes = Pick<NonNullable<RuleSpec["filter"]>, "objectSizeGreaterThan" | "objectSizeLessThan">;

/** A rule of the spec in S3's words. */
export function toRule(spec: RuleSpec): LifecycleRule {
  const { filter, expiration, noncurrentVersionExpiration, abortIncompleteMultipartUpload } = spec;
  return {
    ID: spec.id,
    Status: spec.status,
    Filter: toFilter(filter, sizesOf(filter)) ?? {},
    Transitions: spec.transitions?.map(({ days, date, storageClass }) => ({
      Days: days,
      Date: toDate(date),
      StorageClass: storageClass,
    })),
    Expiration: expiration && {
      Days: expiration.days,
      Date: toDate(expiration.date),
      ExpiredObjectDeleteMarker: expiration.expiredObjectDeleteMarker,
    },
    NoncurrentVersionTransitions: spec.noncurrentVersionTransitions?.map((transition) => ({
      NoncurrentDays: transition.noncurrentDays,
      NewerNoncurrentVersions: transition.newerNoncurrentVersions,
      StorageClass: transition.storageClass,
    })),
    NoncurrentVersionExpiration: noncurrentVersionExpiration && {
      NoncurrentDays: noncurrentVersionExpiration.noncurrentDays,
      NewerNoncurrentVersions: noncurrentVersionExpiration.newerNoncurrentVersions,
    },
    AbortIncompleteMultipartUpload: abortIncompleteMultipartUpload && {
      DaysAfterInitiation: abortIncompleteMultipartUpload.daysAfterInitiation,
    },
  };
}

function toDate(date: string | undefined): Date | undefined {
  return date === undefined ? undefined : new Date(date);
}

function sizesOf({ objectSizeGreaterThan, objectSizeLessThan }: Sizes = {}) {
  return { ObjectSizeGreaterThan: objectSizeGreaterThan, ObjectSizeLessThan: objectSizeLessThan };
}

/**
 * The way back. A lower size of 0 is not the same as none: objects of 0 bytes, such as the markers of folders, are not larger than that.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRuleFilter.html
 */
function toSizesSpec({ Filter }: LifecycleRule) {
  const { ObjectSizeGreaterThan, ObjectSizeLessThan } = flatFilter(Filter);
  return { objectSizeGreaterThan: ObjectSizeGreaterThan, objectSizeLessThan: ObjectSizeLessThan };
}

/** The same for every way in which S3 may write the same rule: filter forms, legacy prefix, order, explicit false. */
export function canonicalRule(rule: LifecycleRule): Record<string, unknown> {
  const { Filter, Expiration, NoncurrentVersionExpiration, AbortIncompleteMultipartUpload } = rule;
  const { prefix, tags } = canonicalFilter(Filter);
  return {
    status: rule.Status,
    prefix: legacyPrefix(rule) || prefix,
    tags,
    ...toSizesSpec(rule),
    transitions: sorted(rule.Transitions?.map((t) => ({ days: t.Days, date: t.Date, storageClass: t.StorageClass }))),
    expiration: unlessEmpty({
      days: Expiration?.Days,
      date: Expiration?.Date,
      expiredObjectDeleteMarker: Expiration?.ExpiredObjectDeleteMarker || undefined,
    }),
    noncurrentVersionTransitions: sorted(
      rule.NoncurrentVersionTransitions?.map((t) => ({
        noncurrentDays: t.NoncurrentDays,
        newerNoncurrentVersions: t.NewerNoncurrentVersions,
        storageClass: t.StorageClass,
      })),
    ),
    noncurrentVersionExpiration: NoncurrentVersionExpiration && {
      noncurrentDays: NoncurrentVersionExpiration.NoncurrentDays,
      newerNoncurrentVersions: NoncurrentVersionExpiration.NewerNoncurrentVersions,
    },
    abortIncompleteMultipartUpload: AbortIncompleteMultipartUpload && {
      daysAfterInitiation: AbortIncompleteMultipartUpload.DaysAfterInitiation,
    },
  };
}

/** Where rules had their prefix before there were filters. */
function legacyPrefix(rule: LifecycleRule): string | undefined {
  return (rule as { Prefix?: string }).Prefix;
}

/** A rule of others as it may stand beside ours: S3 refuses the old form of a prefix together with filters. */
export function modernised(rule: LifecycleRule): LifecycleRule {
  const { Prefix, ...rest } = rule as Omit<LifecycleRule, "Prefix"> & { Prefix?: string };
  return Prefix === undefined ? rule : { ...rest, Filter: { Prefix } };
}

/** By storage class, of which a rule has each at most once. */
function sorted(transitions: { storageClass: string | undefined }[] | undefined): unknown[] | undefined {
  if (transitions === undefined || transitions.length === 0) return undefined;
  return transitions.toSorted((a, b) => ((a.storageClass ?? "") < (b.storageClass ?? "") ? -1 : 1));
}

export function idOf({ ID }: LifecycleRule): string {
  return ID ?? "";
}

/** All that a spec can say of a rule. */
const FIELDS = [
  "ID",
  "Status",
  "Prefix",
  ...FILTER_FIELDS,
  ...["Filter", "Filter.And"].flatMap((filter) => [`${filter}.ObjectSizeGreaterThan`, `${filter}.ObjectSizeLessThan`]),
  ...["Days", "Date", "StorageClass"].map((field) => `Transitions.${field}`),
  ...["Days", "Date", "ExpiredObjectDeleteMarker"].map((field) => `Expiration.${field}`),
  ...["NoncurrentDays", "NewerNoncurrentVersions", "StorageClass"].map(
    (field) => `NoncurrentVersionTransitions.${field}`,
  ),
  ...["NoncurrentDays", "NewerNoncurrentVersions"].map((field) => `NoncurrentVersionExpiration.${field}`),
  "AbortIncompleteMultipartUpload.DaysAfterInitiation",
];
/** As the CRD bounds them. */
const MAX_RULES = 1_000;

function toRuleSpec(rule: LifecycleRule): RuleSpec {
  const { Expiration, Transitions, NoncurrentVersionTransitions, NoncurrentVersionExpiration } = rule;
  const { DaysAfterInitiation } = rule.AbortIncompleteMultipartUpload ?? {};
  return stated<RuleSpec>({
    id: idOf(rule),
    status: rule.Status ?? "Disabled",
    filter: toRuleFilter(rule),
    transitions: unlessNone(Transitions)?.map(({ Days, Date, StorageClass = "GLACIER" }) =>
      // One without either is of a form of its own, which a spec cannot say.
      stated({ days: Days ?? (Date ? undefined : 0), date: toText(Date), storageClass: StorageClass }),
    ),
    expiration: Expiration && unlessEmpty(toExpiration(Expiration)),
    noncurrentVersionTransitions: unlessNone(NoncurrentVersionTransitions)?.map((transition) =>
      stated({
        noncurrentDays: transition.NoncurrentDays ?? 0,
        newerNoncurrentVersions: transition.NewerNoncurrentVersions,
        storageClass: transition.StorageClass ?? "GLACIER",
      }),
    ),
    noncurrentVersionExpiration:
      NoncurrentVersionExpiration &&
      stated({
        noncurrentDays: NoncurrentVersionExpiration.NoncurrentDays ?? 0,
        newerNoncurrentVersions: NoncurrentVersionExpiration.NewerNoncurrentVersions,
      }),
    abortIncompleteMultipartUpload:
      DaysAfterInitiation === undefined ? undefined : { daysAfterInitiation: DaysAfterInitiation },
  });
}

function toRuleFilter(rule: LifecycleRule): RuleSpec["filter"] {
  const prefix = legacyPrefix(rule);
  return unlessEmpty({
    ...(prefix ? { prefix } : {}),
    ...toFilterSpec(rule.Filter),
    ...stated<Sizes>(toSizesSpec(rule)),
  });
}

function toExpiration({
  Days,
  Date,
  ExpiredObjectDeleteMarker,
}: LifecycleExpiration): NonNullable<RuleSpec["expiration"]> {
  return stated({ days: Days, date: toText(Date), expiredObjectDeleteMarker: ExpiredObjectDeleteMarker || undefined });
}

/** As the CRD wants it, to the second. */
function toText(date: Date | undefined): string | undefined {
  return date?.toISOString().replace(".000Z", "Z");
}

/** A rule in the spec's words. */
export const RULE_FORM: EntryForm<LifecycleRule, RuleSpec> = {
  nameOf: (rule) => `rule '${idOf(rule)}'`,
  fields: FIELDS,
  toSpec: toRuleSpec,
  toEntry: toRule,
  canonical: canonicalRule,
  max: MAX_RULES,
};

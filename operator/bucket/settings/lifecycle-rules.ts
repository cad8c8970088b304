import type { LifecycleRule } from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { fromS3, pathsBelow, toS3 } from "./field-names.ts";
import { canonicalFilter, FILTER_FIELDS, flatFilter, toFilter, toFilterSpec } from "./filter.ts";
import { stated, unlessEmpty, unlessNone, type EntryForm } from "./to-spec.ts";

type RuleSpec = NonNullable<S3BucketSpec["lifecycle"]>["rules"][number];
type Sizes = Pick<NonNullable<RuleSpec["filter"]>, "objectSizeGreaterThan" | "objectSizeLessThan">;

const SIZES = ["objectSizeGreaterThan", "objectSizeLessThan"] as const;
const TRANSITION = ["days", "date", "storageClass"] as const;
const EXPIRATION = ["days", "date", "expiredObjectDeleteMarker"] as const;
const NONCURRENT_EXPIRATION = ["noncurrentDays", "newerNoncurrentVersions"] as const;
const NONCURRENT_TRANSITION = [...NONCURRENT_EXPIRATION, "storageClass"] as const;
const ABORT = ["daysAfterInitiation"] as const;

/** Paths that a spec can express. */
const FIELDS = [
  "ID",
  "Status",
  "Prefix",
  ...FILTER_FIELDS,
  ...pathsBelow("Filter", SIZES),
  ...pathsBelow("Filter.And", SIZES),
  ...pathsBelow("Transitions", TRANSITION),
  ...pathsBelow("Expiration", EXPIRATION),
  ...pathsBelow("NoncurrentVersionTransitions", NONCURRENT_TRANSITION),
  ...pathsBelow("NoncurrentVersionExpiration", NONCURRENT_EXPIRATION),
  ...pathsBelow("AbortIncompleteMultipartUpload", ABORT),
];

/** The CRD's limit. */
const MAX_RULES = 1_000;

/** A rule of the spec in S3's form. */
export function toLifecycleRule(spec: RuleSpec): LifecycleRule {
  const { filter, expiration, noncurrentVersionExpiration, abortIncompleteMultipartUpload } = spec;
  return {
    ID: spec.id,
    Status: spec.status,
    Filter: toFilter(filter, toS3<Sizes, keyof Sizes>(filter ?? {}, SIZES)) ?? {},
    Transitions: spec.transitions?.map((each) => ({
      ...toS3(each, TRANSITION),
      Days: daysOf(each.days, each.date),
      Date: toDate(each.date),
    })),
    Expiration: expiration && { ...toS3(expiration, EXPIRATION), Date: toDate(expiration.date) },
    NoncurrentVersionTransitions: spec.noncurrentVersionTransitions?.map((each) => toS3(each, NONCURRENT_TRANSITION)),
    NoncurrentVersionExpiration:
      noncurrentVersionExpiration && toS3(noncurrentVersionExpiration, NONCURRENT_EXPIRATION),
    AbortIncompleteMultipartUpload: abortIncompleteMultipartUpload && toS3(abortIncompleteMultipartUpload, ABORT),
  };
}

/**
 * S3 also takes, and returns, a transition with neither: at once.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Transition.html
 */
function daysOf(days: number | undefined, date: unknown): number | undefined {
  return days ?? (date === undefined ? 0 : undefined);
}

/** RFC 3339 allows lowercase letters, and ECMAScript does not. */
function toDate(date: string | undefined): Date | undefined {
  return date === undefined ? undefined : new Date(date.toUpperCase());
}

/**
 * A lower size of 0 is not the same as none: it excludes empty objects, such as folder markers.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRuleFilter.html
 */
function sizesOf({ Filter }: LifecycleRule): { [Size in keyof Sizes]-?: Sizes[Size] | undefined } {
  return fromS3(flatFilter(Filter), SIZES);
}

/** Equal for all forms in which S3 may return the same rule: filter form, legacy prefix, order, explicit false. */
export function canonicalLifecycleRule(rule: LifecycleRule): Record<string, unknown> {
  const { Filter, Expiration, NoncurrentVersionExpiration, AbortIncompleteMultipartUpload } = rule;
  const { prefix, tags } = canonicalFilter(Filter);
  return {
    status: rule.Status,
    prefix: legacyPrefix(rule) || prefix,
    tags,
    ...sizesOf(rule),
    transitions: sorted(
      rule.Transitions?.map((each) => ({ ...fromS3(each, TRANSITION), days: daysOf(each.Days, each.Date) })),
    ),
    expiration: unlessEmpty({
      ...fromS3(Expiration, EXPIRATION),
      expiredObjectDeleteMarker: Expiration?.ExpiredObjectDeleteMarker || undefined,
    }),
    noncurrentVersionTransitions: sorted(
      rule.NoncurrentVersionTransitions?.map((each) => fromS3(each, NONCURRENT_TRANSITION)),
    ),
    noncurrentVersionExpiration:
      NoncurrentVersionExpiration && fromS3(NoncurrentVersionExpiration, NONCURRENT_EXPIRATION),
    abortIncompleteMultipartUpload: AbortIncompleteMultipartUpload && fromS3(AbortIncompleteMultipartUpload, ABORT),
  };
}

/** The prefix of rules in the oldest form, which has no filter. */
function legacyPrefix(rule: LifecycleRule): string | undefined {
  return (rule as { Prefix?: string }).Prefix;
}

/** Rewrites a rule in the oldest form, which S3 refuses beside rules with filters. */
export function modernised(rule: LifecycleRule): LifecycleRule {
  const { Prefix, ...rest } = rule as Omit<LifecycleRule, "Prefix"> & { Prefix?: string };
  return Prefix === undefined ? rule : { ...rest, Filter: { Prefix } };
}

/** Sorts by storage class, which each rule has at most once. */
function sorted(transitions: { storageClass: string | undefined }[] | undefined): unknown[] | undefined {
  if (transitions === undefined || transitions.length === 0) return undefined;
  return transitions.toSorted((a, b) => ((a.storageClass ?? "") < (b.storageClass ?? "") ? -1 : 1));
}

export function lifecycleRuleId({ ID }: LifecycleRule): string {
  return ID ?? "";
}

function toSpec(rule: LifecycleRule): RuleSpec {
  const { Expiration, Transitions, NoncurrentVersionTransitions, NoncurrentVersionExpiration } = rule;
  const { DaysAfterInitiation } = rule.AbortIncompleteMultipartUpload ?? {};
  return stated<RuleSpec>({
    id: lifecycleRuleId(rule),
    status: rule.Status ?? "Disabled",
    filter: toRuleFilter(rule),
    transitions: unlessNone(Transitions)?.map(({ Days, Date, StorageClass = "GLACIER" }) =>
      stated({ days: daysOf(Days, Date), date: toText(Date), storageClass: StorageClass }),
    ),
    expiration: Expiration && unlessEmpty(toExpiration(Expiration)),
    noncurrentVersionTransitions: unlessNone(NoncurrentVersionTransitions)?.map((each) =>
      stated({ ...toNoncurrent(each), storageClass: each.StorageClass ?? "GLACIER" }),
    ),
    noncurrentVersionExpiration: NoncurrentVersionExpiration && stated(toNoncurrent(NoncurrentVersionExpiration)),
    abortIncompleteMultipartUpload:
      DaysAfterInitiation === undefined ? undefined : { daysAfterInitiation: DaysAfterInitiation },
  });
}

function toRuleFilter(rule: LifecycleRule): RuleSpec["filter"] {
  const prefix = legacyPrefix(rule);
  return unlessEmpty({ ...(prefix ? { prefix } : {}), ...toFilterSpec(rule.Filter), ...stated<Sizes>(sizesOf(rule)) });
}

function toExpiration(expiration: NonNullable<LifecycleRule["Expiration"]>): NonNullable<RuleSpec["expiration"]> {
  const { days, date, expiredObjectDeleteMarker } = fromS3(expiration, EXPIRATION);
  return stated({ days, date: toText(date), expiredObjectDeleteMarker: expiredObjectDeleteMarker || undefined });
}

function toNoncurrent(noncurrent: NonNullable<LifecycleRule["NoncurrentVersionExpiration"]>) {
  const { noncurrentDays = 0, newerNoncurrentVersions } = fromS3(noncurrent, NONCURRENT_EXPIRATION);
  return { noncurrentDays, newerNoncurrentVersions };
}

/** The CRD takes whole seconds. */
function toText(date: Date | undefined): string | undefined {
  return date?.toISOString().replace(".000Z", "Z");
}

export const LIFECYCLE_RULE_FORM: EntryForm<LifecycleRule, RuleSpec> = {
  nameOf: (rule) => `rule '${lifecycleRuleId(rule)}'`,
  fields: FIELDS,
  toSpec,
  toEntry: toLifecycleRule,
  canonical: canonicalLifecycleRule,
  max: MAX_RULES,
};

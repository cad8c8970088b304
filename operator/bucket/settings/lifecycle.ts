import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  type TransitionDefaultMinimumObjectSize,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { entriesStatus, isOwned, type Owned, ownedEntries, withoutApplied } from "./entries.ts";
import { canonicalFilter, toFilter } from "./filter.ts";
import {
  unlessAbsent,
  type Change,
  compare,
  compareNamed,
  defineSetting,
  type Named,
  type SettingContext,
} from "./setting.ts";

type Spec = NonNullable<S3BucketSpec["lifecycle"]>;
type RuleSpec = Spec["rules"][number];

interface Lifecycle {
  rules: LifecycleRule[];
  /** One for the whole configuration, in a header. Undefined desired: left as it is. */
  minimumObjectSize?: TransitionDefaultMinimumObjectSize | undefined;
}

interface Desired extends Lifecycle {
  owned: Owned;
}

function desired({ lifecycle }: S3BucketSpec, { appliedIds }: SettingContext): Desired | undefined {
  if (lifecycle === undefined) return undefined;
  const { transitionDefaultMinimumObjectSize, unmanagedRules = "Remove" } = lifecycle;
  const rules = lifecycle.rules.map(toRule);
  const owned = ownedEntries(rules.map(idOf), appliedIds.lifecycle, unmanagedRules);
  return { rules, minimumObjectSize: transitionDefaultMinimumObjectSize, owned };
}

function toRule(spec: RuleSpec): LifecycleRule {
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

function sizesOf({ objectSizeGreaterThan, objectSizeLessThan }: RuleSpec["filter"] = {}) {
  return { ObjectSizeGreaterThan: objectSizeGreaterThan, ObjectSizeLessThan: objectSizeLessThan };
}

/** The same for every way in which S3 may write the same rule: filter forms, legacy prefix, order, explicit zero and false. */
function canonical(rule: LifecycleRule): Record<string, unknown> {
  const { Filter = {}, Expiration, NoncurrentVersionExpiration, AbortIncompleteMultipartUpload } = rule;
  const { And = {} } = Filter;
  const { prefix, tags } = canonicalFilter(Filter);
  return {
    status: rule.Status,
    prefix: legacyPrefix(rule) || prefix,
    tags,
    objectSizeGreaterThan: Filter.ObjectSizeGreaterThan || And.ObjectSizeGreaterThan || undefined,
    objectSizeLessThan: Filter.ObjectSizeLessThan ?? And.ObjectSizeLessThan,
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

function unlessEmpty<T extends object>(fields: T): T | undefined {
  return Object.values(fields).some((value) => value !== undefined) ? fields : undefined;
}

/** Where rules had their prefix before there were filters. */
function legacyPrefix(rule: LifecycleRule): string | undefined {
  return (rule as { Prefix?: string }).Prefix;
}

/** A rule of others as it may stand beside ours: S3 refuses the old form of a prefix together with filters. */
function modernised(rule: LifecycleRule): LifecycleRule {
  const { Prefix, ...rest } = rule as Omit<LifecycleRule, "Prefix"> & { Prefix?: string };
  return Prefix === undefined ? rule : { ...rest, Filter: { Prefix } };
}

/** By storage class, of which a rule has each at most once. */
function sorted(transitions: { storageClass: string | undefined }[] | undefined): unknown[] | undefined {
  if (transitions === undefined || transitions.length === 0) return undefined;
  return transitions.toSorted((a, b) => ((a.storageClass ?? "") < (b.storageClass ?? "") ? -1 : 1));
}

function idOf({ ID }: LifecycleRule): string {
  return ID ?? "";
}

function byId(rules: readonly LifecycleRule[]): Named {
  return new Map(rules.map((rule) => [idOf(rule), canonical(rule)]));
}

function diff({ rules, minimumObjectSize, owned }: Desired, observed: Lifecycle): Change[] {
  const size =
    minimumObjectSize === undefined || rules.length === 0
      ? []
      : compare("transitionDefaultMinimumObjectSize", minimumObjectSize, observed.minimumObjectSize);
  const found = observed.rules.filter((rule) => isOwned(owned, idOf(rule)));
  return [...size, ...compareNamed("rules", byId(rules), byId(found))];
}

/**
 * The whole configuration, or with `unmanagedRules: Keep` a part of it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
 */
export const lifecycle = defineSetting<Desired, Lifecycle>({
  name: "lifecycle",
  permissions: { read: ["s3:GetLifecycleConfiguration"], write: ["s3:PutLifecycleConfiguration"] },

  desired,

  observe: async ({ s3, ref, options }) => {
    const answer = await unlessAbsent(s3.send(new GetBucketLifecycleConfigurationCommand(ref), options));
    return { rules: answer?.Rules ?? [], minimumObjectSize: answer?.TransitionDefaultMinimumObjectSize };
  },

  diff,

  write: async ({ s3, ref, options }, { rules: ours, minimumObjectSize, owned }, observed) => {
    const rules = [...ours, ...observed.rules.filter((rule) => !isOwned(owned, idOf(rule))).map(modernised)];
    if (rules.length === 0) {
      await s3.send(new DeleteBucketLifecycleCommand(ref), options);
      return;
    }
    const input = {
      ...ref,
      LifecycleConfiguration: { Rules: rules },
      // A Put without it would set S3's default.
      TransitionDefaultMinimumObjectSize: minimumObjectSize ?? observed.minimumObjectSize,
    };
    await s3.send(new PutBucketLifecycleConfigurationCommand(input), options);
  },

  reset: ({ rules }, { appliedIds }) => {
    const owned = withoutApplied(rules.map(idOf), appliedIds.lifecycle);
    return owned && { rules: [], owned };
  },

  report: (desired, { rules }) => (desired ? { lifecycle: entriesStatus(desired.owned, rules.map(idOf)) } : {}),
});

import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  type LifecycleRuleFilter,
  PutBucketLifecycleConfigurationCommand,
  type Tag,
  type TransitionDefaultMinimumObjectSize,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { unlessAbsent, type Change, compare, compareNamed, defineSetting, type Named } from "./setting.ts";

type Spec = NonNullable<S3BucketSpec["lifecycle"]>;
type RuleSpec = Spec["rules"][number];
type FilterSpec = NonNullable<RuleSpec["filter"]>;

interface Lifecycle {
  rules: LifecycleRule[];
  /** One for the whole configuration, in a header. Undefined desired: left as it is. */
  minimumObjectSize?: TransitionDefaultMinimumObjectSize | undefined;
}

function desired({ lifecycle }: S3BucketSpec): Lifecycle | undefined {
  if (lifecycle === undefined) return undefined;
  return { rules: lifecycle.rules.map(toRule), minimumObjectSize: lifecycle.transitionDefaultMinimumObjectSize };
}

function toRule(spec: RuleSpec): LifecycleRule {
  const { expiration, noncurrentVersionExpiration, abortIncompleteMultipartUpload } = spec;
  return {
    ID: spec.id,
    Status: spec.status,
    Filter: toFilter(spec.filter ?? {}),
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

/** S3 takes one criterion bare and several only inside `And`. */
function toFilter({ prefix, tags, objectSizeGreaterThan, objectSizeLessThan }: FilterSpec): LifecycleRuleFilter {
  const tagList = Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
  const criteria = [prefix, ...tagList, objectSizeGreaterThan, objectSizeLessThan].filter((c) => c !== undefined);
  const sizes = { ObjectSizeGreaterThan: objectSizeGreaterThan, ObjectSizeLessThan: objectSizeLessThan };
  return criteria.length > 1
    ? { And: { Prefix: prefix, Tags: tagList.length > 0 ? tagList : undefined, ...sizes } }
    : { Prefix: prefix, Tag: tagList[0], ...sizes };
}

/** The same for every way in which S3 may write the same rule: filter forms, legacy prefix, order, explicit zero and false. */
function canonical(rule: LifecycleRule): Record<string, unknown> {
  const { Filter = {}, Expiration, NoncurrentVersionExpiration, AbortIncompleteMultipartUpload } = rule;
  const { And = {} } = Filter;
  const tags = [...(And.Tags ?? []), ...(Filter.Tag ? [Filter.Tag] : [])];
  return {
    status: rule.Status,
    prefix: (rule as { Prefix?: string }).Prefix || Filter.Prefix || And.Prefix || undefined,
    tags: tags.length > 0 ? tags.map(({ Key, Value }: Tag) => JSON.stringify([Key, Value])).sort() : undefined,
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

/** By storage class, of which a rule has each at most once. */
function sorted(transitions: { storageClass: string | undefined }[] | undefined): unknown[] | undefined {
  if (transitions === undefined || transitions.length === 0) return undefined;
  return transitions.toSorted((a, b) => ((a.storageClass ?? "") < (b.storageClass ?? "") ? -1 : 1));
}

function byId(rules: readonly LifecycleRule[]): Named {
  return new Map(rules.map((rule) => [rule.ID ?? "", canonical(rule)]));
}

function diff(desired: Lifecycle, observed: Lifecycle): Change[] {
  const { minimumObjectSize } = desired;
  const size =
    minimumObjectSize === undefined || desired.rules.length === 0
      ? []
      : compare("transitionDefaultMinimumObjectSize", minimumObjectSize, observed.minimumObjectSize);
  return [...size, ...compareNamed("rules", byId(desired.rules), byId(observed.rules))];
}

/**
 * The whole configuration: rules of others are differences.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
 */
export const lifecycle = defineSetting<Lifecycle, Lifecycle>({
  name: "lifecycle",
  permissions: { read: ["s3:GetLifecycleConfiguration"], write: ["s3:PutLifecycleConfiguration"] },

  desired,

  observe: async ({ s3, ref, options }) => {
    const answer = await unlessAbsent(s3.send(new GetBucketLifecycleConfigurationCommand(ref), options));
    return { rules: answer?.Rules ?? [], minimumObjectSize: answer?.TransitionDefaultMinimumObjectSize };
  },

  diff,

  write: async ({ s3, ref, options }, { rules, minimumObjectSize }, observed) => {
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

  reset: (observed) => (observed.rules.length > 0 ? { rules: [] } : undefined),
});

import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  type TransitionDefaultMinimumObjectSize,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import { deleteSeen, unlessAbsent } from "../subresource.ts";
import { carryOverEach } from "./carry-over.ts";
import { entriesStatus, isOwned, ownedEntries, withoutApplied, type Owned } from "./entries.ts";
import {
  canonicalLifecycleRule,
  LIFECYCLE_RULE_FORM,
  lifecycleRuleId,
  modernised,
  toLifecycleRule,
} from "./lifecycle-rules.ts";
import { compareNamed, defineSetting, type Named, type SettingContext } from "./setting.ts";
import { entriesToSpec, stated, type ExportedSetting } from "./to-spec.ts";

type Spec = NonNullable<S3BucketSpec["lifecycle"]>;

/** Ids of the rules that empty a bucket whose S3Bucket is being deleted. Any other write removes them. */
export const EXPIRE_ALL_IDS = ["s3-operator-expire-all", "s3-operator-expire-delete-markers"] as const;

interface Lifecycle {
  rules: LifecycleRule[];
  /** A header, for all rules. Desired undefined: stays as it is. */
  minimumObjectSize?: TransitionDefaultMinimumObjectSize | undefined;
}

interface Desired extends Lifecycle {
  owned: Owned;
}

/** Recorded among the applied ids if the spec declares the minimum size, so that a reset restores the default. */
const SIZE = "transitionDefaultMinimumObjectSize";

function desired({ lifecycle }: S3BucketSpec, { appliedIds }: SettingContext): Desired | undefined {
  if (lifecycle === undefined) return undefined;
  const { transitionDefaultMinimumObjectSize, unmanagedRules = "Remove" } = lifecycle;
  const rules = lifecycle.rules.map(toLifecycleRule);
  const ids = [...rules.map(lifecycleRuleId), ...(transitionDefaultMinimumObjectSize === undefined ? [] : [SIZE])];
  const owned = ownedEntries(ids, appliedIds.lifecycle, unmanagedRules);
  return { rules, minimumObjectSize: transitionDefaultMinimumObjectSize, owned };
}

function byId(rules: readonly LifecycleRule[]): Named {
  return new Map(rules.map((rule) => [lifecycleRuleId(rule), canonicalLifecycleRule(rule)]));
}

function diff({ rules, minimumObjectSize, owned }: Desired, observed: Lifecycle): Change[] {
  const found = observed.rules.filter((rule) => isOurs(owned, rule));
  // The size exists only in a configuration with rules.
  const isLeft = rules.length > 0 || found.length < observed.rules.length;
  const size = minimumObjectSize && isLeft ? compare(SIZE, minimumObjectSize, observed.minimumObjectSize) : [];
  return [...size, ...compareNamed("rules", byId(rules), byId(found))];
}

/** Ids to look up among the applied ones: those of the rules, and the size if it is not S3's default. */
function idsOf({ rules, minimumObjectSize }: Lifecycle): string[] {
  const isOther = rules.length > 0 && minimumObjectSize !== undefined && minimumObjectSize !== DEFAULT_SIZE;
  return [...rules.map(lifecycleRuleId), ...(isOther ? [SIZE] : [])];
}

function isOurs(owned: Owned, rule: LifecycleRule): boolean {
  return isOwned(owned, lifecycleRuleId(rule)) || EXPIRE_ALL_IDS.some((id) => id === lifecycleRuleId(rule));
}

/** `Keep` protects omitted rules, and those added between export and adoption. */
function toSpec({ rules, minimumObjectSize }: Lifecycle): ExportedSetting {
  const { specs, omitted } = entriesToSpec(rules, LIFECYCLE_RULE_FORM);
  if (specs.length === 0) return { omitted };
  const lifecycle = stated<Spec>({
    transitionDefaultMinimumObjectSize: minimumObjectSize === DEFAULT_SIZE ? undefined : minimumObjectSize,
    unmanagedRules: "Keep",
    rules: specs,
  });
  return { spec: { lifecycle }, omitted };
}

/** S3's default since September 2024. */
const DEFAULT_SIZE = "all_storage_classes_128K" satisfies TransitionDefaultMinimumObjectSize;

/**
 * Owns the whole configuration, or with `unmanagedRules: Keep` the declared rules.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
 */
export const lifecycle = defineSetting<Desired, Lifecycle>({
  name: "lifecycle",
  iamActions: { read: ["s3:GetLifecycleConfiguration"], write: ["s3:PutLifecycleConfiguration"] },
  isShared: true,

  desired,

  observe: async ({ s3, ref, options }) => {
    const answer = await unlessAbsent(s3.send(new GetBucketLifecycleConfigurationCommand(ref), options));
    return { rules: answer?.Rules ?? [], minimumObjectSize: answer?.TransitionDefaultMinimumObjectSize };
  },

  diff,

  write: async (bucket, { rules: ours, minimumObjectSize, owned }, observed) => {
    const { s3, ref, options } = bucket;
    const theirs = observed.rules.filter((rule) => !isOurs(owned, rule)).map(modernised);
    const rules = [...carryOverEach(ours, observed.rules, LIFECYCLE_RULE_FORM.fields), ...theirs];
    if (rules.length === 0) return deleteSeen(bucket, observed.rules, new DeleteBucketLifecycleCommand(ref));
    const input = {
      ...ref,
      LifecycleConfiguration: { Rules: rules },
      // Without the header, S3 sets its default.
      TransitionDefaultMinimumObjectSize: minimumObjectSize ?? observed.minimumObjectSize,
    };
    await s3.send(new PutBucketLifecycleConfigurationCommand(input), options);
  },

  reset: (observed, { appliedIds }) => {
    const owned = withoutApplied(idsOf(observed), appliedIds.lifecycle);
    const isOurSize = appliedIds.lifecycle?.includes(SIZE) === true;
    return owned && { rules: [], owned, ...(isOurSize && { minimumObjectSize: DEFAULT_SIZE }) };
  },

  toSpec,

  report: (desired, { rules }) =>
    desired ? { lifecycle: entriesStatus(desired.owned, rules.map(lifecycleRuleId)) } : {},
});

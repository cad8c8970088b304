import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  type TransitionDefaultMinimumObjectSize,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { carryOverEach } from "./carry-over.ts";
import { type ExportedSetting, entriesToSpec, stated } from "./to-spec.ts";
import { entriesStatus, isOwned, type Owned, ownedEntries, withoutApplied } from "./entries.ts";
import { canonicalRule, idOf, modernised, RULE_FORM, toRule } from "./lifecycle-rules.ts";
import { compareNamed, defineSetting, type Named, type SettingContext } from "./setting.ts";
import { unlessAbsent, deleteSeen } from "../subresource.ts";
import { type Change, compare } from "../../reconcile/change.ts";

type Spec = NonNullable<S3BucketSpec["lifecycle"]>;

/** Of the rules by which S3 empties a bucket whose S3Bucket is being deleted: nobody else's, and never to be kept. */
export const EXPIRE_ALL_IDS = ["s3-operator-expire-all", "s3-operator-expire-delete-markers"] as const;

interface Lifecycle {
  rules: LifecycleRule[];
  /** One for the whole configuration, in a header. Undefined desired: left as it is. */
  minimumObjectSize?: TransitionDefaultMinimumObjectSize | undefined;
}

interface Desired extends Lifecycle {
  owned: Owned;
}

/** Status has it among the applied ids where the spec declares the minimum size, which then goes with our rules. */
const SIZE = "transitionDefaultMinimumObjectSize";

function desired({ lifecycle }: S3BucketSpec, { appliedIds }: SettingContext): Desired | undefined {
  if (lifecycle === undefined) return undefined;
  const { transitionDefaultMinimumObjectSize, unmanagedRules = "Remove" } = lifecycle;
  const rules = lifecycle.rules.map(toRule);
  const ids = [...rules.map(idOf), ...(transitionDefaultMinimumObjectSize === undefined ? [] : [SIZE])];
  const owned = ownedEntries(ids, appliedIds.lifecycle, unmanagedRules);
  return { rules, minimumObjectSize: transitionDefaultMinimumObjectSize, owned };
}

function byId(rules: readonly LifecycleRule[]): Named {
  return new Map(rules.map((rule) => [idOf(rule), canonicalRule(rule)]));
}

function diff({ rules, minimumObjectSize, owned }: Desired, observed: Lifecycle): Change[] {
  const found = observed.rules.filter((rule) => isOurs(owned, rule));
  // Without rules there is no configuration to have it.
  const isLeft = rules.length > 0 || found.length < observed.rules.length;
  const size = minimumObjectSize && isLeft ? compare(SIZE, minimumObjectSize, observed.minimumObjectSize) : [];
  return [...size, ...compareNamed("rules", byId(rules), byId(found))];
}

/** What of it may be on record as ours: the rules, and a size of which S3 would not be by itself. */
function idsOf({ rules, minimumObjectSize }: Lifecycle): string[] {
  const isOther = rules.length > 0 && minimumObjectSize !== undefined && minimumObjectSize !== DEFAULT_SIZE;
  return [...rules.map(idOf), ...(isOther ? [SIZE] : [])];
}

function isOurs(owned: Owned, rule: LifecycleRule): boolean {
  return isOwned(owned, idOf(rule)) || EXPIRE_ALL_IDS.some((id) => id === idOf(rule));
}

/** `Keep` is what lets rules be that no spec can say, and those that come between the export and the adoption. */
function toSpec({ rules, minimumObjectSize }: Lifecycle): ExportedSetting {
  const { specs, omitted } = entriesToSpec(rules, RULE_FORM);
  if (specs.length === 0) return { omitted };
  const lifecycle = stated<Spec>({
    transitionDefaultMinimumObjectSize: minimumObjectSize === DEFAULT_SIZE ? undefined : minimumObjectSize,
    unmanagedRules: "Keep",
    rules: specs,
  });
  return { spec: { lifecycle }, omitted };
}

/** Of configurations since September 2024. */
const DEFAULT_SIZE = "all_storage_classes_128K" satisfies TransitionDefaultMinimumObjectSize;

/**
 * The whole configuration, or with `unmanagedRules: Keep` a part of it.
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
    const rules = [...carryOverEach(ours, observed.rules, RULE_FORM.fields), ...theirs];
    if (rules.length === 0) return deleteSeen(bucket, observed.rules, new DeleteBucketLifecycleCommand(ref));
    const input = {
      ...ref,
      LifecycleConfiguration: { Rules: rules },
      // A Put without it would set S3's default.
      TransitionDefaultMinimumObjectSize: minimumObjectSize ?? observed.minimumObjectSize,
    };
    await s3.send(new PutBucketLifecycleConfigurationCommand(input), options);
  },

  reset: (observed, { appliedIds }) => {
    const owned = withoutApplied(idsOf(observed), appliedIds.lifecycle);
    const isOurSize = appliedIds.lifecycle?.includes(SIZE) ?? false;
    return owned && { rules: [], owned, ...(isOurSize && { minimumObjectSize: DEFAULT_SIZE }) };
  },

  toSpec,

  report: (desired, { rules }) => (desired ? { lifecycle: entriesStatus(desired.owned, rules.map(idOf)) } : {}),
});

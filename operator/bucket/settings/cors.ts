import { DeleteBucketCorsCommand, GetBucketCorsCommand, PutBucketCorsCommand, type CORSRule } from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import { deleteSeen, unlessAbsent } from "../subresource.ts";
import { carryOverEach } from "./carry-over.ts";
import { entriesStatus, isOwned, ownedEntries, withoutApplied, type Owned } from "./entries.ts";
import { toS3 } from "./field-names.ts";
import { compareNamed, defineSetting, type Named, type SettingContext } from "./setting.ts";
import { distinct, entriesToSpec, stated, type ExportedSetting } from "./to-spec.ts";

type RuleSpec = NonNullable<S3BucketSpec["cors"]>["rules"][number];

const RULE = ["allowedOrigins", "allowedMethods", "allowedHeaders", "exposeHeaders", "maxAgeSeconds"] as const;

/** Fields that a spec can express. */
const FIELDS = ["ID", "AllowedOrigins", "AllowedMethods", "AllowedHeaders", "ExposeHeaders", "MaxAgeSeconds"];
/** The CRD's limit. */
const MAX_RULES = 100;

interface Desired {
  rules: CORSRule[];
  owned: Owned;
}

function desired({ cors }: S3BucketSpec, { appliedIds }: SettingContext): Desired | undefined {
  if (cors === undefined) return undefined;
  const rules = cors.rules.map(toRule);
  return { rules, owned: ownedEntries(rules.map(nameOf), appliedIds.cors, cors.unmanagedRules ?? "Remove") };
}

function toRule(rule: RuleSpec): CORSRule {
  return { ID: rule.id, ...toS3(rule, RULE) };
}

/** Lists are sets. Header names ignore case. An empty list is no list. */
function canonical(rule: CORSRule): Record<string, unknown> {
  return {
    allowedOrigins: setOf(rule.AllowedOrigins),
    allowedMethods: setOf(rule.AllowedMethods),
    allowedHeaders: setOf(rule.AllowedHeaders?.map((header) => header.toLowerCase())),
    exposeHeaders: setOf(rule.ExposeHeaders?.map((header) => header.toLowerCase())),
    maxAgeSeconds: rule.MaxAgeSeconds,
  };
}

function setOf(list: readonly string[] | undefined): string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : [...new Set(list)].sort();
}

/** A rule's id; for a rule without one, or with that of an earlier rule, its place. */
function nameOf({ ID }: CORSRule, index: number, rules: readonly CORSRule[]): string {
  return ID !== undefined && rules.findIndex((rule) => rule.ID === ID) === index ? ID : `#${index + 1}`;
}

function named(rules: readonly CORSRule[]): Named {
  return new Map(rules.map((rule, index) => [nameOf(rule, index, rules), canonical(rule)]));
}

/** S3 applies the first rule that matches, so that order counts. */
function diff({ rules, owned }: Desired, observed: CORSRule[]): Change[] {
  const found = observed.filter((rule, index) => isOwned(owned, nameOf(rule, index, observed)));
  const changes = compareNamed("rules", named(rules), named(found));
  return changes.length > 0 ? changes : compare("rules", rules.map(nameOf), found.map(nameOf));
}

/** With `Keep`, rules are matched by id. So rules without ids are exported only if none is omitted. */
function toSpec(observed: CORSRule[]): ExportedSetting {
  const { specs, omitted } = entriesToSpec(observed, {
    nameOf: (rule, index) => `rule '${nameOf(rule, index, observed)}'`,
    fields: FIELDS,
    toSpec: (rule, index) => toRuleSpec(rule, nameOf(rule, index, observed)),
    toEntry: toRule,
    canonical,
    max: MAX_RULES,
  });
  if (specs.length === 0) return { omitted };
  if (specs.every(({ id }) => id !== undefined))
    return { spec: { cors: { unmanagedRules: "Keep", rules: specs } }, omitted };
  if (omitted.length === 0) return { spec: { cors: { rules: specs } } };
  return { omitted: [...omitted, "the other rules have no unique ids, which a spec needs to tell them apart"] };
}

function toRuleSpec(rule: CORSRule, name: string): RuleSpec {
  return stated<RuleSpec>({
    id: rule.ID === name ? name : undefined,
    allowedOrigins: distinct(rule.AllowedOrigins) ?? [],
    allowedMethods: (distinct(rule.AllowedMethods) ?? []) as RuleSpec["allowedMethods"],
    allowedHeaders: distinct(rule.AllowedHeaders),
    exposeHeaders: distinct(rule.ExposeHeaders),
    maxAgeSeconds: rule.MaxAgeSeconds,
  });
}

/**
 * Owns the whole configuration, or with `unmanagedRules: Keep` the declared rules, which come first.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html
 */
export const cors = defineSetting<Desired, CORSRule[]>({
  name: "cors",
  iamActions: { read: ["s3:GetBucketCORS"], write: ["s3:PutBucketCORS"] },
  isShared: true,

  desired,

  observe: async ({ s3, ref, options }) =>
    (await unlessAbsent(s3.send(new GetBucketCorsCommand(ref), options)))?.CORSRules ?? [],

  diff,

  write: async (bucket, { rules: ours, owned }, observed) => {
    const { s3, ref, options } = bucket;
    const theirs = observed.filter((rule, index) => !isOwned(owned, nameOf(rule, index, observed)));
    const rules = [...carryOverEach(ours, observed, FIELDS), ...theirs];
    await (rules.length === 0
      ? deleteSeen(bucket, observed, new DeleteBucketCorsCommand(ref))
      : s3.send(new PutBucketCorsCommand({ ...ref, CORSConfiguration: { CORSRules: rules } }), options));
  },

  reset: (observed, { appliedIds }) => {
    const owned = withoutApplied(observed.map(nameOf), appliedIds.cors);
    return owned && { rules: [], owned };
  },

  toSpec,

  report: (desired, observed) => (desired ? { cors: entriesStatus(desired.owned, observed.map(nameOf)) } : {}),
});

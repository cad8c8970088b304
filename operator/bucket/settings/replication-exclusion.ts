import type { ReplicationRuleNotOperator } from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { stated, unlessEmpty, unlessNone } from "./to-spec.ts";

type RuleSpec = NonNullable<S3BucketSpec["replication"]>["rules"][number];
/** Objects that a rule excludes: those with any of the prefixes or tags. */
type Exclusion = NonNullable<NonNullable<RuleSpec["filter"]>["not"]>;

/** Paths of an exclusion that a spec can express. */
export const NOT_FIELDS = ["Filter.Not", "Filter.And.Not"].flatMap((not) =>
  ["Prefix", "Tag.Key", "Tag.Value", "Or.Prefixes", "Or.Tags.Key", "Or.Tags.Value"].map((field) => `${not}.${field}`),
);

/** S3 accepts one condition bare, and several only in `Or`. Without fields, it excludes nothing. */
export function toNot({ prefixes = [], tags = [] }: Exclusion): ReplicationRuleNotOperator {
  const Tags = tags.map(({ key, value }) => ({ Key: key, Value: value }));
  if (prefixes.length + Tags.length > 1) return { Or: { Prefixes: unlessNone(prefixes), Tags: unlessNone(Tags) } };
  return { Prefix: prefixes[0], Tag: Tags[0] };
}

/** In the spec's form, equal for each form and order at S3; undefined if it excludes nothing. */
export function canonicalNot({ Prefix, Tag, Or }: ReplicationRuleNotOperator = {}): Exclusion | undefined {
  const prefixes = [...(Or?.Prefixes ?? []), ...(Prefix === undefined ? [] : [Prefix])];
  const tags = [...(Or?.Tags ?? []), ...(Tag ? [Tag] : [])].map(({ Key = "", Value = "" }) => ({
    key: Key,
    value: Value,
  }));
  return unlessEmpty(
    stated<Exclusion>({
      prefixes: unlessNone(prefixes.sort()),
      tags: unlessNone(tags.sort((a, b) => (`${a.key}=${a.value}` < `${b.key}=${b.value}` ? -1 : 1))),
    }),
  );
}

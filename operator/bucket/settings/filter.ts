import type { ReplicationRuleNotOperator, Tag } from "@aws-sdk/client-s3";
import { unlessEmpty } from "./to-spec.ts";

/** Which objects a rule or configuration is for, as the spec says it: all that is set must hold. */
export interface FilterSpec {
  prefix?: string;
  tags?: Record<string, string>;
}

/** The same in S3's words, of which every API uses a part. */
export interface ObjectFilter {
  Prefix?: string | undefined;
  Tag?: Tag | undefined;
  And?: ({ Prefix?: string | undefined; Tags?: Tag[] | undefined } & Criteria) | undefined;
}

/** What an API has beyond prefix and tags. */
interface Criteria {
  ObjectSizeGreaterThan?: number | undefined;
  ObjectSizeLessThan?: number | undefined;
  AccessPointArn?: string | undefined;
  Not?: ReplicationRuleNotOperator | undefined;
}

/** S3 takes one criterion bare and several only inside `And`. Undefined: there is none, and all objects are meant. */
export function toFilter(
  { prefix, tags = {} }: FilterSpec = {},
  others: Criteria = {},
): (ObjectFilter & Criteria) | undefined {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return foldFilter({ Prefix: prefix, ...others, Tags });
}

/** All criteria side by side, whether they stand bare or in `And`. */
export function flatFilter({ Tag, And, ...bare }: ObjectFilter = {}): FlatFilter {
  return { ...bare, ...And, Tags: [...(And?.Tags ?? []), ...(Tag ? [Tag] : [])] };
}

export type FlatFilter = Omit<NonNullable<ObjectFilter["And"]>, "Tags"> & { Tags: Tag[] };

/** The way back. */
export function foldFilter({ Tags, ...criteria }: FlatFilter): (ObjectFilter & Criteria) | undefined {
  const bare = Object.fromEntries(Object.entries(criteria).filter(([, value]) => value !== undefined));
  const count = Object.keys(bare).length + Tags.length;
  if (count === 0) return undefined;
  if (count === 1) return Tags[0] === undefined ? bare : { Tag: Tags[0] };
  return { And: { ...bare, ...(Tags.length > 0 && { Tags }) } };
}

/** Paths of what {@link toFilterSpec} says. */
export const FILTER_FIELDS = ["Filter.Prefix", "Filter.And.Prefix"].concat(
  ["Filter.Tag", "Filter.And.Tags"].flatMap((tag) => [`${tag}.Key`, `${tag}.Value`]),
);

/** Of paths below a filter, those in a flat one. */
export function flatFields(fields: readonly string[]): string[] {
  return [...new Set(fields.map((path) => path.replace(/^And\./, "").replace(/^Tag\./, "Tags.")))];
}

/** The way back: undefined where all objects are meant. */
export function toFilterSpec(filter: ObjectFilter = {}): FilterSpec | undefined {
  const { Prefix, Tags } = flatFilter(filter);
  const tags = Tags.map(({ Key = "", Value = "" }) => [Key, Value] as const);
  return unlessEmpty({
    ...(Prefix ? { prefix: Prefix } : {}),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
  });
}

/** Prefix and tags, the same for every form in which S3 may write them; an empty prefix is none. */
export function canonicalFilter(filter: ObjectFilter = {}): { prefix: string | undefined; tags: string[] | undefined } {
  const { Prefix, Tags } = flatFilter(filter);
  return {
    prefix: Prefix || undefined,
    tags: Tags.length > 0 ? Tags.map(({ Key, Value }) => JSON.stringify([Key, Value])).sort() : undefined,
  };
}

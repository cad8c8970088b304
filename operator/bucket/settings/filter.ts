import type { ReplicationRuleNotOperator, Tag } from "@aws-sdk/client-s3";
import { unlessEmpty } from "./to-spec.ts";

/** Selects objects, in the spec's form. All criteria must match. */
export interface FilterSpec {
  prefix?: string;
  tags?: Record<string, string>;
}

/** Selects objects, in S3's form. Each API uses a part of it. */
export interface ObjectFilter {
  Prefix?: string | undefined;
  Tag?: Tag | undefined;
  And?: ({ Prefix?: string | undefined; Tags?: Tag[] | undefined } & Criteria) | undefined;
}

/** Criteria that only some APIs have. */
interface Criteria {
  ObjectSizeGreaterThan?: number | undefined;
  ObjectSizeLessThan?: number | undefined;
  AccessPointArn?: string | undefined;
  Not?: ReplicationRuleNotOperator | undefined;
}

/** Undefined if there is no criterion, which selects all objects. An empty prefix is none. */
export function toFilter(
  { prefix, tags = {} }: FilterSpec = {},
  others: Criteria = {},
): (ObjectFilter & Criteria) | undefined {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return foldFilter({ Prefix: prefix || undefined, ...others, Tags });
}

/** All criteria side by side, whether S3 returns them bare or in `And`. */
export function flatFilter({ Tag, And, ...bare }: ObjectFilter = {}): FlatFilter {
  return { ...bare, ...And, Tags: [...(And?.Tags ?? []), ...(Tag ? [Tag] : [])] };
}

export type FlatFilter = Omit<NonNullable<ObjectFilter["And"]>, "Tags"> & { Tags: Tag[] };

/** S3 accepts one criterion bare, and several only in `And`. Undefined if there is none. */
export function foldFilter({ Tags, ...criteria }: FlatFilter): (ObjectFilter & Criteria) | undefined {
  const bare = Object.fromEntries(Object.entries(criteria).filter(([, value]) => value !== undefined));
  const count = Object.keys(bare).length + Tags.length;
  if (count === 0) return undefined;
  if (count === 1) return Tags[0] === undefined ? bare : { Tag: Tags[0] };
  return { And: { ...bare, ...(Tags.length > 0 && { Tags }) } };
}

/** Paths of the criteria that {@link toFilterSpec} reads. */
export const FILTER_FIELDS = ["Filter.Prefix", "Filter.And.Prefix"].concat(
  ["Filter.Tag", "Filter.And.Tags"].flatMap((tag) => [`${tag}.Key`, `${tag}.Value`]),
);

/** Converts paths below a filter to paths in a flat filter. */
export function flatFields(fields: readonly string[]): string[] {
  return [...new Set(fields.map((path) => path.replace(/^And\./, "").replace(/^Tag\./, "Tags.")))];
}

/** The inverse of {@link toFilter}, without `others`. Undefined if it selects all objects. */
export function toFilterSpec(filter: ObjectFilter = {}): FilterSpec | undefined {
  const { Prefix, Tags } = flatFilter(filter);
  const tags = Tags.map(({ Key = "", Value = "" }) => [Key, Value] as const);
  return unlessEmpty({
    ...(Prefix ? { prefix: Prefix } : {}),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
  });
}

/** Prefix and tags, equal for all forms that S3 may return. An empty prefix is no prefix. */
export function canonicalFilter(filter: ObjectFilter = {}): { prefix: string | undefined; tags: string[] | undefined } {
  const { Prefix, Tags } = flatFilter(filter);
  return {
    prefix: Prefix || undefined,
    tags: Tags.length > 0 ? Tags.map(({ Key, Value }) => JSON.stringify([Key, Value])).sort() : undefined,
  };
}

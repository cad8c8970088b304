import type { Tag } from "@aws-sdk/client-s3";
import { unlessEmpty } from "./declaration.ts";

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
}

/** S3 takes one criterion bare and several only inside `And`. Undefined: there is none, and all objects are meant. */
export function toFilter(
  { prefix, tags = {} }: FilterSpec = {},
  others: Criteria = {},
): (ObjectFilter & Criteria) | undefined {
  const tagList = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const bare = defined({ Prefix: prefix, ...others });
  const count = Object.keys(bare).length + tagList.length;
  if (count === 0) return undefined;
  if (count === 1) return tagList[0] === undefined ? bare : { Tag: tagList[0] };
  return { And: { ...bare, ...(tagList.length > 0 && { Tags: tagList }) } };
}

function defined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** Paths of what {@link toFilterSpec} says. */
export const FILTER_FIELDS = ["Filter.Prefix", "Filter.Tag", "Filter.And.Prefix", "Filter.And.Tags"];

/** The way back: undefined where all objects are meant. */
export function toFilterSpec(filter: ObjectFilter = {}): FilterSpec | undefined {
  const { Prefix, Tag, And } = filter;
  const prefix = Prefix || And?.Prefix || undefined;
  const tags = [...(And?.Tags ?? []), ...(Tag ? [Tag] : [])].map(({ Key = "", Value = "" }) => [Key, Value] as const);
  return unlessEmpty({
    ...(prefix !== undefined && { prefix }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
  });
}

/** Prefix and tags, the same for every form in which S3 may write them; an empty prefix is none. */
export function canonicalFilter(filter: ObjectFilter = {}): { prefix: string | undefined; tags: string[] | undefined } {
  const { Prefix, Tag, And } = filter;
  const tags = [...(And?.Tags ?? []), ...(Tag ? [Tag] : [])];
  return {
    prefix: Prefix || And?.Prefix || undefined,
    tags: tags.length > 0 ? tags.map(({ Key, Value }) => JSON.stringify([Key, Value])).sort() : undefined,
  };
}

import type { Tags } from "../api/ownership.ts";

interface ListedTag {
  Key: string | undefined;
  Value: string | undefined;
}

/** The form in which S3 has tags. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function tagsOfList(list: readonly ListedTag[] = []): Tags {
  return Object.fromEntries(list.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** Tags of keys: https://docs.aws.amazon.com/kms/latest/developerguide/tagging-keys.html */

import { AwsError } from "../errors.ts";
import { findKey } from "./find-key.ts";
import { refusePending } from "./key-states.ts";
import { PAGE_PARAMETERS, pageOf } from "./page.ts";
import { text, type KmsAction, type KmsContext, type KmsInput } from "./route.ts";

const MAX_TAGS = 50;

export const tagActions: KmsAction[] = [
  {
    operation: "TagResource",
    write: true,
    parameters: ["KeyId", "Tags"],
    handle: (input, context) => {
      const key = writableKey(input, context);
      const tags = new Map([...key.tags, ...tagsOf(input["Tags"])]);
      checkTagCount(tags);
      key.tags = tags;
      return {};
    },
  },
  {
    operation: "UntagResource",
    write: true,
    parameters: ["KeyId", "TagKeys"],
    handle: (input, context) => {
      const { tags } = writableKey(input, context);
      for (const name of Array.isArray(input["TagKeys"]) ? input["TagKeys"] : []) tags.delete(String(name));
      return {};
    },
  },
  {
    operation: "ListResourceTags",
    write: false,
    parameters: ["KeyId", ...PAGE_PARAMETERS],
    handle: (input, context) => {
      const { tags } = findKey(text(input, "KeyId"), context);
      const { items, rest } = pageOf(
        [...tags].map((tag) => [tag[0], tag]),
        input,
        { usual: 50, most: 50 },
      );
      return { Tags: items.map(([TagKey, TagValue]) => ({ TagKey, TagValue })), ...rest };
    },
  },
];

/** Tags of a request. Throws TagException, or ValidationException if a key or value is too long. */
export function tagsOf(value: unknown): Map<string, string> {
  const list = (Array.isArray(value) ? value : []) as { TagKey?: string; TagValue?: string }[];
  const tags = list.map(({ TagKey = "", TagValue = "" }): [string, string] => [TagKey, TagValue]);
  for (const [key, content] of tags) {
    if (key.toLowerCase().startsWith("aws:")) throw tagException("Tags beginning with aws: are reserved");
    if (key === "" || key.length > 128) throw tooLong("tagKey", 128);
    if (content.length > 256) throw tooLong("tagValue", 256);
  }
  const byKey = new Map(tags);
  if (byKey.size < tags.length) throw tagException("Duplicate tag keys");
  checkTagCount(byKey);
  return byKey;
}

function writableKey(input: KmsInput, context: KmsContext) {
  const key = findKey(text(input, "KeyId"), context);
  refusePending(key);
  return key;
}

function checkTagCount(tags: Map<string, string>): void {
  if (tags.size > MAX_TAGS) throw tagException("Too many tags");
}

function tagException(message: string): AwsError {
  return new AwsError(400, "TagException", message);
}

function tooLong(member: string, length: number): AwsError {
  const message = `Value at 'tags.member.${member}' failed to satisfy constraint: Member must have length from 1 to ${length}`;
  return new AwsError(400, "ValidationException", message);
}

/** Validates bucket tags, for the classic calls and S3 Control: FACTS.md#s3-tags. */

import { AwsError } from "../errors.ts";
import { childrenNamed, element, textAt, type XmlElement } from "../xml.ts";
import { malformedXml } from "./route.ts";

export type Tag = [key: string, value: string];

const MAX_TAGS = 50;
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** The `<Tag>` children of an element; empty if it is absent. */
export function tagsOf(parent: XmlElement | undefined): Tag[] {
  return childrenNamed(parent ?? element(""), "Tag").map((tag) => {
    const [key, value] = [textAt(tag, "Key"), textAt(tag, "Value")];
    if (key === undefined || value === undefined) throw malformedXml();
    return [key, value];
  });
}

export function tagElements(tags: Iterable<Tag>): XmlElement[] {
  return [...tags].map(([key, value]) => element("Tag", [element("Key", key), element("Value", value)]));
}

/** Throws InvalidTag if one of the tags is invalid. */
export function checkTags(tags: Tag[]): void {
  if (new Set(tags.map(([key]) => key)).size < tags.length) {
    throw invalidTag("Cannot provide multiple Tags with the same key");
  }
  for (const [key, value] of tags) {
    if (key.toLowerCase().startsWith("aws:")) throw invalidTag("System tags cannot be added/updated by requester");
    if (key === "" || key.length > 128 || !ALLOWED.test(key))
      throw invalidTag("The TagKey you have provided is invalid");
    if (value.length > 256 || !ALLOWED.test(value)) throw invalidTag("The TagValue you have provided is invalid");
  }
}

/** Counts the user's tags only, not the tags that AWS has set. */
export function checkTagCount(tags: Map<string, string>): void {
  if ([...tags.keys()].filter((key) => !isSystemTag(key)).length > MAX_TAGS) {
    throw new AwsError(400, "BadRequest", `Bucket tag count cannot be greater than ${MAX_TAGS}`);
  }
}

export function isSystemTag(key: string): boolean {
  return key.startsWith("aws:");
}

export function systemTagsRemoved(): AwsError {
  return invalidTag("System Tags cannot be removed by requester");
}

function invalidTag(message: string): AwsError {
  return new AwsError(400, "InvalidTag", message);
}

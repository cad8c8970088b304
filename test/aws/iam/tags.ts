/** Tags of roles: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */

import { listMembers, listParameter, type QueryAction } from "../query.ts";
import { element, type XmlElement } from "../xml.ts";
import { invalidInput, limitExceeded, validationError } from "./errors.ts";
import { PAGE_PARAMETERS, pageElements } from "./page.ts";
import { roleParameter, roleResource } from "./parameters.ts";

const MAX_TAGS = 50;
const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export const tagActions: QueryAction[] = [
  {
    operation: "TagRole",
    write: true,
    parameters: ["RoleName", "Tags"],
    resource: roleResource,
    handle: (parameters, context) => {
      const role = roleParameter(parameters, context);
      role.tags = tagsParameter(parameters, role.tags);
      return undefined;
    },
  },
  {
    operation: "UntagRole",
    write: true,
    parameters: ["RoleName", "TagKeys"],
    resource: roleResource,
    handle: (parameters, context) => {
      const { tags } = roleParameter(parameters, context);
      for (const key of listParameter(parameters, "TagKeys")) deleteTag(tags, key);
      return undefined;
    },
  },
  {
    operation: "ListRoleTags",
    write: false,
    parameters: ["RoleName", ...PAGE_PARAMETERS],
    resource: roleResource,
    handle: (parameters, context) => {
      const { tags } = roleParameter(parameters, context);
      return pageElements("Tags", parameters, [...tags], ([key]) => key, tagElement);
    },
  },
];

/** The tags after the tags of the request are added. Throws for invalid tags and for too many. */
export function tagsParameter(parameters: URLSearchParams, before: ReadonlyMap<string, string>): Map<string, string> {
  const given = listMembers(parameters, "Tags").map((tag): [string, string] => [
    tag.get("Key") ?? "",
    tag.get("Value") ?? "",
  ]);
  given.forEach(checkTag);
  if (new Set(given.map(([key]) => key.toLowerCase())).size < given.length) {
    throw invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  const tags = new Map(before);
  for (const [key, value] of given) {
    deleteTag(tags, key);
    tags.set(key, value);
  }
  if (tags.size > MAX_TAGS) throw limitExceeded(`Cannot exceed quota for TagsPerRole: ${MAX_TAGS}`);
  return tags;
}

export function tagElements(tags: ReadonlyMap<string, string>): XmlElement[] {
  return [...tags].map(tagElement);
}

function tagElement([key, value]: [string, string]): XmlElement {
  return element("member", [element("Key", key), element("Value", value)]);
}

/** Keys keep their letter case, and are compared without it. */
function deleteTag(tags: Map<string, string>, key: string): void {
  const existing = [...tags.keys()].find((name) => name.toLowerCase() === key.toLowerCase());
  if (existing !== undefined) tags.delete(existing);
}

function checkTag([key, value]: [string, string]): void {
  if (key === "" || key.length > 128)
    throw validationError(key, "tags.1.member.key", "Member must have length from 1 to 128");
  if (value.length > 256)
    throw validationError(value, "tags.1.member.value", "Member must have length less than or equal to 256");
  const wrong = [key, value].find((text) => !TEXT.test(text));
  if (wrong !== undefined) {
    throw validationError(wrong, "tags.1.member", `Member must satisfy regular expression pattern: ${TEXT.source}`);
  }
  if (key.toLowerCase().startsWith("aws:"))
    throw invalidInput("Tag keys beginning with aws: are reserved for system use.");
}

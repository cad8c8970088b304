/** Paginates lists: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */

import { element, type XmlElement } from "../xml.ts";
import { validationError } from "./errors.ts";
import { numberParameter } from "./parameters.ts";

/** Pagination parameters. */
export const PAGE_PARAMETERS = ["Marker", "MaxItems"];

/** One page of the items, sorted by name, and the elements that tell whether there are more. */
export function pageElements<Item>(
  list: string,
  parameters: URLSearchParams,
  all: Item[],
  nameOf: (item: Item) => string,
  show: (item: Item) => XmlElement,
): XmlElement[] {
  const limit = numberParameter(parameters, "MaxItems", [1, 1000]) ?? 100;
  const marker = decoded(parameters.get("Marker"));
  const after = all
    .filter((item) => marker === undefined || nameOf(item) > marker)
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const page = after.slice(0, limit);
  const last = page.at(-1);
  const isTruncated = last !== undefined && after.length > page.length;
  return [
    element(list, page.map(show)),
    element("IsTruncated", String(isTruncated)),
    ...(isTruncated ? [element("Marker", encoded(nameOf(last)))] : []),
  ];
}

function encoded(name: string): string {
  return Buffer.from(name).toString("base64url");
}

function decoded(marker: string | null): string | undefined {
  if (marker === null) return undefined;
  const name = Buffer.from(marker, "base64url").toString("utf8");
  if (encoded(name) !== marker) throw validationError(marker, "marker", "Invalid Marker");
  return name;
}

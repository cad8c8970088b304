/** Paginates lists: https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html */

import { AwsError } from "../errors.ts";
import { text, type KmsInput } from "./route.ts";

/** Pagination members of the request. */
export const PAGE_PARAMETERS = ["Limit", "Marker"];

export interface Limits {
  /** Page size if the request has no Limit. */
  usual: number;
  most: number;
}

export interface Page<Item> {
  items: Item[];
  /** Members of the answer that tell whether there are more items. */
  rest: { Truncated: boolean; NextMarker?: string };
}

/** One page of the items, sorted by name. The marker is the last name of the previous page. */
export function pageOf<Item>(all: [name: string, item: Item][], input: KmsInput, { usual, most }: Limits): Page<Item> {
  const limit = Number(input["Limit"] ?? usual);
  if (!Number.isInteger(limit) || limit < 1 || limit > most) {
    const message = `Value '${limit}' at 'limit' failed to satisfy constraint: Member must be from 1 to ${most}`;
    throw new AwsError(400, "ValidationException", message);
  }
  const marker = decoded(text(input, "Marker"));
  const after = all.filter(([name]) => name > marker).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const page = after.slice(0, limit);
  const last = page.at(-1)?.[0] ?? "";
  const Truncated = after.length > page.length;
  const rest = { Truncated, ...(Truncated && { NextMarker: encoded(last) }) };
  return { items: page.map(([, item]) => item), rest };
}

function encoded(name: string): string {
  return Buffer.from(name).toString("base64url");
}

function decoded(marker: string): string {
  const name = Buffer.from(marker, "base64url").toString("utf8");
  if (encoded(name) !== marker) throw new AwsError(400, "InvalidMarkerException", "Could not deserialize marker");
  return name;
}

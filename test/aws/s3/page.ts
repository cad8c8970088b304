/** Pages of listings: sorted by key, at most 1,000 entries each. */

import type { StoreSwitches } from "../store.ts";
import { invalidArgument } from "./route.ts";

export interface Page<Item> {
  items: Item[];
  /** The last item of this page when there are more. */
  last: Item | undefined;
}

/** The first `limit` of the items. Takes one more at most, so that a page costs the same in a bucket of any size. */
export function pageOf<Item>(items: Iterable<Item>, limit: number): Page<Item> {
  const page: Item[] = [];
  for (const item of items) {
    if (page.length === limit) return { items: page, last: page.at(-1) };
    page.push(item);
  }
  return { items: page, last: undefined };
}

/** The `max-keys` or `max-uploads` of a request. */
export function limitOf(parameter: string | null, { pageSize }: StoreSwitches): number {
  const asked = Number(parameter ?? pageSize);
  return Number.isInteger(asked) && asked >= 0 ? Math.min(asked, pageSize) : pageSize;
}

/** The keys with this prefix in S3's order, from the marker on, itself included. */
export function keysFrom(keys: Iterable<string>, prefix: string, marker: string): string[] {
  return [...keys].filter((key) => key.startsWith(prefix) && compareKeys(key, marker) >= 0).toSorted(compareKeys);
}

/** S3's order of keys, which is that of their UTF-8 bytes; made without the bytes, because a bucket may have many keys. */
export function compareKeys(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at === end ? a.length - b.length : rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
}

/** Halves of surrogate pairs come after all other UTF-16 units: what they stand for does so in UTF-8. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** How the answer writes keys. */
export interface KeyEncoding {
  write: (key: string) => string;
  /** The element `EncodingType` of the answer. */
  type: "url" | undefined;
}

/** As they are, or with `encoding-type=url`, which keys need that XML cannot hold; some stores ignore what is asked. */
export function keyEncoding(query: URLSearchParams, { listedKeys }: StoreSwitches): KeyEncoding {
  const type = query.get("encoding-type");
  if (listedKeys === "Encoded") return { write: encoded, type: undefined };
  if (type === null || listedKeys === "Plain") return { write: (key) => key, type: undefined };
  if (type !== "url") throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", type);
  return { write: encoded, type };
}

function encoded(key: string): string {
  return encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+");
}

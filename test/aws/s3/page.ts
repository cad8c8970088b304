/** Paginates listings: sorted by key, with at most 1,000 entries per page. */

import type { StoreSwitches } from "../store.ts";
import { element, type XmlElement } from "../xml.ts";
import { invalidArgument } from "./route.ts";

export interface Page<Item> {
  items: Item[];
  /** The last item of this page if there are more pages. */
  last: Item | undefined;
}

/** The first `limit` items. Reads at most one item more, so that a page costs the same in buckets of any size. */
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

/** Keys with this prefix, in S3's order, from the marker on, including it. */
export function keysFrom(keys: Iterable<string>, prefix: string, marker: string): string[] {
  return [...keys].filter((key) => key.startsWith(prefix) && compareKeys(key, marker) >= 0).toSorted(compareKeys);
}

/** Compares keys by their UTF-8 bytes, as S3 does. For speed it does not encode them. */
export function compareKeys(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at === end ? a.length - b.length : rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
}

/** Surrogates sort after all other UTF-16 units, as their characters do in UTF-8. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

export interface CommonPrefix {
  commonPrefix: string;
}

/**
 * Replaces the keys that have the delimiter after the prefix by their common prefixes. A common prefix that is the
 * marker was on the page before.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
 */
export function* rolledUp<Item extends { key: string }>(
  items: Iterable<Item>,
  { prefix, delimiter, marker }: { prefix: string; delimiter: string; marker: string },
): Iterable<Item | CommonPrefix> {
  let before = marker;
  for (const item of items) {
    const at = delimiter === "" ? -1 : item.key.indexOf(delimiter, prefix.length);
    const commonPrefix = item.key.slice(0, at + delimiter.length);
    if (at < 0) yield item;
    else if (commonPrefix !== before) yield { commonPrefix };
    before = at < 0 ? item.key : commonPrefix;
  }
}

/** What a marker names: the key, or the common prefix. */
export function nameOf(item: { key: string } | CommonPrefix): string {
  return "commonPrefix" in item ? item.commonPrefix : item.key;
}

export function prefixElement({ commonPrefix }: CommonPrefix, encoded: (key: string) => string): XmlElement {
  return element("CommonPrefixes", [element("Prefix", encoded(commonPrefix))]);
}

/** Encoding of keys in an answer. */
export interface KeyEncoding {
  write: (key: string) => string;
  /** Value of the element `EncodingType`. */
  type: "url" | undefined;
}

/**
 * Encodes keys for `encoding-type=url`, which keys with characters outside XML need. Some stores ignore the parameter.
 */
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

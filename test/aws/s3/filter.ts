/**
 * Filters of rules and configurations. All have the grammar of lifecycle filters, some with fewer predicates.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-filters.html
 */

import { child, childrenNamed, textAt, type XmlElement } from "../xml.ts";
import { invalidRequest, malformedXml } from "./route.ts";
import { tagsOf } from "./tags.ts";

const PREDICATES = new Set(["Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan", "AccessPointArn", "Not"]);

/** One predicate is a direct child, several are in And, none matches every object. */
export function checkFilter(filter: XmlElement | undefined): void {
  if (filter === undefined) return;
  const and = child(filter, "And");
  const alone = countPredicates(filter);
  if (alone > 1 || (and !== undefined && alone > 0)) throw malformedXml();
  if (and !== undefined && countPredicates(and) < 2) throw malformedXml();
  checkPredicates(and ?? filter);
}

/** Like checkFilter, but refuses an empty filter: a configuration for all objects has no filter. */
export function checkFilterNotEmpty(filter: XmlElement | undefined): void {
  if (filter !== undefined && countPredicates(filter) === 0 && child(filter, "And") === undefined) throw malformedXml();
  checkFilter(filter);
}

/** Whether a filter has tags or sizes, which some actions do not allow. */
export function filterUses(filter: XmlElement | undefined): { tags: boolean; sizes: boolean } {
  const predicates = child(filter, "And") ?? filter;
  const has = (name: string) => child(predicates, name) !== undefined;
  return { tags: has("Tag"), sizes: has("ObjectSizeGreaterThan") || has("ObjectSizeLessThan") };
}

/** The element for objects that a replication rule excludes. */
export function notIn(filter: XmlElement | undefined): XmlElement | undefined {
  return child(child(filter, "And") ?? filter, "Not");
}

function countPredicates({ children }: XmlElement): number {
  return children.filter(({ name }) => PREDICATES.has(name)).length;
}

function checkPredicates(predicates: XmlElement): void {
  const keys = tagsOf(predicates).map(([key]) => key);
  if (keys.includes("")) throw malformedXml();
  if (new Set(keys).size < keys.length) throw invalidRequest("Duplicate Tag Keys are not allowed.");
  if (childrenNamed(predicates, "Prefix").some(({ text }) => Buffer.byteLength(text) > 1024)) throw malformedXml();
  const greaterThan = size(predicates, "ObjectSizeGreaterThan");
  const lessThan = size(predicates, "ObjectSizeLessThan");
  if (greaterThan !== undefined && lessThan !== undefined && lessThan <= greaterThan) {
    throw invalidRequest("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.");
  }
}

function size(predicates: XmlElement, name: string): number | undefined {
  const value = textAt(predicates, name);
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw malformedXml();
  return Number(value);
}

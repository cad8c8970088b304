/**
 * Switches for the ways in which AWS's answers differ in form, not in meaning, from what was written: aws.md 2.5, 2.6, 2.8.
 * What AWS always does (account id to root ARN, one-element arrays to strings, roles to unique ids and back) needs no switch.
 */

import { child, element, type XmlElement } from "./xml.ts";

export interface Normalisations {
  /** Statements and the arrays inside them come in another order at every read. */
  reorderPolicy?: boolean;
  /** Configuration documents carry elements that nobody has heard of, in the root and in each rule. */
  unknownExtraFields?: boolean;
  /** After a lifecycle write, every second read gives the old answer, for so many reads or milliseconds. */
  lifecycleFlap?: { reads: number } | { ms: number };
  /** How a rule says "this prefix": in a Filter, in the old Prefix of the rule, and for none at all `<Filter/>` or an empty Prefix. */
  lifecyclePrefixForm?: "EmptyFilter" | "FilterPrefix" | "Prefix";
  /** Tags that AWS put there, such as aws:cloudformation:stack-name. */
  awsTags?: Record<string, string>;
}

export interface Normaliser {
  /** Turns switches on (or, with undefined, off), for all buckets or for one, whose switches go before the general ones. */
  set(switches: { [Name in keyof Normalisations]: Normalisations[Name] | undefined }, bucket?: string): void;
  /** What holds for this bucket. */
  for(bucket: string): Normalisations;
  clear(): void;
}

export function normaliser(): Normaliser {
  const everywhere = "";
  const switches = new Map<string, Normalisations>();
  return {
    set: (changes, bucket = everywhere) => {
      switches.set(bucket, { ...switches.get(bucket), ...(changes as Normalisations) });
    },
    for: (bucket) => ({ ...switches.get(everywhere), ...switches.get(bucket) }),
    clear: () => switches.clear(),
  };
}

/** The document with an unknown element in its root and in each of its rules, or of the configurations that it lists; one that is there is enough. */
export function withUnknownFields(root: XmlElement): XmlElement {
  const children = root.children.map((inner) =>
    /(Rule|Configuration)$/.test(inner.name) ? withUnknown(inner) : inner,
  );
  return withUnknown({ ...root, children });
}

function withUnknown(parent: XmlElement): XmlElement {
  const unknown = element("SimulatedUnknownField", "unknown");
  return child(parent, unknown.name) ? parent : { ...parent, children: [...parent.children, unknown] };
}

/** The items in an order that depends on `seed` alone; not the given one when there is a choice and the seed is odd. */
export function shuffled<Item>(items: Item[], seed: number): Item[] {
  const turned = seed % 2 === 1 ? items.toReversed() : [...items];
  const cut = turned.length === 0 ? 0 : (seed >> 1) % turned.length;
  return [...turned.slice(cut), ...turned.slice(0, cut)];
}

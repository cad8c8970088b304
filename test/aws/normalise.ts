/**
 * Switches for answers of AWS that differ from the written document in form, not in meaning: FACTS.md#s3-lifecycle and
 * FACTS.md#s3-bucket-policies. Rewriting that AWS always does has no switch.
 */

import { child, element, type XmlElement } from "./xml.ts";

export interface Normalisations {
  /** Every read of a policy reorders its statements and the arrays in them. */
  reorderPolicy?: boolean;
  /** Configuration documents contain unknown elements, in the root and in each rule. */
  unknownExtraFields?: boolean;
  /** After a lifecycle write, every second read returns the old answer, for this number of reads or milliseconds. */
  lifecycleFlap?: { reads: number } | { ms: number };
  /**
   * Where a rule has its prefix: in a Filter, in a Filter that is empty if there is no prefix, or in the rule itself.
   */
  lifecyclePrefixForm?: "EmptyFilter" | "FilterPrefix" | "Prefix";
  /** Tags that AWS sets, such as aws:cloudformation:stack-name. */
  awsTags?: Record<string, string>;
}

export interface Normaliser {
  /**
   * Sets switches for all buckets or for one bucket; undefined turns one off. The bucket's own switches take
   * precedence.
   */
  set(switches: { [Name in keyof Normalisations]: Normalisations[Name] | undefined }, bucket?: string): void;
  /** The switches that apply to this bucket. */
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

/** Adds an unknown element to the root and to each rule or listed configuration, unless it has one already. */
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

/** Rotates the items, and reverses them for an odd seed. The order depends on `seed` alone. */
export function shuffled<Item>(items: Item[], seed: number): Item[] {
  const turned = seed % 2 === 1 ? items.toReversed() : [...items];
  const cut = turned.length === 0 ? 0 : (seed >> 1) % turned.length;
  return [...turned.slice(cut), ...turned.slice(0, cut)];
}

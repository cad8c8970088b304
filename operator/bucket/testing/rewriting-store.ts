import { isDeepStrictEqual } from "node:util";
import { sdkError } from "./fake-bucket.ts";
import type { Random } from "./random.ts";

export type Document = Record<string, unknown>;

/** Handlers by command. */
export type Routes = Record<string, (input: Document) => unknown>;

/** Documents that were put, by name. */
export interface RewritingStore {
  keep(name: string, document: Document): void;
  remove(name: string): void;
  /** A copy. */
  find(name: string): Document | undefined;
  /** A copy; throws S3's error with the code `absent` where there is none. */
  read(name: string, absent: string): Document;
  /** Copies. */
  all: () => Record<string, Document>;
}

export function rewritingStore(): RewritingStore {
  const kept = new Map<string, Document>();
  const find = (name: string) => structuredClone(kept.get(name));
  return {
    keep: (name, document) => void kept.set(name, document),
    remove: (name) => void kept.delete(name),
    find,
    read: (name, absent) => {
      const document = find(name);
      if (document === undefined) throw sdkError(absent, 404);
      return document;
    },
    all: () => structuredClone(Object.fromEntries(kept)),
  };
}

/** A field that no SDK knows. */
export const UNKNOWN_FIELD = "SimulatedUnknownField";

export function withUnknown(document: Document, random: Random): Document {
  return random.coin() ? { ...document, [UNKNOWN_FIELD]: "unknown" } : document;
}

/** May leave out fields that are false or undefined. */
export function sparse<T extends object>(document: T, random: Random): T {
  const entries = Object.entries(document).filter(
    ([, value]) => (value !== false && value !== undefined) || random.coin(),
  );
  return Object.fromEntries(entries) as T;
}

/** A document that every bucket has, and that no call deletes. */
interface SingleDocument {
  /** As in "PutBucket${name}". */
  name: string;
  /** The document's field in the call and the answer. */
  member?: string;
  /** The document of a new bucket: the answer is either this or empty. */
  byDefault?: Document;
  /** Makes the answer: the same meaning, in another form. */
  answer?: (document: Document, random: Random) => Document;
}

export function single(
  store: RewritingStore,
  random: Random,
  { name, member = name, byDefault, answer = (document) => document }: SingleDocument,
): Routes {
  const keep = (document: Document) =>
    isDeepStrictEqual(document, byDefault) ? store.remove(name) : store.keep(name, document);
  const untouched = () => (byDefault !== undefined && random.coin() ? byDefault : {});
  return {
    [`PutBucket${name}Command`]: (input) => keep(input[member] as Document),
    [`GetBucket${name}Command`]: () => answer(store.find(name) ?? untouched(), random),
  };
}

/** Configurations by id, each with calls of its own; two on a page. */
export function listed(
  store: RewritingStore,
  random: Random,
  name: string,
  rewrite: (configuration: Document) => Document,
): Routes {
  const all = () => (store.find(name) ?? {}) as Record<string, Document>;
  return {
    [`PutBucket${name}ConfigurationCommand`]: (input) =>
      store.keep(name, { ...all(), [input.Id as string]: input[`${name}Configuration`] }),
    [`DeleteBucket${name}ConfigurationCommand`]: (input) =>
      store.keep(name, Object.fromEntries(Object.entries(all()).filter(([id]) => id !== input.Id))),
    [`ListBucket${name}ConfigurationsCommand`]: ({ ContinuationToken }) => {
      const start = Number(ContinuationToken ?? 0);
      const entries = Object.values(all()).map((entry) => withUnknown(rewrite(entry), random));
      const more = entries.length > start + 2;
      return {
        [`${name}ConfigurationList`]: random.shuffled(entries.slice(start, start + 2)),
        IsTruncated: more,
        ...(more && { NextContinuationToken: String(start + 2) }),
      };
    },
  };
}

export function withFilter(configuration: Document, random: Random): Document {
  return { ...configuration, Filter: rewrittenFilter(configuration.Filter as Document | undefined, random) };
}

/** S3 may write one criterion in `And`, and tags in any order. Undefined stays undefined. */
export function rewrittenFilter(value: Document | undefined, random: Random): Document | undefined {
  if (value === undefined) return undefined;
  const { And, Tag, ...bare } = value as { And?: Document; Tag?: unknown };
  if (And !== undefined) return { And: And.Tags ? { ...And, Tags: random.shuffled(And.Tags as Document[]) } : And };
  if (random.coin()) return value;
  return { And: Tag === undefined ? bare : { Tags: [Tag] } };
}

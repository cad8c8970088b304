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

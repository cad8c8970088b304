/** Finds the objects that refer to an object, by key, without a search through all objects. */
export interface ReferenceIndex {
  /** In no particular order. */
  referrersOf(key: string): string[];
  add(key: string, referrer: string): void;
  remove(key: string, referrer: string): void;
}

export function createReferenceIndex(): ReferenceIndex {
  const entries = new Map<string, Set<string>>();
  return {
    referrersOf: (key) => [...(entries.get(key) ?? [])],
    add(key, referrer) {
      entries.set(key, (entries.get(key) ?? new Set()).add(referrer));
    },
    remove(key, referrer) {
      const referrers = entries.get(key);
      referrers?.delete(referrer);
      if (referrers?.size === 0) entries.delete(key);
    },
  };
}

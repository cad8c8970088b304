/** Pages of listings: sorted by key, at most 1,000 entries each. */

export const MAX_KEYS = 1000;

export interface Page<Item> {
  items: Item[];
  /** The last item of this page when there are more. */
  last: Item | undefined;
}

/** The first `limit` of the items that come after the marker. */
export function pageOf<Item>(sorted: Item[], isAfterMarker: (item: Item) => boolean, limit: number): Page<Item> {
  const rest = sorted.filter(isAfterMarker);
  const items = rest.slice(0, limit);
  return { items, last: rest.length > items.length ? items.at(-1) : undefined };
}

/** The `max-keys` or `max-uploads` of a request. */
export function limitOf(parameter: string | null): number {
  const asked = Number(parameter ?? MAX_KEYS);
  return Number.isInteger(asked) && asked >= 0 ? Math.min(asked, MAX_KEYS) : MAX_KEYS;
}

/** Entries by key, in S3's order, which is that of the UTF-8 bytes. */
export function byKey<Value>(entries: Iterable<[string, Value]>, prefix: string): [string, Value][] {
  return [...entries]
    .filter(([key]) => key.startsWith(prefix))
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

import type { Unknown } from "./places.ts";

/** The unknown elements of one account's buckets, by document. A bucket without any uses no memory. */
export interface ElementMemory {
  /** @param id only for documents that a bucket has several of */
  get(bucket: string, document: string, id: string | undefined): Unknown | undefined;
  /** @param unknown undefined: the document has no unknown elements */
  set(bucket: string, document: string, id: string | undefined, unknown: Unknown | undefined): void;
  /** Without an id: all such documents of the bucket. Document "": all documents of the bucket. */
  forget(bucket: string, document: string, id?: string): void;
}

export function createElementMemory(): ElementMemory {
  const buckets = new Map<string, Map<string, Unknown>>();
  const keyOf = (document: string, id = "") => `${document}/${id}`;

  const remove = (bucket: string, isMeant: (key: string) => boolean) => {
    const documents = buckets.get(bucket);
    if (documents === undefined) return;
    for (const key of documents.keys()) if (isMeant(key)) documents.delete(key);
    if (documents.size === 0) buckets.delete(bucket);
  };
  const forget = (bucket: string, document: string, id?: string) => {
    if (document === "") buckets.delete(bucket);
    else if (id === undefined) remove(bucket, (key) => key.startsWith(keyOf(document)));
    else remove(bucket, (key) => key === keyOf(document, id));
  };
  return {
    get: (bucket, document, id) => buckets.get(bucket)?.get(keyOf(document, id)),
    set: (bucket, document, id, unknown) => {
      if (unknown === undefined) return forget(bucket, document, id);
      const documents = buckets.get(bucket) ?? new Map<string, Unknown>();
      buckets.set(bucket, documents.set(keyOf(document, id), unknown));
    },
    forget,
  };
}

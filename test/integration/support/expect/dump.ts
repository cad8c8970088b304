import type { Bucket } from "../../../aws/index.ts";
import type { XmlElement } from "../../../aws/xml.ts";

/**
 * All that AWS holds of a bucket, with its own name and its S3Bucket's taken out, so that buckets that came about in different ways can be compared.
 * Undefined: there is no such bucket.
 */
export function dumpBucket(bucket: Bucket | undefined, name: string): object | undefined {
  if (bucket === undefined) return undefined;
  // Whose and since when it is, and what only answers that flap need, are no state.
  const { accountId: _, creationDate: __, lifecycleBefore: ___, ...state } = bucket;
  const { policy, objects, uploads } = state;
  const fields = Object.entries(state).map(([field, value]) => [field, readable(value)]);
  const dump = {
    ...(Object.fromEntries(fields) as object),
    policy: policy && (JSON.parse(policy) as unknown),
    objects: [...objects.keys()].sort(),
    uploads: uploads.size,
  };
  const text = JSON.stringify(dump).replaceAll(bucket.name, "{bucket}").replaceAll(name, "{name}");
  return JSON.parse(text) as object;
}

/** A field of a bucket as plain objects, so that the same in other words is equal. */
export function readable(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, readable(inner)]));
  if (typeof value !== "object" || value === null) return value;
  if ("children" in value) return plain(value as XmlElement);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]));
}

/** Between elements of different names order means nothing; of one name, they stay in order. */
function plain({ children, text }: XmlElement): unknown {
  if (children.length === 0) return text;
  const groups = Map.groupBy(children, (child) => child.name);
  return Object.fromEntries([...groups].map(([name, items]) => [name, items.map(plain)]));
}

import type { Bucket } from "../../../aws/index.ts";
import type { XmlElement } from "../../../aws/xml.ts";

/**
 * The whole state of a bucket at AWS, without its name and that of its S3Bucket, so that buckets can be compared.
 * Undefined: the bucket does not exist.
 */
export function dumpBucket(bucket: Bucket | undefined, name: string): object | undefined {
  if (bucket === undefined) return undefined;
  // Owner and creation time, and old responses kept for the flapping fault, are not state.
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

/** A field of a bucket as plain objects, so that equal values in different forms compare as equal. */
export function readable(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, readable(inner)]));
  if (typeof value !== "object" || value === null) return value;
  if ("children" in value) return plain(value as XmlElement);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]));
}

/** The order of elements matters only among those of one name. */
function plain({ children, text }: XmlElement): unknown {
  if (children.length === 0) return text;
  const groups = Map.groupBy(children, (child) => child.name);
  return Object.fromEntries([...groups].map(([name, items]) => [name, items.map(plain)]));
}

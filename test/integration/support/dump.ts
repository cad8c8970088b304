import type { Bucket } from "../../aws/index.ts";
import type { XmlElement } from "../../aws/xml.ts";

/**
 * All that AWS holds of a bucket, with its own name and its S3Bucket's taken out, so that buckets that came about in different ways can be compared.
 * Undefined: there is no such bucket.
 */
export function dumpBucket(bucket: Bucket | undefined, name: string): object | undefined {
  if (bucket === undefined) return undefined;
  // Whose and since when it is, and what only answers that flap need, are no state.
  const { accountId: _, creationDate: __, lifecycleBefore: ___, ...state } = bucket;
  const { policy, tags, objects, uploads, lifecycle } = state;
  const dump = {
    ...state,
    publicAccessBlock: bucket.publicAccessBlock && plain(bucket.publicAccessBlock),
    ownershipControls: bucket.ownershipControls && plain(bucket.ownershipControls),
    encryption: plain(bucket.encryption),
    cors: bucket.cors && plain(bucket.cors),
    lifecycle: lifecycle && { ...lifecycle, document: plain(lifecycle.document) },
    policy: policy && (JSON.parse(policy) as unknown),
    tags: Object.fromEntries(tags),
    objects: [...objects.keys()].sort(),
    uploads: uploads.size,
  };
  const text = JSON.stringify(dump).replaceAll(bucket.name, "{bucket}").replaceAll(name, "{name}");
  return JSON.parse(text) as object;
}

/** Between elements of different names order means nothing; of one name, they stay in order. */
function plain({ children, text }: XmlElement): unknown {
  if (children.length === 0) return text;
  const groups = Map.groupBy(children, (child) => child.name);
  return Object.fromEntries([...groups].map(([name, items]) => [name, items.map(plain)]));
}

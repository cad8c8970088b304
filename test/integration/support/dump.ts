import type { Bucket } from "../../aws/index.ts";
import { xmlDocument, type XmlElement } from "../../aws/xml.ts";

/**
 * All that AWS holds of a bucket, with its own name and its S3Bucket's taken out, so that buckets that came about in different ways can be compared.
 * Undefined: there is no such bucket.
 */
export function dumpBucket(bucket: Bucket | undefined, name: string): object | undefined {
  if (bucket === undefined) return undefined;
  // Whose and since when it is, and what only answers that flap need, are no state.
  const {
    accountId: _,
    creationDate: __,
    lifecycleBefore: ___,
    policy,
    tags,
    objects,
    uploads,
    lifecycle,
    ...rest
  } = bucket;
  const dump = {
    ...rest,
    publicAccessBlock: shown(bucket.publicAccessBlock),
    ownershipControls: shown(bucket.ownershipControls),
    encryption: shown(bucket.encryption),
    cors: shown(bucket.cors),
    lifecycle: lifecycle && { ...lifecycle, document: shown(lifecycle.document) },
    policy: policy && (JSON.parse(policy) as unknown),
    tags: Object.fromEntries([...tags].sort()),
    objects: [...objects.keys()].sort(),
    uploads: uploads.size,
  };
  const text = JSON.stringify(dump).replaceAll(bucket.name, "{bucket}").replaceAll(name, "{name}");
  return JSON.parse(text) as object;
}

function shown(document: XmlElement | undefined): string | undefined {
  return document && xmlDocument(document);
}

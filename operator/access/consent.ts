import { admitsNamespace } from "../account/resolve.ts";
import type { BucketAccess, S3Bucket } from "../api/types.ts";
import { REASON } from "../api/reasons.ts";
import type { ObjectKey } from "../kube/object.ts";
import { waiting } from "../reconcile/outcome.ts";
import type { AccessDirectory } from "./dependencies.ts";

/** The S3Bucket's own watch usually wakes its accesses long before. */
const RETRY_MS = 300_000;

/** The S3Bucket that the access refers to, whether or not it is there. */
export function bucketKeyOf({ metadata: { namespace = "" }, spec: { bucketRef } }: BucketAccess): Required<ObjectKey> {
  return { namespace: bucketRef.namespace ?? namespace, name: bucketRef.name };
}

export function isInOwnNamespace(access: BucketAccess): boolean {
  return bucketKeyOf(access).namespace === access.metadata.namespace;
}

/** The S3Bucket of the access, if it is there and lets the access's namespace refer to it. */
export function consentingBucket(directory: AccessDirectory, access: BucketAccess): S3Bucket | undefined {
  const bucket = directory.bucket(bucketKeyOf(access));
  return bucket !== undefined && consents(directory, bucket, access) ? bucket : undefined;
}

/** A bucket is for its own namespace, and for those that it names. */
export function consents(
  directory: Pick<AccessDirectory, "namespace">,
  { metadata, spec }: S3Bucket,
  { metadata: { namespace = "" } }: BucketAccess,
): boolean {
  if (namespace === metadata.namespace) return true;
  const allowed = spec.access?.allowedNamespaces;
  return allowed !== undefined && admitsNamespace(allowed, directory.namespace(namespace), namespace);
}

/** One that is not there and one that does not consent read the same: who may not refer to a bucket is not told what buckets there are. */
export function notAvailable(access: BucketAccess): Error {
  const { namespace, name } = bucketKeyOf(access);
  const message = isInOwnNamespace(access)
    ? `S3Bucket '${name}' does not exist: create it`
    : `S3Bucket '${namespace}/${name}' does not exist, or does not let namespace '${access.metadata.namespace}' refer to it: ` +
      "ask its owners, who can allow that by spec.access.allowedNamespaces";
  return waiting(REASON.bucketNotAvailable, message, RETRY_MS);
}

import { admitsNamespace } from "../account/resolve.ts";
import { REASON } from "../api/reasons.ts";
import type { BucketAccess, S3Bucket } from "../api/types.ts";
import type { ObjectKey } from "../kube/object.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { waiting } from "../reconcile/outcome.ts";
import type { AccessDirectory } from "./dependencies.ts";

/** The S3Bucket that the access refers to, which may not exist. */
export function bucketKeyOf({ metadata: { namespace = "" }, spec: { bucketRef } }: BucketAccess): Required<ObjectKey> {
  return { namespace: bucketRef?.namespace ?? namespace, name: bucketRef?.name ?? "" };
}

export function isInOwnNamespace(access: BucketAccess): boolean {
  return bucketKeyOf(access).namespace === access.metadata.namespace;
}

/** The S3Bucket of the access, if it exists and lets the namespace of the access refer to it. */
export function consentingBucket(directory: AccessDirectory, access: BucketAccess): S3Bucket | undefined {
  const bucket = directory.bucket(bucketKeyOf(access));
  return bucket !== undefined && consents(directory, bucket, access) ? bucket : undefined;
}

/** A bucket consents to its own namespace and to those that it names. */
export function consents(
  directory: Pick<AccessDirectory, "namespace">,
  { metadata, spec }: S3Bucket,
  { metadata: { namespace = "" } }: BucketAccess,
): boolean {
  if (namespace === metadata.namespace) return true;
  const rules = spec.access?.rules ?? [];
  return rules.some(({ namespaces }) => admitsNamespace(namespaces, directory.namespace(namespace), namespace));
}

/** One message for a missing bucket and one without consent: which buckets exist is not disclosed. */
export function notAvailable(access: BucketAccess): Error {
  const { namespace, name } = bucketKeyOf(access);
  const message = isInOwnNamespace(access)
    ? `S3Bucket '${name}' does not exist: create it`
    : `S3Bucket '${namespace}/${name}' does not exist, or does not let namespace '${access.metadata.namespace}' refer to it: ` +
      "ask its owners, who can allow that by spec.access.rules";
  return waiting(REASON.bucketNotAvailable, message, DELAY_MS.reference);
}

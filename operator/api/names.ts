/** The operator's own names in Kubernetes: group, kinds, annotations, finalizer. */

import type { Resource } from "../kube/object.ts";

export const GROUP = "s3-operator.io";
export const VERSION = "v1alpha1";
export const API_VERSION = `${GROUP}/${VERSION}`;

function resource(kind: string, plural: string, namespaced: boolean): Resource {
  return { group: GROUP, version: VERSION, kind, plural, namespaced };
}

export const S3_BUCKETS = resource("S3Bucket", "s3buckets", true);
export const BUCKET_ACCESSES = resource("BucketAccess", "bucketaccesses", true);
export const AWS_ACCOUNTS = resource("AWSAccount", "awsaccounts", false);

/** Marks the operator's fields in server-side apply. */
export const FIELD_MANAGER = "s3-operator";

/** Present while the object may own resources at AWS. */
export const FINALIZER = `${GROUP}/finalizer`;

/** Any change of its value triggers a reconcile. */
export const RECONCILE_REQUESTED_AT = `${GROUP}/reconcile-requested-at`;

/** "true" stops all writes to AWS except a deletion. */
export const PAUSED = `${GROUP}/paused`;

/** The name of the bucket to delete with its contents. `deletionPolicy: DeleteWithContents` requires it. */
export const CONFIRM_DELETE_CONTENTS = `${GROUP}/confirm-delete-contents`;

/** Overrides --poll-interval for this object, in seconds: "60" to "86400". */
export const POLL_INTERVAL_SECONDS = `${GROUP}/poll-interval-seconds`;

/** On a ConfigMap: the name of the BucketAccess that it belongs to. Survives a backup, unlike an owner reference. */
export const BUCKET_ACCESS = `${GROUP}/bucket-access`;

/** On a ServiceAccount: the role ARN that the operator set as its annotation. */
export const ANNOTATED_ROLE_ARN = `${GROUP}/role-arn`;

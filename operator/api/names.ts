/** The operator's own names in Kubernetes: group, kinds, annotations, finalizer. */

import type { Resource } from "../kube/object.ts";

export const GROUP = "s3-operator.io";
export const VERSION = "v1alpha1";
export const API_VERSION = `${GROUP}/${VERSION}`;

export const S3_BUCKETS: Resource = {
  group: GROUP,
  version: VERSION,
  kind: "S3Bucket",
  plural: "s3buckets",
  namespaced: true,
};

export const BUCKET_ACCESSES: Resource = {
  group: GROUP,
  version: VERSION,
  kind: "BucketAccess",
  plural: "bucketaccesses",
  namespaced: true,
};

export const AWS_ACCOUNTS: Resource = {
  group: GROUP,
  version: VERSION,
  kind: "AWSAccount",
  plural: "awsaccounts",
  namespaced: false,
};

/** Marks the operator's fields in server-side apply. */
export const FIELD_MANAGER = "s3-operator";

/** Present on an object for as long as it may own something at AWS. */
export const FINALIZER = `${GROUP}/finalizer`;

/** Any change of its value triggers a reconcile. */
export const RECONCILE_REQUESTED_AT = `${GROUP}/reconcile-requested-at`;

/** "true" stops all writes to AWS until it is removed; deletion goes on. */
export const PAUSED = `${GROUP}/paused`;

/** Names the bucket that may be deleted with everything in it: `deletionPolicy: DeleteWithContents` waits for it. */
export const CONFIRM_DELETE_CONTENTS = `${GROUP}/confirm-delete-contents`;

/** Seconds between two looks at AWS, for this object: "60" to "86400". */
export const POLL_INTERVAL_SECONDS = `${GROUP}/poll-interval-seconds`;

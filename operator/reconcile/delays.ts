const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** When a reconcile is retried or repeated, in milliseconds. A shorter poll interval and a watch event come first. */
export const DELAY_MS = {
  /** A bucket, role or association that was just created or deleted is seen the same everywhere after a second or two. */
  visible: 2 * SECOND_MS,
  /** AWS may still answer reads with what it had before a write. */
  settling: 5 * SECOND_MS,
  /** The referenced S3Bucket, AWSAccount or BucketAccess wakes the object by its own watch event long before. */
  reference: 5 * MINUTE_MS,
  /** A reconcile of the S3Bucket writes the statements of a BucketAccess and wakes it. */
  bucketPolicy: MINUTE_MS,
  /** No watch tells of a ServiceAccount that is created. */
  serviceAccount: 30 * SECOND_MS,
  /** Permissions and trust policies of the operator change at AWS without an event in Kubernetes. */
  account: 10 * MINUTE_MS,
  /** No write of a part lasts: write again, in case the competing writer is gone. */
  keepsChanging: HOUR_MS,
} as const;

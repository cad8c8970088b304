const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * When a reconcile is retried or repeated, in milliseconds. An edit, a watch event or a shorter poll interval comes
 * first. Delays after errors of AWS are in aws-failure.ts.
 */
export const DELAY_MS = {
  /** AWS shows a new or deleted bucket, role or association everywhere after a second or two. */
  visible: 2 * SECOND_MS,
  /** AWS may still answer reads with what it had before a write. */
  settling: 5 * SECOND_MS,
  /** No write of a part lasts: write again, in case the competing writer is gone. */
  keepsChanging: HOUR_MS,

  /** A watch event of the referenced object, such as the AWSAccount, triggers a reconcile long before. */
  reference: 5 * MINUTE_MS,
  /** The last object that uses a deleted AWSAccount triggers a reconcile at once; the message follows the others. */
  accountUsers: MINUTE_MS,
  /** After a restart, no watch event tells that the S3Bucket of a destination was verified again. */
  destination: 10 * SECOND_MS,
  /** A reconcile of the S3Bucket writes the statements of a BucketAccess and triggers its reconcile. */
  bucketPolicy: MINUTE_MS,
  /** Statements that are no longer asked for could not be removed from a policy. */
  withdrawal: MINUTE_MS,
  /** The operator does not watch ServiceAccounts. */
  serviceAccount: 30 * SECOND_MS,
  /** Permissions and trust policies of the operator change at AWS without an event in Kubernetes. */
  account: 10 * MINUTE_MS,
  /** An edit of the object or of its AWSAccount triggers a reconcile at once. */
  deletionPolicy: 10 * MINUTE_MS,

  /**
   * IAM and KMS take seconds to apply a permission everywhere.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
   */
  propagation: 5 * SECOND_MS,
  /** Twice the time that AWS usually takes to know a new role everywhere. */
  newPrincipal: 2 * MINUTE_MS,
  /** A part of a policy was refused: the reconcile goes on without it. */
  rest: SECOND_MS,
  /** Tries of a BucketAccess with an unknown principal, which may be new. */
  unknownPrincipal: 10 * SECOND_MS,
  /** Tries of a BucketAccess that is left out of a policy because of its principals or its size. */
  leftOut: 10 * MINUTE_MS,
  /** BucketAccesses, which may be in other namespaces, delay the change of a key no longer than this. */
  keyChange: MINUTE_MS,
  /** A user must fix an unusable key at AWS, where the operator gets no notice of it. */
  key: 2 * MINUTE_MS,
  /** A user must create or correct the provider at AWS, where the operator gets no notice of it. */
  oidcProvider: 2 * MINUTE_MS,
  /** Another key has the alias. A user must decide. */
  takenAlias: 10 * MINUTE_MS,
  /** Bounds after a refused write that reaches another party, such as a queue that gets S3's test message. */
  leastNoticed: MINUTE_MS,
  mostNoticed: HOUR_MS,

  /** After a slice of emptying, objects that wait in the queue get the worker. */
  nextSlice: SECOND_MS,
  /** All turns for emptying are taken by other buckets. */
  turn: 5 * SECOND_MS,
  /** An upload or write in progress may still appear in a bucket that was just empty. */
  emptied: 5 * SECOND_MS,
  /** A writer fills the bucket while the operator empties it. */
  filling: MINUTE_MS,
  /** A user must empty the bucket. */
  notEmpty: 5 * MINUTE_MS,
  /** S3 evaluates lifecycle rules once a day. */
  lifecycle: 30 * MINUTE_MS,
  /** A user must allow the deletion of an object, or the read of a bucket. */
  denied: 5 * MINUTE_MS,
  /** A retention or a legal hold lasts long, but a user with the permission can remove it earlier. */
  lockedObject: HOUR_MS,
} as const;

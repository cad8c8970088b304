import type { AWSAccount, BucketAccess, S3Bucket } from "../api/types.ts";
import type { ReconcileContext } from "../kube/reconcile.ts";
import type { History } from "../reconcile/history.ts";
import type { BucketClient } from "./bucket-client.ts";
import type { KeyResolver } from "./key/resolve.ts";
import type { Statement } from "../aws/policy/document.ts";
import type { TargetDependencies } from "./target.ts";

/** What the S3Bucket controller works with, handed in by the manager. */
export interface BucketDependencies extends TargetDependencies {
  resolveKey: KeyResolver;
  /** All S3Buckets that the operator watches. */
  knownBuckets: () => readonly S3Bucket[];
  uses: BucketUses;
  history: History;
  /** For how long S3 may go on to do as before a write. */
  settleWindowMs: number;
  pollIntervalMs: number;
  /** Milliseconds since the epoch. */
  now: () => number;
  emptying: EmptyingDependencies;
  /** Counts a setting that was found drifted. */
  onDrift: (setting: string) => void;
}

/** What BucketAccesses have to do with buckets. */
export interface BucketUses {
  /** Those that refer to the bucket, and may; those about to be deleted among them. */
  usersOf(bucket: S3Bucket): readonly BucketAccess[];
  /** Without `kmsKeyArn`, nothing for the policy of the key. */
  contributionsOf(bucket: S3Bucket, account: AWSAccount, at: BucketAddress, kmsKeyArn?: string): Contributions;
  /**
   * Milliseconds until all of them that work can be expected to have their rights on the key; 0: they have. Not to be
   * waited for without end.
   */
  keyDelayMs(bucket: S3Bucket, account: AWSAccount, key: AwaitedKey): number;
}

/** A key that a bucket is about to get. */
export interface AwaitedKey {
  kmsKeyArn: string;
  /** Milliseconds since the epoch. */
  now: number;
  /** What AWS is given to know a right everywhere. */
  propagationMs: number;
}

/** Which bucket an S3Bucket is at AWS. */
export type BucketAddress = Pick<BucketClient, "name" | "arn" | "partition" | "region" | "accountId">;

/** What the principals of BucketAccesses need, each statement with a Sid that begins with `S3OperatorAccess`. */
export interface Contributions {
  bucketPolicy: readonly Statement[];
  /** For the policy of the managed KMS key. */
  keyPolicy: readonly Statement[];
  /** What begins the Sids of BucketAccesses that are paused: their statements stay as they are, in both policies. */
  pausedSids: readonly string[];
}

/** A turn at work that keeps a worker busy for long; undefined if all turns are taken. Disposing returns it. */
export type TakeTurn = () => Disposable | undefined;

/** For `deletionPolicy: DeleteWithContents`. */
export interface EmptyingDependencies {
  /** Versions and delete markers that the operator deletes itself; the rest of a bucket is left to S3 Lifecycle. */
  lifecycleAbove: number;
  takeTurn: TakeTurn;
  /** Counts versions and delete markers that were deleted. */
  onDeleted: (count: number) => void;
}

export type BucketContext = ReconcileContext<S3Bucket>;

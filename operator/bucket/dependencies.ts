import type { Reason } from "../api/reasons.ts";
import type { AWSAccount, BucketAccess, S3Bucket } from "../api/types.ts";
import type { Statement } from "../aws/policy/document.ts";
import type { ReconcileContext } from "../kube/reconcile.ts";
import type { DriftDependencies } from "../reconcile/drift.ts";
import type { History } from "../reconcile/history.ts";
import type { BucketClient } from "./bucket-client.ts";
import type { KeyResolver } from "./key/resolve.ts";
import type { LeftOut } from "./policy/left-out.ts";
import type { TargetDependencies } from "./target.ts";

/** What the manager hands to the S3Bucket controller. */
export interface BucketDependencies extends TargetDependencies, DriftDependencies {
  resolveKey: KeyResolver;
  /** All S3Buckets that the operator watches. */
  knownBuckets: () => readonly S3Bucket[];
  /** The buckets in the AWS account that S3Buckets of the namespace own, by name, as verified at AWS. */
  ownBucketNames: (namespace: string, accountId: string) => ReadonlySet<string>;
  uses: BucketUses;
  leftOut: LeftOut;
  history: History;
  /** How long S3 may behave as before a write. */
  settleWindowMs: number;
  pollIntervalMs: number;
  emptying: EmptyingDependencies;
}

/** What the BucketAccess controller knows about buckets. */
export interface BucketUses {
  /** BucketAccesses that refer to the bucket with its consent, also those being deleted. */
  usersOf(bucket: S3Bucket): readonly BucketAccess[];
  /** Without `kmsKeyArn`, nothing for the policy of the key. */
  contributionsOf(bucket: S3Bucket, account: AWSAccount, at: BucketAddress, kmsKeyArn?: string): Contributions;
  /**
   * Milliseconds until all working BucketAccesses should have their permissions on the key; 0: they have them. The
   * caller must limit the wait.
   */
  keyDelayMs(bucket: S3Bucket, account: AWSAccount, key: AwaitedKey): number;
}

/** The key that a bucket is about to get. */
export interface AwaitedKey {
  kmsKeyArn: string;
  /** Milliseconds since the epoch. */
  now: number;
  /** Time allowed for a permission to take effect everywhere at AWS. */
  propagationMs: number;
}

/** Identifies the bucket at AWS. */
export type BucketAddress = Pick<BucketClient, "name" | "arn" | "partition" | "region" | "accountId">;

/** Statements for the principals of BucketAccesses. Each Sid begins with `S3OperatorAccess`. */
export interface Contributions {
  bucketPolicy: readonly Statement[];
  /** For the policy of the managed KMS key. */
  keyPolicy: readonly Statement[];
  /** Prefixes of the Sids of paused BucketAccesses, whose statements stay as they are in both policies. */
  pausedSids: readonly string[];
}

/** Takes a turn at work that lasts long; undefined if all turns are taken. Dispose it to return it. */
export type TakeTurn = () => Disposable | undefined;

/** For `deletionPolicy: DeleteWithContents`. */
export interface EmptyingDependencies {
  /** The operator deletes this many versions and delete markers itself, and leaves the rest to S3 Lifecycle. */
  lifecycleAbove: number;
  takeTurn: TakeTurn;
  /** Counts versions and delete markers that were deleted. */
  onDeleted: (count: number) => void;
}

export type BucketContext = ReconcileContext<S3Bucket, Reason>;

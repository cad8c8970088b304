import type { S3Bucket } from "../api/types.ts";
import type { ReconcileContext } from "../kube/reconcile.ts";
import type { TakeTurn } from "./deletion/emptying/turns.ts";
import type { History } from "./history.ts";
import type { KeyResolver } from "./key/resolve.ts";
import type { TargetDependencies } from "./target.ts";

/** What the S3Bucket controller works with, handed in by the manager. */
export interface BucketDependencies extends TargetDependencies {
  resolveKey: KeyResolver;
  /** All S3Buckets that the operator watches. */
  knownBuckets: () => readonly S3Bucket[];
  history: History;
  pollIntervalMs: number;
  /** Milliseconds since the epoch. */
  now: () => number;
  emptying: EmptyingDependencies;
  /** Counts a setting that was found drifted. */
  onDrift: (setting: string) => void;
}

/** For `deletionPolicy: DeleteWithContents`. */
export interface EmptyingDependencies {
  /** Versions and delete markers that the operator deletes itself; the rest of a bucket is left to S3 Lifecycle. */
  lifecycleAbove: number;
  takeTurn: TakeTurn;
  /** Counts versions and delete markers that were deleted. */
  onDeleted: (count: number) => void;
}

export type BucketContext = ReconcileContext<S3Bucket>;

import type { S3Bucket } from "../api/types.ts";
import type { ReconcileContext } from "../kube/reconcile.ts";
import type { History } from "./history.ts";
import type { KeyResolver } from "./key/resolve.ts";
import type { TargetDependencies } from "./target.ts";

/** What the S3Bucket controller works with, handed in by the manager. */
export interface BucketDependencies extends TargetDependencies {
  resolveKey: KeyResolver;
  history: History;
  pollIntervalMs: number;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Counts a setting that was found drifted. */
  onDrift: (setting: string) => void;
}

export type BucketContext = ReconcileContext<S3Bucket>;

import type { AccountDirectory } from "../account/resolve.ts";
import type { Reason } from "../api/reasons.ts";
import type { BucketAccess, S3Bucket } from "../api/types.ts";
import type { Aws } from "../aws/session.ts";
import type { History } from "../reconcile/history.ts";
import type { KubeClient } from "../kube/client.ts";
import type { ObjectKey } from "../kube/object.ts";
import type { ReconcileContext } from "../kube/reconcile.ts";

/** What there is in the cluster, as the operator's watches know it. */
export interface AccessDirectory extends AccountDirectory {
  bucket(key: ObjectKey): S3Bucket | undefined;
}

/** What the BucketAccess controller works with, handed in by the manager. */
export interface AccessDependencies {
  aws: Aws;
  /** For ConfigMaps and ServiceAccounts. */
  client: KubeClient;
  directory: AccessDirectory;
  cluster: string;
  history: History;
  /** Uids of those whose last look was at the association, see look.ts. */
  lookedAtAssociation: Set<string>;
  pollIntervalMs: number;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Counts a part of an access that was found drifted. */
  onDrift: (setting: string) => void;
}

export type AccessContext = ReconcileContext<BucketAccess, Reason>;

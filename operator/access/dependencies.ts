import type { AccountDirectory } from "../account/resolve.ts";
import type { Reason } from "../api/reasons.ts";
import type { BucketAccess, S3Bucket } from "../api/types.ts";
import type { Aws } from "../aws/session.ts";
import type { LeftOut } from "../bucket/policy/left-out.ts";
import type { VerifiedBuckets } from "../bucket/verified.ts";
import type { KubeClient } from "../kube/client.ts";
import type { ObjectKey } from "../kube/object.ts";
import type { ReconcileContext } from "../kube/reconcile.ts";
import type { DriftDependencies } from "../reconcile/drift.ts";
import type { History } from "../reconcile/history.ts";
import type { RoleMemory } from "./workload/memory.ts";

/** Objects of the cluster, as the operator's watches know them. */
export interface AccessDirectory extends AccountDirectory {
  bucket(key: ObjectKey): S3Bucket | undefined;
  /** All BucketAccesses of the namespace that name the ServiceAccount, also those being deleted. */
  accessesOf(namespace: string, serviceAccount: string): readonly BucketAccess[];
}

/** What the manager hands to the BucketAccess controller. */
export interface AccessDependencies extends DriftDependencies {
  aws: Aws;
  /** For ConfigMaps and ServiceAccounts. */
  client: KubeClient;
  directory: AccessDirectory;
  verified: VerifiedBuckets;
  /** Statements that AWS does not take. */
  leftOut: Pick<LeftOut, "failureOf">;
  cluster: string;
  history: History;
  roles: RoleMemory;
  pollIntervalMs: number;
}

export type AccessContext = ReconcileContext<BucketAccess, Reason>;

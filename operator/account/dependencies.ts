import type { AWSAccount } from "../api/types.ts";
import type { Aws } from "../aws/session.ts";
import type { ReconcileContext } from "../kube/reconcile.ts";
import type { DriftDependencies } from "../reconcile/drift.ts";
import type { History } from "../reconcile/history.ts";

/** What the manager hands to the AWSAccount controller. */
export interface AccountDependencies extends DriftDependencies {
  aws: Aws;
  /** All AWSAccounts that the operator watches. */
  accounts: () => readonly AWSAccount[];
  history: History;
}

export type AccountContext = ReconcileContext<AWSAccount>;

import type { Reason } from "../api/reasons.ts";
import type { AWSAccount } from "../api/types.ts";
import type { Aws, AwsSession } from "../aws/session.ts";
import type { ReconcileContext } from "../kube/reconcile.ts";
import type { DriftDependencies } from "../reconcile/drift.ts";
import type { History } from "../reconcile/history.ts";
import type { UserDirectory } from "./users.ts";

/** What the manager hands to the AWSAccount controller. */
export interface AccountDependencies extends DriftDependencies {
  aws: Aws;
  /** All AWSAccounts that the operator watches. */
  accounts: () => readonly AWSAccount[];
  /** The objects that may use an AWSAccount. */
  users: UserDirectory;
  /** See in-use.ts. */
  finalizer: string;
  history: History;
  sweepAccess: SweepAccess;
}

/**
 * Revokes at AWS what no BucketAccess asks for any more, if that is due in the AWS account. Never rejects: what it
 * cannot do says nothing about the AWSAccount. Resolves with the milliseconds until the next sweep, or Infinity.
 */
export type SweepAccess = (session: AwsSession, context: AccountContext) => Promise<number>;

export type AccountContext = ReconcileContext<AWSAccount, Reason>;

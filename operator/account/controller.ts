import type { AWSAccount } from "../api/types.ts";
import type { Aws } from "../aws/session.ts";
import type { Outcome } from "../kube/outcome.ts";
import type { ReconcileContext } from "../kube/reconcile.ts";
import { identityOf } from "./identity.ts";

/** Rights and trust policies change at AWS without a word: as often as this the operator asks who it is. */
const RECHECK_MS = 600_000;

/** Says in an AWSAccount's status who the operator is there, or why it is nobody. Owns nothing at AWS, so that it needs no finalizer. */
export function createAccountReconciler(aws: Aws): (context: ReconcileContext<AWSAccount>) => Promise<Outcome> {
  return async ({ object, status, signal }) => {
    if (object.metadata.deletionTimestamp !== undefined) return { kind: "released" };
    const { accountId, callerArn } = await aws.verify(identityOf(object), signal);
    Object.assign(status, { accountId, callerArn });
    return { kind: "done", recheckAfterMs: RECHECK_MS, message: `The operator is ${callerArn}` };
  };
}

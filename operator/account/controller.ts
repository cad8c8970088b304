import { isPaused } from "../api/annotations.ts";
import type { Reason } from "../api/reasons.ts";
import type { AWSAccount } from "../api/types.ts";
import type { Aws } from "../aws/session.ts";
import type { Outcome } from "../reconcile/outcome.ts";
import type { ReconcileContext } from "../kube/reconcile.ts";
import { decidingAccount } from "./deciding.ts";
import { identityOf } from "./identity.ts";
import { keepPublicAccessBlock } from "./public-access-block.ts";

/** Rights and trust policies change at AWS without a word: as often as this the operator asks who it is. */
const RECHECK_MS = 600_000;

/**
 * Says in an AWSAccount's status who the operator is there, or why it is nobody, and what it is denied; keeps the account's Block Public Access.
 * An account that goes leaves that as it is, so that it needs no finalizer.
 */
export function createAccountReconciler(
  aws: Aws,
  accounts: () => readonly AWSAccount[],
): (context: ReconcileContext<AWSAccount, Reason>) => Promise<Outcome> {
  return async (context) => {
    const { object, status } = context;
    if (object.metadata.deletionTimestamp !== undefined) return { kind: "released" };
    aws.limit(object.spec.accountId, lowestRate(object.spec.accountId, accounts()));
    if (isPaused(object)) return { kind: "paused" };
    try {
      return await reconcile(aws, context, accounts);
    } finally {
      const denied = aws.denied(identityOf(object));
      delete status.denied;
      if (denied.length > 0) status.denied = denied;
    }
  };
}

/** In requests per second; AWSAccounts of one AWS account share its rate, and the most careful one decides. Undefined: none says anything. */
function lowestRate(accountId: string, accounts: readonly AWSAccount[]): number | undefined {
  const sharing = accounts.filter(({ spec }) => spec.accountId === accountId);
  const rates = sharing.flatMap(({ spec }) => spec.rateLimit?.requestsPerSecond ?? []);
  return rates.length === 0 ? undefined : Math.min(...rates);
}

async function reconcile(
  aws: Aws,
  context: ReconcileContext<AWSAccount, Reason>,
  accounts: () => readonly AWSAccount[],
): Promise<Outcome> {
  const { object, status, signal } = context;
  const session = await aws.verify(identityOf(object), signal);
  const { accountId, callerArn } = session;
  Object.assign(status, { accountId, callerArn });
  await keepPublicAccessBlock(session, context, decidingAccount(accountId, accounts()));
  return { kind: "done", recheckAfterMs: RECHECK_MS, message: `The operator is ${callerArn}` };
}

import { isPaused } from "../api/annotations.ts";
import type { AWSAccount } from "../api/types.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import type { Outcome } from "../reconcile/outcome.ts";
import { decidingAccount } from "./deciding.ts";
import type { AccountContext, AccountDependencies } from "./dependencies.ts";
import { identityOf } from "./identity.ts";
import { holdInUse, release } from "./in-use.ts";
import { checkOidcProviders } from "./oidc-provider.ts";
import { keepPublicAccessBlock } from "./public-access-block.ts";

/**
 * Reconciles one AWSAccount: records the operator's identity and its denied actions in status, sweeps its access, keeps
 * the account's Block Public Access, and checks its OIDC providers. A deleted AWSAccount leaves that as it is, and waits
 * only for the objects that use it.
 */
export function createAccountReconciler(
  dependencies: AccountDependencies,
): (context: AccountContext) => Promise<Outcome> {
  const { aws, accounts } = dependencies;
  return async (context) => {
    const { object, status } = context;
    aws.limit(object.spec.accountId, lowestRate(object.spec.accountId, accounts()));
    if (object.metadata.deletionTimestamp !== undefined) return release(dependencies, context);
    await holdInUse(dependencies, context);
    if (isPaused(object)) return { kind: "paused" };
    try {
      return await reconcile(dependencies, context);
    } finally {
      const denied = aws.denied(identityOf(object));
      delete status.denied;
      if (denied.length > 0) status.denied = denied;
    }
  };
}

/** In requests per second: the lowest of all AWSAccounts of the AWS account. Undefined: none is declared. */
function lowestRate(accountId: string, accounts: readonly AWSAccount[]): number | undefined {
  const sharing = accounts.filter(({ spec }) => spec.accountId === accountId);
  const rates = sharing.flatMap(({ spec }) => spec.rateLimit?.requestsPerSecond ?? []);
  return rates.length === 0 ? undefined : Math.min(...rates);
}

async function reconcile(dependencies: AccountDependencies, context: AccountContext): Promise<Outcome> {
  const { aws, accounts } = dependencies;
  const { object, status, signal } = context;
  const session = await aws.verify(identityOf(object), signal);
  const { accountId, callerArn } = session;
  Object.assign(status, { accountId, callerArn });
  // First: a setting that is refused, or a provider that is missing, must not keep access from being revoked.
  const nextSweepMs = await dependencies.sweepAccess(session, context);
  await keepPublicAccessBlock(dependencies, session, context, decidingAccount(accountId, accounts()));
  await checkOidcProviders(session, object.spec, signal);
  const recheckAfterMs = Math.min(DELAY_MS.account, nextSweepMs);
  return { kind: "done", recheckAfterMs, message: `The operator is ${callerArn}` };
}

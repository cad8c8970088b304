import { GROUP } from "../api/names.ts";
import { REASON } from "../api/reasons.ts";
import type { AWSAccount, BucketAccess, S3Bucket } from "../api/types.ts";
import type { DeltaType } from "../kube/store.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { hexHash } from "../reconcile/fingerprint.ts";
import { waiting, type Outcome } from "../reconcile/outcome.ts";
import type { AccountContext, AccountDependencies } from "./dependencies.ts";
import { identityOf } from "./identity.ts";
import { isInUse, refersTo, usersOf, type AccountUser, type UserDirectory } from "./users.ts";

/** Maximum of objects named in a message. */
const MAX_NAMED = 5;

/**
 * The finalizer of one operator on the AWSAccounts that its objects use. Operators that watch other namespaces or labels
 * have other leases, and so finalizers of their own: none decides for objects that it does not see.
 */
export function accountFinalizer(leaseNamespace: string, leaseName: string): string {
  return `${GROUP}/in-use-${hexHash(`${leaseNamespace}/${leaseName}`, 8)}`;
}

/** Adds the finalizer to an account in use, and removes it from one that is not. */
export async function holdInUse({ users }: AccountDependencies, context: AccountContext): Promise<void> {
  if (isInUse(users, context.object)) await context.ensureFinalizer();
  else await context.removeFinalizer({ evenIfLive: true });
}

/**
 * Removes the finalizer of a deleted account.
 * @throws OutcomeError while objects use it
 */
export async function release(dependencies: AccountDependencies, context: AccountContext): Promise<Outcome> {
  const { object } = context;
  if (!object.metadata.finalizers?.includes(dependencies.finalizer)) return { kind: "released" };
  await context.ensureCurrent();
  const users = [...usersOf(dependencies.users, object)];
  if (users.length > 0) {
    await sweep(dependencies, context);
    throw inUse(context, users);
  }
  await context.removeFinalizer();
  return { kind: "released" };
}

/** Access goes on, and so does its revocation. A failure must not hide what the deletion waits for. */
async function sweep({ aws, sweepAccess }: AccountDependencies, context: AccountContext): Promise<void> {
  try {
    await sweepAccess(await aws.verify(identityOf(context.object), context.signal), context);
  } catch (error) {
    context.log.warn({ error }, "Access could not be swept");
  }
}

function inUse({ object, event }: AccountContext, users: readonly AccountUser[]): Error {
  const named = users.slice(0, MAX_NAMED).map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
  const more = users.length > MAX_NAMED ? ` and ${users.length - MAX_NAMED} more` : "";
  const namespaces = new Set(users.map(({ namespace }) => namespace)).size;
  const message =
    `The AWSAccount is kept while ${count(users.length, "object")} in ${count(namespaces, "namespace")} ` +
    `use it: ${named.join(", ")}${more}. Delete them first; until then they continue to work`;
  const isKnown = object.status?.conditions?.some(({ reason }) => reason === REASON.accountInUse);
  if (!isKnown) event({ type: "Warning", reason: REASON.accountInUse, action: "Delete", note: message });
  return waiting(REASON.accountInUse, message, DELAY_MS.accountUsers);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * The accounts to reconcile when an object appears or goes: those that now need the finalizer, and those whose last user
 * has gone. Others need no reconcile, however many objects change. Pure.
 */
export function accountsConcerned(
  type: DeltaType,
  object: S3Bucket | BucketAccess,
  users: UserDirectory,
  finalizer: string,
): AWSAccount[] {
  if (type === "modified") return [];
  const hasOwnAccount = !("bucketRef" in object.spec);
  return users.accounts().filter((account) => {
    const { finalizers = [], deletionTimestamp } = account.metadata;
    const isHeld = finalizers.includes(finalizer);
    const refers = hasOwnAccount && refersTo(object, account);
    if (type === "added") return refers && !isHeld;
    return isHeld && (refers || deletionTimestamp !== undefined) && !isInUse(users, account);
  });
}

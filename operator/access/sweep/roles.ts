import type { Role } from "@aws-sdk/client-iam";
import { roleOwnerIn, type RoleOwner } from "../../api/ownership.ts";
import type { BucketAccess } from "../../api/types.ts";
import { roleKeyOf } from "../workload/memory.ts";
import { findRole, inlinePolicies, policiesOf, tagsOfRole } from "../workload/role/observe.ts";
import { deleteRole } from "../workload/role/remove.ts";
import { roleClient, type RoleClient } from "../workload/role/role-client.ts";
import { deleteInlinePolicy, detachPolicy } from "../workload/role/write-policies.ts";
import { policyNamesOf, roleHashesOf } from "./expected.ts";
import {
  existingRoles,
  managedRoles,
  surplusAttached,
  surplusPolicies,
  surplusRoles,
  unattendedRoles,
  wasMadeFor,
  type ManagedRole,
  type SurplusRole,
} from "./judge.ts";
import { listRoles } from "./read.ts";
import type { SweepRun } from "./run.ts";

/** Existing roles whose policies one sweep lists; the next one continues. */
const MAX_EXAMINED = 200;

/** Revokes roles, and inline policies in other roles, that no BucketAccess asks for. */
export async function sweepRoles(run: SweepRun): Promise<void> {
  const { session, scope, expected, signal } = run;
  const roles: Role[] = [];
  for (const path of scope.listedPaths) {
    await run.attempt(async () => void roles.push(...(await listRoles(session.iam(), path, signal))));
  }
  const managed = managedRoles(roles, scope);
  await run.attempt(async () => {
    for (const role of await unasked(run, surplusRoles(managed, expected)))
      await run.attempt(() => sweepRole(run, role));
  });
  for (const role of unattendedRoles(managed, expected)) await run.attempt(() => sweepUnattended(run, role));
  // A policy does not tell its namespace, and this operator cannot list the BucketAccesses of all others.
  if (!run.watchesAll) return;
  for (const role of nextOf(run, existingRoles(roles, scope))) await run.attempt(() => sweepExisting(run, role));
}

/** Without those of other operators, for one list of BucketAccesses instead of a look at each role. */
async function unasked({ cluster, live }: SweepRun, surplus: readonly SurplusRole[]): Promise<SurplusRole[]> {
  if (surplus.every(({ isReplaced }) => isReplaced)) return [...surplus];
  const keys = new Set((await live.askingAtFirst()).flatMap((access) => roleHashesOf(cluster, access)));
  return surplus.filter(({ key, isReplaced }) => isReplaced || !keys.has(key));
}

async function sweepRole(run: SweepRun, role: SurplusRole): Promise<void> {
  const { session, cluster, live, memory, roles, signal } = run;
  const { id, name, arn, key, isReplaced } = role;
  if (memory.isForeign(id)) return;
  const client = roleClient(session, name, arn, signal);
  const owner = await ownerOfRole(run, client, role);
  if (owner === undefined) return;
  await roles.exclusive(roleKeyOf(owner), signal, async () => {
    const asking = isReplaced ? [] : await live.asking(owner.namespace);
    if (asking.some((access) => roleHashesOf(cluster, access).includes(key))) return;
    roles.forgetLook(roleKeyOf(owner));
    await deleteRole(client);
    const why = isReplaced
      ? "another role has replaced it"
      : `no BucketAccess of namespace '${owner.namespace}' asks for it`;
    run.revoked("role", `Deleted role '${arn}': ${why}`);
  });
}

/** The owner of a role of this cluster, in a namespace that this operator watches. Remembers other roles. */
async function ownerOfRole(
  { cluster, memory, isWatched }: SweepRun,
  client: RoleClient,
  managed: ManagedRole,
): Promise<RoleOwner | undefined> {
  const role = await findRole(client);
  if (role === undefined) return undefined;
  const owner = roleOwnerIn(tagsOfRole(role), cluster);
  if (owner !== undefined && wasMadeFor(managed, owner) && isWatched(owner.namespace)) return owner;
  memory.noteForeign(managed.id);
  return undefined;
}

/** A role whose contributors are all paused: no reconcile removes the policies of those that are gone. */
async function sweepUnattended(run: SweepRun, role: ManagedRole): Promise<void> {
  const { session, cluster, expected, live, roles, signal } = run;
  const client = roleClient(session, role.name, role.arn, signal);
  const found = await policiesOf(client);
  const surplusIn = (accesses: readonly BucketAccess[]) => ({
    inline: surplusPolicies(cluster, found.inline, policyNamesOf(cluster, accesses)),
    attached: surplusAttached(found.attached, accesses),
  });
  const { inline, attached } = surplusIn(expected.roles.get(role.key)?.contributors ?? []);
  if (inline.length + attached.length === 0) return;
  const owner = await ownerOfRole(run, client, role);
  if (owner === undefined) return;
  await roles.exclusive(roleKeyOf(owner), signal, async () => {
    const asking = await live.asking(owner.namespace);
    const surplus = surplusIn(asking.filter((access) => roleHashesOf(cluster, access).includes(role.key)));
    const why = `no BucketAccess of namespace '${owner.namespace}' asks for it`;
    for (const name of surplus.inline) {
      await deleteInlinePolicy(client, name);
      run.revoked("policy", `Deleted policy '${name}' of role '${role.arn}': ${why}`);
    }
    for (const arn of surplus.attached) {
      await detachPolicy(client, arn);
      run.revoked("policy", `Detached policy '${arn}' from role '${role.arn}': ${why}`);
    }
  });
}

/**
 * A role of another owner, of which only the policies of BucketAccesses are the operator's. Without a lock, since a
 * policy does not tell its ServiceAccount: a BucketAccess that is created at this moment writes it again.
 */
async function sweepExisting(run: SweepRun, { RoleName = "", Arn = "" }: Role): Promise<void> {
  const { session, cluster, expected, live, signal } = run;
  const client = roleClient(session, RoleName, Arn, signal);
  const found = await inlinePolicies(client);
  const owned = policyNamesOf(cluster, expected.existingRoles.get(Arn) ?? []);
  if (surplusPolicies(cluster, found, owned).length === 0) return;
  const asking = (await live.asking()).filter(({ spec }) => spec.role?.arn === Arn);
  for (const name of surplusPolicies(cluster, found, policyNamesOf(cluster, asking))) {
    await deleteInlinePolicy(client, name);
    run.revoked("policy", `Deleted policy '${name}' of role '${Arn}': no BucketAccess with this role asks for it`);
  }
}

/** The roles that are this sweep's turn. */
function nextOf({ memory, session: { accountId } }: SweepRun, roles: readonly Role[]): Role[] {
  const byName = roles.toSorted((a, b) => ((a.Arn ?? "") < (b.Arn ?? "") ? -1 : 1));
  const last = memory.lastExamined.get(accountId) ?? "";
  const next = byName.filter(({ Arn = "" }) => Arn > last);
  const turn = [...next, ...byName.filter(({ Arn = "" }) => Arn <= last)].slice(0, MAX_EXAMINED);
  memory.lastExamined.set(accountId, turn.at(-1)?.Arn ?? "");
  return turn;
}

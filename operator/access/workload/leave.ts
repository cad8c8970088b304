import { identityOf } from "../../account/identity.ts";
import type { RoleOwner } from "../../api/ownership.ts";
import { REASON } from "../../api/reasons.ts";
import type { AWSAccount, BucketAccess } from "../../api/types.ts";
import { roleArnOf } from "../../aws/arn.ts";
import type { AwsSession } from "../../aws/session.ts";
import type { AccessContext, AccessDependencies } from "../dependencies.ts";
import { recordedRole } from "../status.ts";
import { ownerOf } from "../target.ts";
import { removeAssociation, writeSessionPolicy, type AssociationClient } from "./association.ts";
import { contributorsTo, policyArnsOf, type Contributor } from "./contributors.ts";
import { partKeyOf, roleKeyOf } from "./memory.ts";
import type { RoleWork } from "./role-work.ts";
import { existingRoleClient } from "./role/existing.ts";
import { findFormerRole, unlessDenied, type FoundRole } from "./role/find-own.ts";
import { policyNameOf, roleNameOf, rolePathOf } from "./role/name.ts";
import { findInlinePolicy, findRole, policiesOf } from "./role/observe.ts";
import { isRoleOf } from "./role/own-role.ts";
import { otherPolicies } from "./role/policy-parts.ts";
import { removeRole, waitForNewRole } from "./role/remove.ts";
import { roleClient, type RoleClient } from "./role/role-client.ts";
import { findSpared, type Spared } from "./role/spared.ts";
import { deleteInlinePolicy } from "./role/write-policies.ts";
import { sharedPolicyOf } from "./session-policy.ts";

/** Input of one BucketAccess's departure from a role. */
interface Departure {
  dependencies: AccessDependencies;
  context: AccessContext;
  owner: RoleOwner;
  account: AWSAccount;
  session: AwsSession;
  /** Name of the inline policy of the BucketAccess. */
  policyName: string;
  /** Who keeps a part in the role. */
  others: readonly Contributor[];
  /** Reads once. */
  spared: () => Promise<Spared>;
}

/**
 * Takes the part of a BucketAccess out of the role of an owner, in one account. With the last part, the association
 * goes, then the role. Skips what is gone, and what is not tagged as ours. The caller holds the role's lock.
 */
export async function leaveRole(
  dependencies: AccessDependencies,
  context: AccessContext,
  owner: RoleOwner,
  account: AWSAccount,
): Promise<void> {
  const departure = await departureFrom(dependencies, context, owner, account);
  const { roles } = dependencies;
  roles.forgetLook(roleKeyOf(owner));
  roles.policyLengths.delete(context.object.metadata.uid ?? "");
  await leaveAssociation(departure);
  await leaveOwnRole(departure);
  const { name, arn } = recordedRole(context.object.status, owner);
  await leaveExistingRoles(departure, [context.object.spec.role?.arn, name === undefined ? arn : undefined]);
}

/** After a change of spec.role, takes back what the role of the former kind has. */
export async function leaveFormerKind({ dependencies, context, target, desired, recorded }: RoleWork): Promise<void> {
  const isFormer = recorded.name === undefined ? recorded.arn !== desired.roleArn : desired.type !== "Own";
  if (recorded.arn === undefined || !isFormer) return;
  const departure = await departureFrom(dependencies, context, desired.owner, target.account);
  if (recorded.name !== undefined) await leaveOwnRole(departure);
  else await leaveExistingRoles(departure, [recorded.arn]);
}

async function departureFrom(
  dependencies: AccessDependencies,
  context: AccessContext,
  owner: RoleOwner,
  account: AWSAccount,
): Promise<Departure> {
  const { object, signal } = context;
  const session = await dependencies.aws.session(identityOf(account), signal);
  const { members } = contributorsTo(dependencies, owner, object);
  const others = members.filter(
    ({ access, wishes }) => access.metadata.uid !== object.metadata.uid && wishes.accountId === account.spec.accountId,
  );
  let reading: Promise<Spared> | undefined;
  const spared = () => (reading ??= findSpared(dependencies, context, owner, account));
  const policyName = policyNameOf(ownerOf(owner.cluster, object));
  return { dependencies, context, owner, account, session, policyName, others, spared };
}

async function leaveAssociation(departure: Departure): Promise<void> {
  const { dependencies, context, owner, account, session, others, spared } = departure;
  const { object, signal } = context;
  if (owner.kind === "BucketAccess") return;
  const client: AssociationClient = { session, region: account.spec.region, owner, options: { abortSignal: signal } };
  const possible = possibleAssociation(object, owner, account);
  const { associationArn } = recordedRole(object.status, owner);
  const users = others.filter(({ wishes }) => wishes.identity === "PodIdentity");
  if (users.length === 0) {
    await removeAssociation(client, associationArn, possible, async () => (await spared()).names.length === 0);
  } else if (possible !== undefined && users.some(({ wishes }) => wishes.roleType === "Shared")) {
    await writeSessionPolicy(client, possible, (found) => sharedPolicyOf(dependencies, context, users, found));
  }
}

/** The association that may exist though status does not record it. */
function possibleAssociation({ spec }: BucketAccess, { namespace, name }: RoleOwner, account: AWSAccount) {
  const { type, clusterName } = account.spec.workloadIdentity ?? {};
  if ((spec.identity ?? type) !== "PodIdentity" || clusterName === undefined) return undefined;
  return { clusterName, namespace, serviceAccount: name, roleArn: "", tags: {} };
}

async function leaveOwnRole(departure: Departure): Promise<void> {
  const { dependencies, context, owner, account, session } = departure;
  const { rolePrefix, rolePath } = account.spec.iam ?? {};
  const name = roleNameOf(rolePrefix, owner);
  const arn = roleArnOf(session.partition, session.accountId, rolePathOf(rolePath), name);
  const client = roleClient(session, name, arn, context.signal);
  const recorded = recordedRole(context.object.status, owner);
  const [role, former] = await Promise.all([
    findRole(client),
    findFormerRole(session, owner, recorded, name, context.signal),
  ]);
  if (role === undefined) waitForNewRole(client, owner, dependencies.history);
  else if (isRoleOf(role, owner)) await leaveFoundRole(departure, { client, role });
  if (former !== undefined) await leaveFoundRole(departure, former);
}

async function leaveFoundRole(departure: Departure, { client, role }: FoundRole): Promise<void> {
  const { dependencies, context, owner, policyName, spared } = departure;
  const others = departure.others.filter(({ wishes }) => wishes.roleType === "Own");
  if (others.length > 0 || (await spared()).names.length > 0) {
    await leavePolicy(departure, client);
    const desired = { policyNames: others.map((each) => each.policyName), policyArns: policyArnsOf(others) };
    const surplus = otherPolicies(client, desired, { policies: await policiesOf(client) }, await spared());
    if (surplus.changes.length > 0) await surplus.write();
    return;
  }
  await removeRole(client, owner, policyName, dependencies.history);
  context.event({ type: "Normal", reason: REASON.roleDeleted, action: "Delete", note: `Deleted role '${role.Arn}'` });
}

/** Removes only the policy of the BucketAccess, whose name no other owner uses. */
async function leaveExistingRoles(departure: Departure, arns: readonly (string | undefined)[]): Promise<void> {
  const { context, account, session, policyName } = departure;
  for (const arn of new Set(arns)) {
    if (arn === undefined || arn === account.spec.workloadIdentity?.sharedRoleArn) continue;
    const client = existingRoleClient(session, arn, context.signal);
    if (client === undefined) continue;
    const isDeclared = arn === context.object.spec.role?.arn;
    const found = findInlinePolicy(client, policyName);
    if ((await (isDeclared ? found : unlessDenied(found))) !== undefined) await leavePolicy(departure, client);
  }
}

async function leavePolicy({ dependencies, context, owner, policyName }: Departure, client: RoleClient): Promise<void> {
  await deleteInlinePolicy(client, policyName);
  dependencies.history.forget(partKeyOf(roleKeyOf(owner), client, context.object));
}

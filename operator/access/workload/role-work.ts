import type { PodIdentityAssociation } from "@aws-sdk/client-eks";
import type { RoleStatus } from "../../api/types.ts";
import type { PolicyDocument } from "../../aws/policy/document.ts";
import type { WritablePart } from "../../reconcile/part.ts";
import type { AccessContext, AccessDependencies } from "../dependencies.ts";
import { noteRole, recordedRole } from "../status.ts";
import type { AccessTarget } from "../target.ts";
import {
  associationPart,
  observeAssociation,
  type AssociationClient,
  type AssociationObservation,
} from "./association.ts";
import type { DesiredAccess, DesiredRole } from "./desired.ts";
import { inlinePolicyOf } from "./permissions.ts";
import { findRole, observeRole, type RoleObservation } from "./role/observe.ts";
import { permissionsPart, roleParts } from "./role/parts.ts";
import { surplusOf } from "./role/policy-parts.ts";
import type { RoleClient } from "./role/role-client.ts";
import { findSpared, type Spared } from "./role/spared.ts";

/** Input of one reconcile of the role of one owner. */
export interface RoleWork {
  dependencies: AccessDependencies;
  context: AccessContext;
  target: AccessTarget;
  /** Identifies the role in memory. */
  key: string;
  desired: DesiredAccess;
  /** What status has of this role: a hint. */
  recorded: Partial<RoleStatus>;
  /** Absent: the role is the account's shared one, which the operator does not read. */
  client?: RoleClient;
  association: AssociationClient;
  /** The session policy of a shared role, from the present one. */
  sessionPolicy: (found: string | undefined) => Promise<PolicyDocument>;
}

export interface WorkObservation {
  role: RoleObservation | undefined;
  /** Undefined: not read. */
  association: AssociationObservation | undefined;
}

/** What is read besides the role itself: its policies, its association, or both. */
export type ObservationScope = "All" | "Policies" | "Association";

/** Reads all at once: at most four calls to AWS, or five with Pod Identity and `All`. */
export async function observeWork(work: RoleWork, scope: ObservationScope): Promise<WorkObservation> {
  const { client, desired } = work;
  const withPolicies = desired.type === "Own" && scope !== "Association";
  const [role, association] = await Promise.all([
    client && observeRole(client, desired.policyName, withPolicies),
    scope === "Policies" ? undefined : observeAssociationOf(work),
  ]);
  return { role, association };
}

/** No role is recorded yet: GetRole first, and the other reads of the role only if it exists. */
export async function observeNewWork(work: RoleWork): Promise<WorkObservation> {
  const { client, desired } = work;
  const [role, association] = await Promise.all([client && findRole(client), observeAssociationOf(work)]);
  return { role: role && client && (await observeRole(client, desired.policyName, true)), association };
}

/** The draft status has the ARN of an association that was just created. */
function observeAssociationOf({ association, context, desired }: RoleWork): Promise<AssociationObservation> {
  const { associationArn } = recordedRole(context.status, desired.owner);
  return observeAssociation(association, associationArn, desired.association);
}

/**
 * The scope for a role that was as declared. Alternates between policies of the role and the association, so that no
 * observation takes more than four calls.
 */
export function nextScope({ dependencies, key, desired, recorded }: RoleWork): ObservationScope {
  const { lastReadAssociation } = dependencies.roles;
  if (desired.type !== "Own") return "All";
  if (desired.association === undefined && recorded.associationArn === undefined) return "Policies";
  if (lastReadAssociation.delete(key)) return "Policies";
  lastReadAssociation.add(key);
  return "Association";
}

/** The parts that were read, in the order in which they are written. */
export async function partsOf(
  work: RoleWork,
  role: RoleObservation | undefined,
  association: AssociationObservation | undefined,
): Promise<WritablePart[]> {
  const onRole = role === undefined ? [] : await partsOfRole(work, role);
  if (association === undefined) return onRole;
  const { desired, context } = work;
  const noteCreated = (associationArn: string) => noteRole(context.status, desired.owner, { associationArn });
  const wanted = await desiredAssociationOf(work, role, association.current);
  return [...onRole, associationPart(work.association, wanted, association, noteCreated)];
}

async function partsOfRole(work: RoleWork, role: RoleObservation): Promise<WritablePart[]> {
  const { context, target, desired, recorded, client } = work;
  if (client === undefined) return [];
  const { policyName } = desired;
  const permissions = inlinePolicyOf(context.object, target.bucket, role.permissions);
  if (desired.role === undefined) return [permissionsPart({ client, policyName, permissions }, role.permissions)];
  const appliedTagKeys = recorded.tagKeys ?? [];
  const spared = await sparedIn(work, desired.role, role);
  return roleParts({ client, desired: desired.role, policyName, permissions, appliedTagKeys, spared }, role);
}

/** Asks the API server only if the role has something that no contributor asks for. */
async function sparedIn(
  { dependencies, context, target, desired }: RoleWork,
  wanted: DesiredRole,
  { policies }: RoleObservation,
): Promise<Spared> {
  const { inline, attached } = surplusOf(wanted, policies);
  if (inline.length + attached.length === 0) return { names: [], policyNames: [], policyArns: [] };
  return findSpared(dependencies, context, desired.owner, target.account);
}

/** With the ARN that the role has, and the session policy of a shared one. */
async function desiredAssociationOf(
  { desired, sessionPolicy }: RoleWork,
  role: RoleObservation | undefined,
  current: PodIdentityAssociation | undefined,
) {
  const { association, type } = desired;
  if (association === undefined) return undefined;
  if (type === "Shared") return { ...association, policy: await sessionPolicy(current?.policy) };
  return { ...association, roleArn: role?.role.Arn ?? association.roleArn };
}

import type { KubeObject } from "../../kube/object.ts";
import { type AssociationClient, associationPart, type AssociationSight, lookAtAssociation } from "./association.ts";
import type { Declaration, DesiredRole } from "./desired.ts";
import type { AccessContext, AccessDependencies } from "../dependencies.ts";
import { configMapPart, findConfigMap, type Outputs } from "../outputs/config-map.ts";
import { annotates, findServiceAccount, serviceAccountPart } from "../outputs/service-account.ts";
import type { Part } from "../../reconcile/part.ts";
import { findRole, lookAtRole, type RoleSight } from "./role/observe.ts";
import { roleParts } from "./role/parts.ts";
import { roleClient, type RoleClient } from "./role/role-client.ts";
import type { AccessTarget } from "../target.ts";

/** All that one reconcile of a ServiceAccount's access works with. */
export interface Work {
  dependencies: AccessDependencies;
  context: AccessContext;
  declaration: Declaration;
  /** Absent: the role is the account's shared one, which is none of ours. */
  role?: OwnRole;
  association: AssociationClient;
  outputs: Outputs;
}

export interface OwnRole {
  client: RoleClient;
  desired: DesiredRole;
  /** Keys of tags that earlier reconciles wrote: those no longer wanted are removed, all others belong to somebody else. */
  appliedTagKeys: readonly string[];
}

/** What one look brought. */
export interface Sight {
  role: RoleSight | undefined;
  /** Undefined: not looked at. */
  association: AssociationSight | undefined;
  configMap: Awaited<ReturnType<typeof findConfigMap>>;
  /** Undefined: not there, or not asked for. */
  serviceAccount: KubeObject | undefined;
}

/** What is looked at besides the role itself: foreign policies on it, and its association. */
export type Scope = "All" | "Policies" | "Association";

export function workOn(
  dependencies: AccessDependencies,
  context: AccessContext,
  { account, session, owner }: AccessTarget,
  declaration: Declaration,
  outputs: Outputs,
): Work {
  const { signal, status, object } = context;
  const { role } = declaration;
  const ownRole = role && {
    client: roleClient(session, role.name, role.arn, signal),
    desired: role,
    appliedTagKeys: object.status?.tagKeys ?? [],
  };
  const known = () => status.associationArn;
  const onCreated = (created?: string) => {
    if (created !== undefined) status.associationArn = created;
  };
  return {
    dependencies,
    context,
    declaration,
    ...(ownRole && { role: ownRole }),
    association: { session, region: account.spec.region, owner, options: { abortSignal: signal }, known, onCreated },
    outputs,
  };
}

/** All at once: at most four calls to AWS, or with Pod Identity and `All` five. */
export async function look(work: Work, scope: Scope): Promise<Sight> {
  const [role, outside] = await Promise.all([
    work.role && lookAtRole(work.role.client, scope !== "Association"),
    lookAround(work, scope !== "Policies"),
  ]);
  return { role, ...outside };
}

/** Of an access that may have no role yet: one call tells, and as long as there is none, the rest of them would be in vain. */
export async function firstLook(work: Work): Promise<Sight> {
  const { role: own } = work;
  const [role, outside] = await Promise.all([own && findRole(own.client), lookAround(work, true)]);
  return { role: role && own && (await lookAtRole(own.client, true)), ...outside };
}

async function lookAround(work: Work, withAssociation: boolean): Promise<Omit<Sight, "role">> {
  const { dependencies, context, declaration, outputs } = work;
  const { client } = dependencies;
  const { object, signal } = context;
  const { serviceAccount: name } = declaration.workload;
  const [association, configMap, serviceAccount] = await Promise.all([
    withAssociation ? lookAtAssociation(work.association, declaration.association) : undefined,
    findConfigMap(client, object, outputs.configMapName, signal),
    annotates(object, declaration.identity) ? findServiceAccount(client, object, name, signal) : undefined,
  ]);
  return { association, configMap, serviceAccount };
}

/**
 * Of an access that is as declared. What others may have put on the role and what they may have done to the association are looked at in turn, so that no
 * look takes more than four calls.
 */
export function nextScope(work: Work): Scope {
  const { dependencies, context, declaration } = work;
  const { lookedAtAssociation } = dependencies;
  const { uid = "" } = context.object.metadata;
  if (work.role === undefined) return "Association";
  if (declaration.association === undefined && context.object.status?.associationArn === undefined) return "Policies";
  if (lookedAtAssociation.delete(uid)) return "Policies";
  lookedAtAssociation.add(uid);
  return "Association";
}

/** Everything that was looked at, in the order in which it is written: outputs last. */
export function partsOf(
  work: Work,
  role: RoleSight | undefined,
  { association, configMap, serviceAccount }: Sight,
): Part[] {
  const { dependencies, context, declaration, outputs } = work;
  const { client } = dependencies;
  const { object, signal } = context;
  return [
    ...(work.role && role ? roleParts(work.role, role) : []),
    ...(association ? [associationPart(work.association, declaration.association, association)] : []),
    configMapPart(client, object, outputs, configMap, signal),
    ...(serviceAccount ? [serviceAccountPart(client, object, serviceAccount, declaration.roleArn, signal)] : []),
  ];
}

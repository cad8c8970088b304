import type { KubeObject } from "../../kube/object.ts";
import type { WritablePart } from "../../reconcile/part.ts";
import type { AccessContext, AccessDependencies } from "../dependencies.ts";
import { configMapPart, findConfigMap, type Outputs } from "../outputs/config-map.ts";
import { annotates, findServiceAccount, serviceAccountPart } from "../outputs/service-account.ts";
import { noteRole, recordedRole } from "../status.ts";
import type { AccessTarget } from "../target.ts";
import {
  associationPart,
  observeAssociation,
  type AssociationClient,
  type AssociationObservation,
} from "./association.ts";
import type { DesiredAccess } from "./desired.ts";
import { findRole, observeRole, type RoleObservation } from "./role/observe.ts";
import { roleParts } from "./role/parts.ts";
import { roleClient, type OwnRole } from "./role/role-client.ts";

/** Input of one reconcile of the access of a ServiceAccount. */
export interface Work {
  dependencies: AccessDependencies;
  context: AccessContext;
  desired: DesiredAccess;
  /** Absent: Pods get the account's shared role, which the operator does not manage. */
  role?: OwnRole;
  association: AssociationClient;
  outputs: Outputs;
}

export interface WorkloadObservation {
  role: RoleObservation | undefined;
  /** Undefined: not read. */
  association: AssociationObservation | undefined;
  configMap: Awaited<ReturnType<typeof findConfigMap>>;
  /** Undefined: not there, or not asked for. */
  serviceAccount: KubeObject | undefined;
}

/** What is read besides the role itself: its policies, its association, or both. */
export type ObservationScope = "All" | "Policies" | "Association";

export function workOn(
  dependencies: AccessDependencies,
  context: AccessContext,
  { account, session, owner }: AccessTarget,
  desired: DesiredAccess,
  outputs: Outputs,
): Work {
  const { signal, object } = context;
  const { role } = desired;
  const ownRole = role && {
    client: roleClient(session, role.name, role.arn, signal),
    desired: role,
    appliedTagKeys: recordedRole(object.status).tagKeys ?? [],
  };
  return {
    dependencies,
    context,
    desired,
    ...(ownRole && { role: ownRole }),
    association: { session, region: account.spec.region, owner, options: { abortSignal: signal } },
    outputs,
  };
}

/** Reads all at once: at most four calls to AWS, or five with Pod Identity and `All`. */
export async function observeWorkload(work: Work, scope: ObservationScope): Promise<WorkloadObservation> {
  const [role, surroundings] = await Promise.all([
    work.role && observeRole(work.role.client, scope !== "Association"),
    observeSurroundings(work, scope !== "Policies"),
  ]);
  return { role, ...surroundings };
}

/** No role is recorded yet: GetRole first, and the other reads of the role only if it exists. */
export async function observeNewWorkload(work: Work): Promise<WorkloadObservation> {
  const { role: own } = work;
  const [role, surroundings] = await Promise.all([own && findRole(own.client), observeSurroundings(work, true)]);
  return { role: role && own && (await observeRole(own.client, true)), ...surroundings };
}

async function observeSurroundings(work: Work, withAssociation: boolean): Promise<Omit<WorkloadObservation, "role">> {
  const { dependencies, context, desired, outputs } = work;
  const { client } = dependencies;
  const { object, status, signal } = context;
  const { serviceAccount: name } = desired.workload;
  const [association, configMap, serviceAccount] = await Promise.all([
    withAssociation
      ? observeAssociation(work.association, recordedRole(status).associationArn, desired.association)
      : undefined,
    findConfigMap(client, object, outputs.configMapName, signal),
    annotates(object, desired.identity) ? findServiceAccount(client, object, name, signal) : undefined,
  ]);
  return { association, configMap, serviceAccount };
}

/**
 * The scope for an access that was as declared. Alternates between policies of the role and the association, so that no
 * observation takes more than four calls.
 */
export function nextScope(work: Work): ObservationScope {
  const { dependencies, context, desired } = work;
  const { lastReadAssociation } = dependencies;
  const { uid = "" } = context.object.metadata;
  if (work.role === undefined) return "Association";
  if (desired.association === undefined && recordedRole(context.object.status).associationArn === undefined)
    return "Policies";
  if (lastReadAssociation.delete(uid)) return "Policies";
  lastReadAssociation.add(uid);
  return "Association";
}

/** The parts that were read, in the order in which they are written: outputs last. */
export function partsOf(
  work: Work,
  role: RoleObservation | undefined,
  { association, configMap, serviceAccount }: WorkloadObservation,
): WritablePart[] {
  const { dependencies, context, desired, outputs } = work;
  const { client } = dependencies;
  const { object, status, signal } = context;
  const noteCreated = (associationArn: string) => noteRole(status, { ...recordedRole(status), associationArn });
  return [
    ...(work.role && role ? roleParts(work.role, role) : []),
    ...(association ? [associationPart(work.association, desired.association, association, noteCreated)] : []),
    configMapPart(client, object, outputs, configMap, signal),
    ...(serviceAccount ? [serviceAccountPart(client, object, serviceAccount, desired.roleArn, signal)] : []),
  ];
}

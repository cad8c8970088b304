import { identityOf } from "../account/identity.ts";
import { resolveAccount } from "../account/resolve.ts";
import { REASON } from "../api/reasons.ts";
import type { AWSAccount } from "../api/types.ts";
import { roleArnOf } from "../aws/arn.ts";
import { removeCondition } from "../kube/conditions.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { waiting } from "../reconcile/outcome.ts";
import { bucketKeyOf } from "./consent.ts";
import type { AccessContext, AccessDependencies } from "./dependencies.ts";
import { removeConfigMap } from "./outputs/config-map.ts";
import { releaseServiceAccount } from "./outputs/service-account.ts";
import { noteRevoked, recordedRole } from "./status.ts";
import { ownerOf } from "./target.ts";
import { removeAssociation, type AssociationClient } from "./workload/association.ts";
import type { DesiredAssociation } from "./workload/desired.ts";
import { ANNOTATED } from "./workload/outputs.ts";
import { pathOf, roleNameOf, rolePathOf } from "./workload/role/name.ts";
import { removeRole } from "./workload/role/remove.ts";
import { roleClient } from "./workload/role/role-client.ts";

/** Revokes everything granted: outputs, association, role. Skips what is gone or not tagged as ours. */
export async function revoke(dependencies: AccessDependencies, context: AccessContext): Promise<void> {
  if (!mayHaveGranted(context)) return;
  await context.ensureCurrent();
  await removeOutputs(dependencies, context);
  const { object, status } = context;
  if (object.spec.serviceAccountRefs !== undefined) await removeRoleAndAssociation(dependencies, context);
  noteRevoked(status);
  status.conditions = removeCondition(status.conditions, ANNOTATED);
}

/** Status records a grant, or is new or was wiped and so proves nothing. */
function mayHaveGranted({ object: { status } }: AccessContext): boolean {
  return (status?.observedGeneration ?? -1) < 0 || status?.bucketName !== undefined;
}

async function removeOutputs({ client }: AccessDependencies, { object, signal }: AccessContext): Promise<void> {
  const { spec, status = {}, metadata } = object;
  const accounts = [recordedRole(status).serviceAccount, spec.serviceAccountRefs?.[0]?.name];
  for (const name of distinct(accounts)) await releaseServiceAccount(client, object, name, signal);
  const configMaps = [status.configMapName, spec.configMap?.name ?? metadata.name];
  for (const name of distinct(configMaps)) await removeConfigMap(client, object, name, signal);
}

function distinct(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names)].filter((name) => name !== undefined);
}

async function removeRoleAndAssociation(dependencies: AccessDependencies, context: AccessContext): Promise<void> {
  const { object, status, signal, event } = context;
  const account = accountOf(dependencies, context);
  if (account === undefined) return;
  const session = await dependencies.aws.session(identityOf(account), signal);
  const owner = ownerOf(dependencies.cluster, object);
  const association: AssociationClient = {
    session,
    region: account.spec.region,
    owner,
    options: { abortSignal: signal },
  };
  await removeAssociation(association, recordedRole(status).associationArn, possibleAssociation(context, account));

  const { rolePrefix, rolePath } = account.spec.iam ?? {};
  const { name = roleNameOf(rolePrefix, owner), arn: roleArn = "" } = recordedRole(object.status);
  const path = pathOf(roleArn, name) ?? rolePathOf(rolePath);
  const arn = roleArnOf(session.partition, session.accountId, path, name);
  if (!(await removeRole(roleClient(session, name, arn, signal), owner, dependencies.history, object))) return;
  event({ type: "Normal", reason: REASON.roleDeleted, action: "Delete", note: `Deleted role '${arn}'` });
}

/** The association that may exist though status does not record it. */
function possibleAssociation({ object }: AccessContext, { spec }: AWSAccount): DesiredAssociation | undefined {
  const { serviceAccountRefs: [serviceAccountRef] = [], identity = spec.workloadIdentity?.type } = object.spec;
  const clusterName = spec.workloadIdentity?.clusterName;
  if (identity !== "PodIdentity" || clusterName === undefined || serviceAccountRef === undefined) return undefined;
  const { namespace = "" } = object.metadata;
  return { clusterName, namespace, serviceAccount: serviceAccountRef.name, roleArn: "", tags: {} };
}

/**
 * An AWSAccount that gives access to the role: the bucket's, or else any of the recorded AWS account. Undefined if
 * neither is known. Throws an OutcomeError if no AWSAccount gives access to a recorded role or association.
 */
function accountOf({ directory }: AccessDependencies, { object: access }: AccessContext): AWSAccount | undefined {
  const { accountId } = access.status ?? {};
  const { name: roleName, associationArn } = recordedRole(access.status);
  const bucket = directory.bucket(bucketKeyOf(access));
  const ofBucket =
    bucket && resolveAccount(directory, bucket.metadata.namespace ?? "", bucket.spec.accountRef?.name).account;
  if (ofBucket !== undefined && (accountId ?? ofBucket.spec.accountId) === ofBucket.spec.accountId) return ofBucket;
  if (accountId === undefined) return undefined;
  const [account] = directory
    .accounts()
    .filter(({ spec }) => spec.accountId === accountId)
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const granted = roleName === undefined ? associationArn && `Association '${associationArn}'` : `Role '${roleName}'`;
  if (account !== undefined || granted === undefined) return account;
  const message = `${granted} still exists, and no AWSAccount of account ${accountId} is left by which to delete it: create one`;
  throw waiting(REASON.accountNotAvailable, message, DELAY_MS.reference);
}

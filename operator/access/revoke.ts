import { resolveAccount } from "../account/resolve.ts";
import { REASON } from "../api/reasons.ts";
import type { AWSAccount, BucketAccess } from "../api/types.ts";
import { removeCondition } from "../kube/conditions.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { waiting } from "../reconcile/outcome.ts";
import { bucketKeyOf } from "./consent.ts";
import type { AccessContext, AccessDependencies, AccessDirectory } from "./dependencies.ts";
import { removeConfigMap } from "./outputs/config-map.ts";
import { releaseServiceAccount } from "./outputs/service-account.ts";
import { noteRevoked } from "./status.ts";
import { ANNOTATED } from "./workload/annotation.ts";
import { formerOwnersOf, roleOwnersOf } from "./workload/contributors.ts";
import { leaveRole } from "./workload/leave.ts";
import { roleKeyOf } from "./workload/memory.ts";

/**
 * Revokes everything granted: outputs, then the access's part in each role. Skips what is gone or not tagged as ours.
 * Status does not decide what is revoked; it may only add what an earlier spec granted.
 */
export async function revoke(dependencies: AccessDependencies, context: AccessContext): Promise<void> {
  await context.ensureCurrent();
  await removeOutputs(dependencies, context);
  if (context.object.spec.principals === undefined) await leaveRoles(dependencies, context);
  noteRevoked(context.status);
  context.status.conditions = removeCondition(context.status.conditions, ANNOTATED);
}

async function removeOutputs({ client }: AccessDependencies, { object, signal }: AccessContext): Promise<void> {
  const { spec, status = {}, metadata } = object;
  const recorded = (status.roles ?? []).map(({ serviceAccount }) => serviceAccount);
  const named = (spec.serviceAccountRefs ?? []).map(({ name }) => name);
  for (const name of distinct([...recorded, ...named])) await releaseServiceAccount(client, object, name, signal);
  const configMaps = [status.configMapName, spec.configMap?.name ?? metadata.name];
  for (const name of distinct(configMaps)) await removeConfigMap(client, object, name, signal);
}

function distinct(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names)].filter((name) => name !== undefined);
}

async function leaveRoles(dependencies: AccessDependencies, context: AccessContext): Promise<void> {
  const { object, signal } = context;
  const { cluster, directory, roles } = dependencies;
  const owners = [...roleOwnersOf(cluster, object), ...formerOwnersOf(cluster, object)];
  for (const account of accountsOf(directory, object)) {
    for (const owner of owners) {
      await roles.exclusive(roleKeyOf(owner), signal, () => leaveRole(dependencies, context, owner, account));
    }
  }
}

/**
 * One AWSAccount for each AWS account in which the access may have a part in a role: that of the bucket, the one that it
 * names or would get by default, and the one in status. The sweep of each account finds what is in another.
 */
function accountsOf(directory: AccessDirectory, access: BucketAccess): AWSAccount[] {
  const { spec, status, metadata } = access;
  const key = bucketKeyOf(access);
  const bucket = directory.bucket(key);
  const declared = [
    resolveAccount(directory, key.namespace, bucket?.spec.accountRef?.name),
    resolveAccount(directory, metadata.namespace ?? "", spec.accountRef?.name),
  ].flatMap(({ account }) => account ?? []);
  const recorded = directory
    .accounts()
    .filter((account) => account.spec.accountId === status?.accountId)
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const [granted] = status?.roles ?? [];
  if (granted !== undefined && status?.accountId !== undefined && recorded.length === 0) {
    const message = `Role '${granted.arn}' still exists, and no AWSAccount of account ${status.accountId} is left by which to delete it: create one`;
    throw waiting(REASON.accountNotAvailable, message, DELAY_MS.reference);
  }
  const byId = Map.groupBy([...declared, ...recorded], (account) => account.spec.accountId);
  return [...byId.values()].flatMap(([account]) => account ?? []);
}

import { pollIntervalMs } from "../../api/annotations.ts";
import type { RoleOwner } from "../../api/ownership.ts";
import type { BucketAccess } from "../../api/types.ts";
import { conclude } from "../../reconcile/conclude.ts";
import { announceCorrection } from "../../reconcile/drift.ts";
import { fingerprint } from "../../reconcile/fingerprint.ts";
import { failed, type Outcome } from "../../reconcile/outcome.ts";
import type { AccessContext, AccessDependencies } from "../dependencies.ts";
import { outputsOf } from "../outputs/outputs.ts";
import { annotates } from "../outputs/service-account.ts";
import { permissionsPolicy } from "../policy/permissions.ts";
import { tooLong } from "../policy/size-limits.ts";
import { keepRoles, noteKeys, notePolicy, wasAsDeclared } from "../status.ts";
import type { Grantee } from "../summary.ts";
import type { AccessTarget } from "../target.ts";
import { contributorsTo, formerOwnersOf, roleOwnersOf } from "./contributors.ts";
import { desiredAccess } from "./desired.ts";
import { workloadIdentityOf } from "./identity.ts";
import { leaveRole } from "./leave.ts";
import { roleKeyOf } from "./memory.ts";
import { otherAssociation } from "./other-association.ts";
import { applyOutputs, dropFormerOutputs } from "./outputs.ts";
import { grantedBucket, inlinePolicyOf } from "./permissions.ts";
import { reconcileRole, type RoleOutcome } from "./reconcile-role.ts";

/** Gives the Pods of each ServiceAccount a role, or web identities one, and writes the outputs that name it. */
export async function reconcileWorkload(
  dependencies: AccessDependencies,
  context: AccessContext,
  target: AccessTarget,
): Promise<Outcome> {
  const { object, status, signal } = context;
  const { bucket } = target;
  const owners = roleOwnersOf(dependencies.cluster, object);
  const grantee = granteeOf(object, target);
  const hash = declare(dependencies, context, target, owners);
  const settled = wasAsDeclared(object, hash);
  status.declarationHash = hash;
  // The keys of a settled access are known once its policy is read.
  if (!settled) noteGranted(context, grantee, target);

  // ServiceAccounts that the spec no longer names lose the access first.
  const isAnnotating = "identity" in grantee && annotates(object, grantee.identity);
  const annotated = isAnnotating ? owners.map(({ name }) => name) : [];
  await dropFormerOutputs(dependencies, context, outputsOf(object, target, undefined), annotated);
  await leaveFormerRoles(dependencies, context, target, owners);

  // One role after another: the failure of one does not keep the others.
  const { roles, errors } = await reconcileRoles(dependencies, context, target, owners, settled);
  keepRoles(status, owners);
  if (roles.length === 0) throw errors[0];
  const granted = grantedBucket(
    bucket,
    roles.flatMap(({ results }) => results),
  );
  if (granted !== undefined) noteGranted(context, grantee, { ...target, bucket: granted });
  const arns = new Set(roles.map(({ roleArn }) => roleArn));
  const outputs = outputsOf(
    object,
    target,
    owners.length === roles.length && arns.size === 1 ? [...arns][0] : undefined,
  );
  const written = await applyOutputs(dependencies, context, outputs, roles, settled);
  signal.throwIfAborted();
  if (errors.length > 0) throw errors[0];

  const results = [...roles.flatMap((role) => role.results), ...written.results];
  const recheckAfterMs = Math.min(pollIntervalMs(object, dependencies.pollIntervalMs), written.recheckAfterMs);
  const message = `${subjectOf(object)} its access to bucket '${bucket.name}'${written.note}`;
  const outcome = conclude(results, { message, recheckAfterMs });
  const others = await Promise.all(roles.map((role) => otherAssociation(dependencies, context, target, role)));
  const failure = [...roles.map((role) => role.failure), ...others].find((each) => each !== undefined);
  if (failure !== undefined) throw failed({ ...failure, retryAfterMs: recheckAfterMs });
  announceCorrection(dependencies, context, results);
  return outcome;
}

/** The hash of all that is declared. Throws an OutcomeError for what cannot be done, before anything is changed. */
function declare(
  dependencies: AccessDependencies,
  { object }: AccessContext,
  target: AccessTarget,
  owners: readonly RoleOwner[],
): string {
  const policy = inlinePolicyOf(object, target.bucket, undefined);
  const failure = tooLong(object.spec.role?.type === "Shared" ? "session" : "permissions", policy);
  const desired = owners.map((owner) =>
    desiredAccess(object, owner, target, contributorsTo(dependencies, owner, object).members),
  );
  if (failure !== undefined) throw failed(failure);
  return fingerprint([desired, policy, outputsOf(object, target, undefined), object.spec.annotateServiceAccount]);
}

function noteGranted({ object, status }: AccessContext, grantee: Grantee, target: AccessTarget): void {
  const { bucket } = target;
  noteKeys(status, bucket);
  notePolicy(status, object, grantee, target, permissionsPolicy(object.spec.grants, bucket));
}

function granteeOf(
  object: BucketAccess,
  target: AccessTarget,
): Extract<Grantee, { subjects: unknown } | { identity: unknown }> {
  const { serviceAccountRefs = [], webIdentity } = object.spec;
  if (webIdentity !== undefined) return { subjects: webIdentity.subjects };
  const { namespace = "" } = object.metadata;
  const workloads = serviceAccountRefs.map(({ name }) => ({ namespace, serviceAccount: name }));
  return { workloads, identity: workloadIdentityOf(object, target).type };
}

function subjectOf({ spec: { serviceAccountRefs = [] } }: BucketAccess): string {
  const names = serviceAccountRefs.map(({ name }) => `'${name}'`);
  if (names.length === 0) return "The web identities have";
  return names.length === 1 ? `ServiceAccount ${names[0]} has` : `ServiceAccounts ${names.join(", ")} have`;
}

async function leaveFormerRoles(
  dependencies: AccessDependencies,
  context: AccessContext,
  { account }: AccessTarget,
  owners: readonly RoleOwner[],
): Promise<void> {
  const former = formerOwnersOf(dependencies.cluster, context.object);
  for (const owner of former) {
    const leave = () => leaveRole(dependencies, context, owner, account);
    await dependencies.roles.exclusive(roleKeyOf(owner), context.signal, leave);
  }
  if (former.length > 0) keepRoles(context.status, owners);
}

async function reconcileRoles(
  dependencies: AccessDependencies,
  context: AccessContext,
  target: AccessTarget,
  owners: readonly RoleOwner[],
  settled: boolean,
): Promise<{ roles: RoleOutcome[]; errors: unknown[] }> {
  const roles: RoleOutcome[] = [];
  const errors: unknown[] = [];
  for (const owner of owners) {
    try {
      roles.push(await reconcileRole(dependencies, context, target, owner, settled));
    } catch (error) {
      context.signal.throwIfAborted();
      errors.push(error);
    }
  }
  return { roles, errors };
}

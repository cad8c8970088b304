import { pollIntervalMs } from "../../api/annotations.ts";
import { applyParts, partsToWrite, readBack } from "../../reconcile/apply.ts";
import { conclude } from "../../reconcile/conclude.ts";
import { announceCorrection, announceWrites } from "../../reconcile/drift.ts";
import { fingerprint } from "../../reconcile/fingerprint.ts";
import type { Outcome } from "../../reconcile/outcome.ts";
import type { PartResult, WritablePart } from "../../reconcile/part.ts";
import type { AccessContext, AccessDependencies } from "../dependencies.ts";
import { outputsOf } from "../outputs/outputs.ts";
import { notePolicy, noteRole, noteTags, recordedRole, wasAsDeclared } from "../status.ts";
import type { AccessTarget } from "../target.ts";
import { desiredAccess, type DesiredAccess } from "./desired.ts";
import {
  nextScope,
  observeNewWorkload,
  observeWorkload,
  partsOf,
  workOn,
  type Work,
  type WorkloadObservation,
} from "./observe.ts";
import { dropFormerOutputs, noteOutputs } from "./outputs.ts";
import { tagsOfRole } from "./role/observe.ts";
import { ownRole } from "./role/own-role.ts";
import { removeRole } from "./role/remove.ts";
import { roleClient } from "./role/role-client.ts";

/** Gives the Pods of a ServiceAccount a role, by IRSA or an association, and the outputs that name it. */
export async function reconcileWorkload(
  dependencies: AccessDependencies,
  context: AccessContext,
  target: AccessTarget,
  serviceAccount: string,
): Promise<Outcome> {
  const { object, signal } = context;
  const { history } = dependencies;
  const uid = object.metadata.uid ?? "";
  const desired = desiredAccess(object, serviceAccount, target);
  const work = workOn(dependencies, context, target, desired, outputsOf(object, target, desired.roleArn));
  const hash = fingerprint([desired, work.outputs, object.spec.annotateServiceAccount]);
  const settled = wasAsDeclared(object, hash);
  await dropFormerOutputs(work);
  noteDesired(context, target, desired, hash);

  // Is there a role, and is it ours?
  const established = recordedRole(object.status).name !== undefined;
  const observed = established
    ? await observeWorkload(work, settled ? nextScope(work) : "All")
    : await observeNewWorkload(work);
  const { role: seen } = observed;
  const role =
    work.role && (await ownRole(dependencies, context, work.role, seen, target.owner, settled && established));

  // Only the difference, one write after another, read back.
  const parts = partsOf(work, role, observed);
  const toWrite = partsToWrite(parts, history, uid);
  await announceWrites(dependencies, context, toWrite, settled && role === seen ? toWrite : []);
  const written = await applyParts(parts, (part) => part.write(), history, uid);
  signal.throwIfAborted();
  const { results, last } = await observeAgain(work, written, observed);
  const awaiting = noteOutputs(work, last);
  if (work.role && last.role) noteTags(context.status, work.role.desired.tags, Object.keys(tagsOfRole(last.role.role)));

  const recheckAfterMs = Math.min(pollIntervalMs(object, dependencies.pollIntervalMs), awaiting);
  const message = `ServiceAccount '${serviceAccount}' has its access to bucket '${target.bucket.name}'`;
  const outcome = conclude(results, { message, recheckAfterMs });
  if (work.role === undefined) await dropFormerRole(dependencies, context, target);
  announceCorrection(dependencies, context, results);
  return outcome;
}

/** Recorded before anything is created. */
function noteDesired(
  { object, status }: AccessContext,
  target: AccessTarget,
  { identity, workload, roleArn, role, policy }: DesiredAccess,
  declarationHash: string,
): void {
  status.declarationHash = declarationHash;
  const recorded = recordedRole(status);
  noteRole(status, { ...recorded, arn: roleArn, ...(role && { name: role.name }) });
  if (role) noteTags(status, role.tags, recorded.tagKeys ?? []);
  notePolicy(status, object, { workload, identity }, target, policy);
}

/** Deletes the access's own role after Pods have got the shared one. */
async function dropFormerRole(
  { history }: AccessDependencies,
  { object, status, signal }: AccessContext,
  { session, owner }: AccessTarget,
): Promise<void> {
  const { name, arn = "" } = recordedRole(object.status);
  if (name === undefined) return;
  await removeRole(roleClient(session, name, arn, signal), owner, history, object);
  const { name: _name, tagKeys: _tagKeys, ...role } = recordedRole(status);
  noteRole(status, role);
}

/** Reads everything again if something was written. */
async function observeAgain(
  work: Work,
  written: readonly PartResult<WritablePart>[],
  observed: WorkloadObservation,
): Promise<{ results: readonly PartResult<WritablePart>[]; last: WorkloadObservation }> {
  if (written.every(({ state }) => state !== "Settling")) return { results: written, last: observed };
  const last = await observeWorkload(work, "All");
  // While IAM does not show the role, nothing has settled.
  const isSeen = work.role === undefined || last.role !== undefined;
  return { results: isSeen ? readBack(written, partsOf(work, last.role, last)) : written, last };
}

import { pollIntervalMs } from "../../api/annotations.ts";
import { fingerprint } from "../../reconcile/fingerprint.ts";
import type { Outcome } from "../../reconcile/outcome.ts";
import { announceChanges, announceCorrection } from "../announce.ts";
import { applyParts, partsToWrite, readBack } from "../../reconcile/apply.ts";
import { outcomeOf } from "../../reconcile/conclude.ts";
import { declare, type Declaration } from "./desired.ts";
import type { AccessContext, AccessDependencies } from "../dependencies.ts";
import { firstLook, look, nextScope, partsOf, type Sight, type Work, workOn } from "./observe.ts";
import { dropFormerOutputs, noteOutputs, outputsOf } from "../outputs/outputs.ts";
import type { PartResult } from "../../reconcile/part.ts";
import { tagsOfRole } from "./role/observe.ts";
import { ownRole } from "./role/own-role.ts";
import { removeRole } from "./role/remove.ts";
import { roleClient } from "./role/role-client.ts";
import { notePolicy, noteTags, wasAsDeclared } from "../status.ts";
import type { AccessTarget } from "../target.ts";

/** For the Pods of a ServiceAccount: a role, the way in which they become it, and what they are told of it. */
export async function reconcileWorkload(
  dependencies: AccessDependencies,
  context: AccessContext,
  target: AccessTarget,
  serviceAccount: string,
): Promise<Outcome> {
  const { object, signal } = context;
  const { history } = dependencies;
  const uid = object.metadata.uid ?? "";
  const declaration = declare(object, serviceAccount, target);
  const work = workOn(dependencies, context, target, declaration, outputsOf(object, target, declaration.roleArn));
  const hash = fingerprint([declaration, work.outputs, object.spec.annotateServiceAccount]);
  const settled = wasAsDeclared(object, hash);
  await dropFormerOutputs(work);
  noteDeclaration(context, target, declaration, hash);

  // Is there a role, and is it ours?
  const established = object.status?.roleName !== undefined;
  const sight = established ? await look(work, settled ? nextScope(work) : "All") : await firstLook(work);
  const role =
    work.role && (await ownRole(dependencies, context, work.role, sight.role, target.owner, settled && established));

  // Only the difference, one write after another, read back.
  const parts = partsOf(work, role, sight);
  await announceChanges(dependencies, context, partsToWrite(parts, history, uid), settled && role === sight.role);
  const written = await applyParts(parts, history, uid);
  signal.throwIfAborted();
  const { results, last } = await lookBack(work, written, sight);
  const awaiting = noteOutputs(work, last);
  if (work.role && last.role) noteTags(context.status, work.role.desired.tags, Object.keys(tagsOfRole(last.role.role)));

  const recheckAfterMs = Math.min(pollIntervalMs(object, dependencies.pollIntervalMs), awaiting);
  const message = `ServiceAccount '${serviceAccount}' has its access to bucket '${target.bucket.name}'`;
  const outcome = outcomeOf(results, message, recheckAfterMs);
  if (work.role === undefined) await dropFormerRole(dependencies, context, target);
  announceCorrection(dependencies, context);
  return outcome;
}

/** What is meant; on record before anything is created. */
function noteDeclaration(
  { object, status }: AccessContext,
  target: AccessTarget,
  { identity, workload, roleArn, role, policy }: Declaration,
  declarationHash: string,
): void {
  Object.assign(status, { roleArn, declarationHash, ...(role && { roleName: role.name }) });
  if (role) noteTags(status, role.tags, status.tagKeys ?? []);
  notePolicy(status, object, { workload, identity }, target, policy);
}

/** The role that the access had to itself before it came to share one; nobody gets it any more. */
async function dropFormerRole(
  { history }: AccessDependencies,
  { object, status, signal }: AccessContext,
  { session, owner }: AccessTarget,
): Promise<void> {
  const { roleName, roleArn = "" } = object.status ?? {};
  if (roleName === undefined) return;
  await removeRole(roleClient(session, roleName, roleArn, signal), owner, history, object);
  delete status.roleName;
  delete status.tagKeys;
}

/** Everything again, if something was written. */
async function lookBack(
  work: Work,
  written: readonly PartResult[],
  sight: Sight,
): Promise<{ results: readonly PartResult[]; last: Sight }> {
  if (written.every(({ state }) => state !== "Settling")) return { results: written, last: sight };
  const last = await look(work, "All");
  // A role that is not to be seen yet settles nothing.
  const isSeen = work.role === undefined || last.role !== undefined;
  return { results: isSeen ? readBack(written, partsOf(work, last.role, last)) : written, last };
}

import { pollIntervalMs, reconcileRequestedAt } from "../../api/annotations.ts";
import type { RoleOwner } from "../../api/ownership.ts";
import { REASON } from "../../api/reasons.ts";
import { applyParts, partsToWrite, readBack } from "../../reconcile/apply.ts";
import { announceWrites } from "../../reconcile/drift.ts";
import { fingerprint } from "../../reconcile/fingerprint.ts";
import type { History } from "../../reconcile/history.ts";
import { again, failed, type Failure } from "../../reconcile/outcome.ts";
import type { PartResult, WritablePart } from "../../reconcile/part.ts";
import type { AccessContext, AccessDependencies } from "../dependencies.ts";
import { policyLength } from "../policy/size-limits.ts";
import { noteRole, noteTags } from "../status.ts";
import type { AccessTarget } from "../target.ts";
import { contributorsTo, type Contributor } from "./contributors.ts";
import { desiredAccess, type DesiredAccess } from "./desired.ts";
import { leaveFormerKind, leaveRole } from "./leave.ts";
import { partKeyOf, roleKeyOf } from "./memory.ts";
import { fittingMembers, inlinePolicyOf, noRoom } from "./permissions.ts";
import { nextScope, observeNewWork, observeWork, partsOf, type RoleWork, type WorkObservation } from "./role-work.ts";
import { consentFailure, notFound, trustFailure } from "./role/existing.ts";
import { findInlinePolicy, tagsOfRole, type RoleObservation } from "./role/observe.ts";
import { creationKeyOf, ownRole } from "./role/own-role.ts";
import { permissionsPart } from "./role/parts.ts";
import { workOn } from "./work-on.ts";

/** One role, after a reconcile. */
export interface RoleOutcome {
  desired: DesiredAccess;
  roleArn: string;
  results: readonly PartResult[];
  /** Why Pods cannot assume the role, though it has the permissions. */
  failure?: Failure;
}

/** Gives one ServiceAccount, or the web identities, the access. `settled`: all was as declared at the last reconcile. */
export function reconcileRole(
  dependencies: AccessDependencies,
  context: AccessContext,
  target: AccessTarget,
  owner: RoleOwner,
  settled: boolean,
): Promise<RoleOutcome> {
  return dependencies.roles.exclusive(roleKeyOf(owner), context.signal, async () => {
    const members = await membersWith(dependencies, context, target, owner);
    const desired = desiredAccess(context.object, owner, target, members);
    const work = await workOn(dependencies, context, target, desired, members);
    return (settled && (await glance(work))) || reconcileWork(work, settled);
  });
}

/** Who has a part in the role now, this BucketAccess among them. Otherwise takes back its part, and throws why. */
async function membersWith(
  dependencies: AccessDependencies,
  context: AccessContext,
  { account, bucket }: AccessTarget,
  owner: RoleOwner,
): Promise<readonly Contributor[]> {
  const { policyLengths } = dependencies.roles;
  const { metadata, spec } = context.object;
  const { uid = "", generation } = metadata;
  const { members, conflicts } = contributorsTo(dependencies, owner, context.object);
  const isOwn = ({ access }: Contributor) => access.metadata.uid === uid;
  const refuse = async (failure: Failure) => {
    await leaveRole(dependencies, context, owner, account);
    return failed(failure);
  };
  const conflict = conflicts.get(uid);
  if (conflict !== undefined) throw await refuse(conflict);
  if (members.find(isOwn)?.access.metadata.generation !== generation) throw again(REASON.settling, CHANGED, 0);
  if (spec.role?.type === "Shared") return members;
  const document = inlinePolicyOf(context.object, bucket, undefined);
  policyLengths.set(uid, policyLength(document));
  const fitting = fittingMembers(members, policyLengths);
  if (fitting.some(isOwn)) return fitting;
  throw await refuse(noRoom(document, fitting, policyLengths));
}

const CHANGED = "The object changed while another BucketAccess of the ServiceAccount was reconciled";

/** One call for a periodic look at a role that a reconcile of another BucketAccess has just found in order. */
async function glance({ dependencies, context, target, key, desired, client }: RoleWork) {
  const { object } = context;
  const maxAgeMs = pollIntervalMs(object, dependencies.pollIntervalMs) / 2;
  const isRequested = reconcileRequestedAt(object) !== object.status?.reconcileRequestedAt;
  const roleArn = dependencies.roles.look(key, hashOf(desired), maxAgeMs);
  if (client === undefined || isRequested || roleArn === undefined) return undefined;
  const found = await findInlinePolicy(client, desired.policyName);
  const permissions = inlinePolicyOf(object, target.bucket, found);
  const part = permissionsPart({ client, policyName: desired.policyName, permissions }, found);
  if (part.changes.length > 0) return undefined;
  return { desired, roleArn, results: [{ part, state: "InSync" }] } satisfies RoleOutcome;
}

/** Equal for all BucketAccesses of the role. */
function hashOf(desired: DesiredAccess): string {
  return fingerprint({ ...desired, policyName: "" });
}

async function reconcileWork(work: RoleWork, settled: boolean): Promise<RoleOutcome> {
  const { dependencies, context, key, desired, recorded } = work;
  const { roles } = dependencies;
  noteDesired(work);

  // Is there a role, and is it ours?
  const isKnown = desired.role === undefined || recorded.name === desired.role.name;
  const observed = isKnown ? await observeWork(work, settled ? nextScope(work) : "All") : await observeNewWork(work);
  const role = await requireRole(work, observed.role, settled && isKnown);

  // Only the difference, one write after another, read back.
  const parts = await partsOf(work, role, observed.association);
  const history = historyOf(work);
  const toWrite = partsToWrite(parts, history, key);
  if (toWrite.length > 0) roles.forgetLook(key);
  await announceWrites(dependencies, context, toWrite, settled && role === observed.role ? toWrite : []);
  const written = await applyParts(parts, (part) => part.write(), history, key);
  context.signal.throwIfAborted();
  const { results, last } = await observeAgain(work, written, { ...observed, role });
  noteObserved(work, last);
  await leaveFormerKind(work);

  const roleArn = last.role?.role.Arn ?? desired.roleArn;
  const failure = desired.type === "Existing" && last.role ? trustFailure(desired, last.role) : undefined;
  const isInOrder = results.every(({ state }) => state === "InSync") && failure === undefined;
  if (isInOrder) roles.noteLook(key, hashOf(desired), roleArn);
  return { desired, roleArn, results, ...(failure && { failure }) };
}

/** The role of the operator, created if there is none, or the existing one with its owner's consent. */
async function requireRole(work: RoleWork, seen: RoleObservation | undefined, settled: boolean) {
  const { dependencies, context, desired, client, key } = work;
  if (client === undefined) return undefined;
  if (desired.role === undefined) return requireConsent(work, seen);
  const role = await ownRole(dependencies, context, desired.owner, { client, desired: desired.role, seen }, settled);
  // Writes to an earlier role of that name say nothing about a new one.
  if (role !== seen) dependencies.history.forget(partKeyOf(key, client, context.object));
  return role;
}

/** Without its owner's consent, an existing role loses what the operator gave it. */
async function requireConsent(
  { dependencies, context, target, desired }: RoleWork,
  seen: RoleObservation | undefined,
): Promise<RoleObservation> {
  const { owner, roleArn } = desired;
  const failure = seen === undefined ? notFound(roleArn) : consentFailure(roleArn, seen, owner);
  if (failure === undefined && seen !== undefined) return seen;
  await leaveRole(dependencies, context, owner, target.account);
  throw failed(failure ?? notFound(roleArn));
}

/** Recorded before anything is created. */
function noteDesired({ context, desired, recorded }: RoleWork): void {
  const { owner, role, roleArn } = desired;
  noteRole(context.status, owner, { arn: roleArn, name: role?.name });
  noteTags(context.status, owner, role?.tags ?? {}, recorded.tagKeys ?? []);
}

function noteObserved(
  { dependencies, context, desired, recorded }: RoleWork,
  { role, association }: WorkObservation,
): void {
  const { owner } = desired;
  if (role !== undefined) dependencies.history.forget(creationKeyOf(owner));
  const isGone = desired.association === undefined && association?.former === undefined;
  const associationArn = isGone ? undefined : (association?.current?.associationArn ?? recorded.associationArn);
  noteRole(context.status, owner, { associationArn, ...(role?.role.Arn && { arn: role.role.Arn }) });
  if (desired.role && role) noteTags(context.status, owner, desired.role.tags, Object.keys(tagsOfRole(role.role)));
}

/** Reads everything again if something was written. */
async function observeAgain(
  work: RoleWork,
  written: readonly PartResult<WritablePart>[],
  observed: WorkObservation,
): Promise<{ results: readonly PartResult<WritablePart>[]; last: WorkObservation }> {
  if (written.every(({ state }) => state !== "Settling")) return { results: written, last: observed };
  const last = await observeWork(work, "All");
  // While IAM does not show the role, nothing has settled.
  const isSeen = work.client === undefined || last.role !== undefined;
  if (!isSeen) return { results: written, last };
  const parts = await partsOf(work, last.role, last.association);
  const results = readBack(written, parts, historyOf(work), work.key);
  return { results, last };
}

/** Any BucketAccess of the role may write its parts, but each only its own policy. */
function historyOf({ dependencies: { history }, context, key, client }: RoleWork): History {
  const keyOf = (name: string) => (name === "permissions" && client ? partKeyOf(key, client, context.object) : key);
  return {
    ...history,
    judge: (_uid, write) => history.judge(keyOf(write.name), write),
    wrote: (_uid, write) => history.wrote(keyOf(write.name), write),
    failed: (_uid, name) => history.failed(keyOf(name), name),
    inSync: (_uid, name) => history.inSync(keyOf(name), name),
    confirmed: (_uid, name) => history.confirmed(keyOf(name), name),
  };
}

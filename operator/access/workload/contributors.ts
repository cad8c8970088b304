import { isPaused } from "../../api/annotations.ts";
import type { RoleOwner } from "../../api/ownership.ts";
import { REASON } from "../../api/reasons.ts";
import type { AWSAccount, BucketAccess } from "../../api/types.ts";
import type { Failure } from "../../reconcile/outcome.ts";
import { decide } from "../decision.ts";
import { resolveAccess, type ResolutionInput } from "../resolution.ts";
import { ownerOf } from "../target.ts";
import { policyNameOf } from "./role/name.ts";
import { conflictOf, wishesOf, type Wishes } from "./wishes.ts";

/** A BucketAccess that has a part in the role of its ServiceAccount. */
export interface Contributor {
  access: BucketAccess;
  account: AWSAccount;
  wishes: Wishes;
  /** Name of its inline policy. */
  policyName: string;
  /** Its part stays as it is. */
  paused: boolean;
}

export interface Contributors {
  /** Oldest first. */
  members: readonly Contributor[];
  /** By uid: why a BucketAccess that is otherwise wanted has no part. */
  conflicts: ReadonlyMap<string, Failure>;
}

/** The owners of the roles that the spec asks for: one for each ServiceAccount, or the web identities' one. */
export function roleOwnersOf(cluster: string, access: BucketAccess): RoleOwner[] {
  const { namespace = "", name } = access.metadata;
  const { serviceAccountRefs = [], webIdentity } = access.spec;
  const forPods = serviceAccountRefs.map((ref) => serviceAccountOwner(cluster, namespace, ref.name));
  return webIdentity === undefined ? forPods : [{ kind: "BucketAccess", cluster, namespace, name }];
}

/** Owners that only status names, which an earlier spec may have asked for: a hint, since users may write status. */
export function formerOwnersOf(cluster: string, access: BucketAccess): RoleOwner[] {
  const { namespace = "" } = access.metadata;
  const names = new Set((access.status?.roles ?? []).flatMap(({ serviceAccount }) => serviceAccount ?? []));
  for (const { name } of access.spec.serviceAccountRefs ?? []) names.delete(name);
  return [...names].filter(isName).map((name) => serviceAccountOwner(cluster, namespace, name));
}

function isName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text);
}

export function serviceAccountOwner(cluster: string, namespace: string, name: string): RoleOwner {
  return { kind: "ServiceAccount", cluster, namespace, name };
}

/**
 * The BucketAccesses that have a part in a role: those that are wanted and not being deleted, without those whose
 * wishes exclude the oldest one's. Pure.
 * @param object for the role of web identities, the BucketAccess itself
 */
export function contributorsTo(known: ResolutionInput, owner: RoleOwner, object: BucketAccess): Contributors {
  const { directory } = known;
  const candidates = owner.kind === "BucketAccess" ? [object] : directory.accessesOf(owner.namespace, owner.name);
  const wanted = candidates
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .toSorted(byAge)
    .flatMap((access) => contributorOf(known, owner, access) ?? []);
  const [oldest] = wanted;
  if (oldest === undefined) return { members: [], conflicts: new Map() };
  const fieldOf = ({ wishes }: Contributor) => conflictOf(oldest.wishes, wishes);
  return {
    members: wanted.filter((each) => fieldOf(each) === undefined),
    conflicts: new Map(
      wanted.flatMap((each) => {
        const field = fieldOf(each);
        return field === undefined ? [] : [[each.access.metadata.uid ?? "", conflict(owner, oldest, field)]];
      }),
    ),
  };
}

function contributorOf(known: ResolutionInput, { cluster }: RoleOwner, access: BucketAccess) {
  const decision = decide(known.directory, access);
  // A BucketAccess that waits keeps its part.
  if (!decision.wanted || resolveAccess(known, access).state === "Refused") return undefined;
  const { account } = decision;
  const policyName = policyNameOf(ownerOf(cluster, access));
  return { access, account, wishes: wishesOf(access, account), policyName, paused: isPaused(access) };
}

function byAge({ metadata: a }: BucketAccess, { metadata: b }: BucketAccess): number {
  const [left, right] = [a, b].map(({ creationTimestamp = "", name }) => `${creationTimestamp} ${name}`);
  return (left ?? "") < (right ?? "") ? -1 : 1;
}

function conflict({ name }: RoleOwner, { access }: Contributor, field: string): Failure {
  const message =
    `ServiceAccount '${name}' has one role, and BucketAccess '${access.metadata.name}', which is older, differs in ${field}: ` +
    "make both equal there, or name another ServiceAccount";
  return { reason: REASON.conflictsWithOlderAccess, message, terminal: true };
}

/** Managed policies of the role: those to attach, and all that may be attached, also for paused BucketAccesses. */
export function policyArnsOf(members: readonly Contributor[]): { wanted: string[]; allowed: string[] } {
  const arnsOf = (some: readonly Contributor[]) =>
    [...new Set(some.flatMap(({ access }) => access.spec.role?.policyArns ?? []))].sort();
  return { wanted: arnsOf(members.filter(({ paused }) => !paused)), allowed: arnsOf(members) };
}

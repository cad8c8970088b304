/**
 * What the code in this folder asks of the API server, as RBAC rules: https://kubernetes.io/docs/reference/access-authn-authz/rbac/.
 * The chart's roles are generated from them, and a test holds them against what is really called, both ways.
 */

import { EVENTS } from "./events.ts";
import { LEASES } from "./lease.ts";
import type { Resource } from "./object.ts";

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete";

/** What may be done with one resource, of one API group. */
export interface Rule {
  apiGroups: [string];
  /** "<plural>" or "<plural>/<subresource>" */
  resources: [string];
  verbs: readonly Verb[];
  /** Absent: all of them. */
  resourceNames?: string[];
}

type Named = Pick<Resource, "group" | "plural">;

export function allow({ group, plural }: Named, verbs: readonly Verb[], subresource?: string): Rule {
  return { apiGroups: [group], resources: [[plural, subresource].filter(Boolean).join("/")], verbs };
}

/** To keep a store of them: reflector.ts. */
export function watched(resource: Named): Rule[] {
  return [allow(resource, ["list", "watch"])];
}

/** To write their status: status.ts. */
export function reconciled(resource: Named): Rule[] {
  return [...watched(resource), allow(resource, ["patch"], "status")];
}

/** To hold them with a finalizer besides, which is read anew after a conflict: finalizers.ts. */
export function reconciledWithFinalizer(resource: Named): Rule[] {
  return [allow(resource, ["get", "list", "watch", "patch"]), allow(resource, ["patch"], "status")];
}

/** To record events: events.ts. */
export function recorded(): Rule[] {
  return [allow(EVENTS, ["create", "patch"])];
}

/** To hold one lease: lease.ts. A name cannot restrict create. */
export function leased(name: string): Rule[] {
  return [allow(LEASES, ["create"]), { ...allow(LEASES, ["get", "update"]), resourceNames: [name] }];
}

/**
 * The RBAC rules that this folder needs: https://kubernetes.io/docs/reference/access-authn-authz/rbac/. The roles of
 * the chart are generated from them. A test compares them with the calls that the operator makes.
 */

import { EVENTS } from "./events.ts";
import { LEASES } from "./lease.ts";
import type { Resource } from "./object.ts";

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete";

export interface Rule {
  apiGroups: [string];
  /** "<plural>" or "<plural>/<subresource>" */
  resources: [string];
  verbs: readonly Verb[];
  /** Default: all objects. */
  resourceNames?: string[];
}

type Named = Pick<Resource, "group" | "plural">;

export function allow({ group, plural }: Named, verbs: readonly Verb[], subresource?: string): Rule {
  return { apiGroups: [group], resources: [[plural, subresource].filter(Boolean).join("/")], verbs };
}

/** For a store: reflector.ts. */
export function watched(resource: Named): Rule[] {
  return [allow(resource, ["list", "watch"])];
}

/** To write status, and to set a finalizer, which reads the object again after a conflict: status.ts, finalizers.ts. */
export function reconciled(resource: Named): Rule[] {
  return [allow(resource, ["get", "list", "watch", "patch"]), allow(resource, ["patch"], "status")];
}

/** To record events: events.ts. */
export function recorded(): Rule[] {
  return [allow(EVENTS, ["create", "patch"])];
}

/** To hold one lease: lease.ts. RBAC cannot restrict create by name. */
export function leased(name: string): Rule[] {
  return [allow(LEASES, ["create"]), { ...allow(LEASES, ["get", "update"]), resourceNames: [name] }];
}

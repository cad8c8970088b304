import type { Owner, RoleOwner } from "../../api/ownership.ts";
import type { BucketAccess } from "../../api/types.ts";
import { hexHash } from "../../reconcile/fingerprint.ts";
import { roleOwnersOf } from "../workload/contributors.ts";
import { roleNameOf } from "../workload/role/name.ts";

/** Names of the roles that the operator manages for the access: not of shared and existing ones. */
export function roleNamesOf(cluster: string, access: BucketAccess, rolePrefix?: string): string[] {
  const { type, arn } = access.spec.role ?? {};
  if (type === "Shared" || arn !== undefined) return [];
  return roleOwnersOf(cluster, access).map((owner) => roleNameOf(rolePrefix, owner));
}

/**
 * The hash at the end of a role's name: of its owner, whatever the `iam.rolePrefix`, which may change. Undefined: not a
 * name that the operator makes.
 */
export function hashInName(roleName: string): string | undefined {
  return /-([0-9a-f]{12})$/.exec(roleName)?.[1];
}

/** The hash in the name of a role of one BucketAccess for a ServiceAccount, as earlier versions made them. */
export function formerHashOf({ cluster, namespace, name }: Owner): string {
  return hexHash(JSON.stringify([cluster, namespace, name]), 12);
}

export function roleHashOf(owner: RoleOwner): string {
  return hashInName(roleNameOf(undefined, owner)) ?? "";
}

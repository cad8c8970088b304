import type { Owner } from "../../api/ownership.ts";
import type { BucketAccess } from "../../api/types.ts";
import { hexHash } from "../../reconcile/fingerprint.ts";
import { roleNameOf } from "../workload/role/name.ts";

/** The owner of a role or an association: a ServiceAccount, or the one BucketAccess of web identities. */
export interface RoleOwner extends Owner {
  kind: "ServiceAccount" | "BucketAccess";
}

/** Names of the roles that the operator manages for the access. */
export function roleNamesOf(cluster: string, { metadata, spec }: BucketAccess, rolePrefix?: string): string[] {
  const { namespace = "", name } = metadata;
  const hasRole = spec.serviceAccountRefs !== undefined && spec.role?.type !== "Shared" && spec.role?.arn === undefined;
  return hasRole ? [roleNameOf(rolePrefix, { cluster, namespace, name })] : [];
}

/** The key of the owner's role, see expected.ts. */
export function keyOfOwner({ cluster, namespace, kind, name }: RoleOwner): string {
  return hexHash(JSON.stringify([cluster, namespace, kind, name]), 12);
}

/** The key of a role of one BucketAccess for a ServiceAccount, as earlier versions made them. */
export function formerKeyOf({ cluster, namespace, name }: Owner): string {
  return hexHash(JSON.stringify([cluster, namespace, name]), 12);
}

/** The name of the inline policy that a BucketAccess has in each of its roles. */
export function policyNameOf({ cluster, namespace, name }: Owner): string {
  return `${policyPrefixOf(cluster)}${hexHash(JSON.stringify([cluster, namespace, name]), 12)}`;
}

/** The names of all inline policies of the cluster's BucketAccesses begin with it. */
export function policyPrefixOf(cluster: string): string {
  return `s3-operator-${hexHash(cluster, 8)}-`;
}

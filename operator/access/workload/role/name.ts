import type { Owner, RoleOwner } from "../../../api/ownership.ts";
import { hexHash } from "../../../reconcile/fingerprint.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_LENGTH = 64;

/** With 8 digits a tenant could find, within minutes, a name that collides with the role of another tenant. */
const HASH_DIGITS = 12;
/** A cluster's name is not a tenant's choice. */
const CLUSTER_DIGITS = 8;

/** Default of the AWSAccount's `iam.rolePath`. */
export const DEFAULT_ROLE_PATH = "/s3-operator/";

/**
 * The name of a role: prefix, cluster, namespace, name and a hash of the owner, cut to 64 characters. Kubernetes names
 * are lower case, so IAM's case-insensitive names do not collide.
 * @param rolePrefix `iam.rolePrefix` of the AWSAccount
 */
export function roleNameOf(rolePrefix: string | undefined, owner: RoleOwner): string {
  const { cluster, namespace, name } = owner;
  const end = hashEnd(owner);
  const full = `${rolePrefix ?? ""}${cluster}-${namespace}-${name}`;
  return `${full.slice(0, MAX_LENGTH - end.length).replace(/[.-]+$/, "")}${end}`;
}

/** Whether the owner's role could have that name, with another `iam.rolePrefix` than now. */
export function mayBeRoleOf(owner: RoleOwner, roleName: string): boolean {
  return /^[\w+=,.@-]{1,64}$/.test(roleName) && roleName.endsWith(hashEnd(owner));
}

function hashEnd({ cluster, namespace, kind, name }: RoleOwner): string {
  return `-${hexHash(JSON.stringify([cluster, namespace, kind, name]), HASH_DIGITS)}`;
}

/** The name of the inline policy that a BucketAccess has in each of its roles. */
export function policyNameOf({ cluster, namespace, name }: Owner): string {
  const access = hexHash(JSON.stringify([cluster, namespace, name]), HASH_DIGITS);
  return `${policyPrefixOf(cluster)}${access}`;
}

/** The names of all inline policies of the cluster's BucketAccesses begin with it. */
export function policyPrefixOf(cluster: string): string {
  return `s3-operator-${hexHash(cluster, CLUSTER_DIGITS)}-`;
}

/** Path of a new role, from `iam.rolePath` of the AWSAccount. An existing role keeps its path. */
export function rolePathOf(rolePath: string | undefined): string {
  return rolePath ?? DEFAULT_ROLE_PATH;
}

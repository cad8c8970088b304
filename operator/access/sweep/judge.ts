import type { Role } from "@aws-sdk/client-iam";
import { isPaused } from "../../api/annotations.ts";
import type { RoleOwner } from "../../api/ownership.ts";
import type { BucketAccess } from "../../api/types.ts";
import { policyPrefixOf } from "../workload/role/name.ts";
import type { Expected } from "./expected.ts";
import { formerHashOf, hashInName, roleHashOf } from "./names.ts";
import type { SweepScope } from "./scope.ts";
import { mentionsCluster, trustOf, type Trust } from "./trust.ts";

/** A role that looks like the operator's. Its tags decide, which lists do not have. */
export interface ManagedRole {
  id: string;
  name: string;
  arn: string;
  /** The hash in its name. */
  key: string;
  trust: Exclude<Trust, "Others">;
}

/** Roles with a path and a name that the operator gives, which trust this cluster, or tokens only. Pure. */
export function managedRoles(roles: readonly Role[], scope: SweepScope): ManagedRole[] {
  return roles.flatMap((role) => managedRole(role, scope) ?? []);
}

function managedRole(
  { RoleId: id = "", RoleName: name = "", Path = "", Arn: arn = "", AssumeRolePolicyDocument }: Role,
  scope: SweepScope,
): ManagedRole | undefined {
  const key = hashInName(name);
  if (key === undefined || !scope.managedPaths.includes(Path)) return undefined;
  const trust = trustOf(AssumeRolePolicyDocument, scope);
  return trust === "Others" ? undefined : { id, name, arn, key, trust };
}

export interface SurplusRole extends ManagedRole {
  /** BucketAccesses ask for it, but another role of the same key is at the place of new ones. */
  isReplaced: boolean;
}

/** Roles that no BucketAccess asks for, and those of a former `iam.rolePath` or `iam.rolePrefix`. Pure. */
export function surplusRoles(managed: readonly ManagedRole[], { roles }: Pick<Expected, "roles">): SurplusRole[] {
  const current = new Set(managed.filter(({ arn, key }) => roles.get(key)?.arns.has(arn)).map(({ key }) => key));
  return managed.flatMap((role) => {
    const expected = roles.get(role.key);
    if (expected === undefined) return { ...role, isReplaced: false };
    return current.has(role.key) && !expected.arns.has(role.arn) ? { ...role, isReplaced: true } : [];
  });
}

/** Roles that the operator manages and whose contributors are all paused: no reconcile looks at them. Pure. */
export function unattendedRoles(managed: readonly ManagedRole[], { roles }: Pick<Expected, "roles">): ManagedRole[] {
  return managed.filter(({ key }) => roles.get(key)?.contributors.every((access) => isPaused(access)));
}

/** Existing roles, of other owners, that may have a policy of a BucketAccess. Pure. */
export function existingRoles(roles: readonly Role[], scope: SweepScope): Role[] {
  return roles.filter(
    (role) =>
      scope.mayHavePolicyOfOurs(role.Arn ?? "") &&
      managedRole(role, scope) === undefined &&
      mentionsCluster(role.AssumeRolePolicyDocument, scope),
  );
}

/** Managed policies of a role that none of these accesses names. Pure. */
export function surplusAttached(found: readonly string[], accesses: readonly BucketAccess[]): string[] {
  const named = new Set(accesses.flatMap(({ spec }) => spec.role?.policyArns ?? []));
  return found.filter((arn) => !named.has(arn));
}

/** The inline policies of the cluster's BucketAccesses that none of these accesses owns. Pure. */
export function surplusPolicies(cluster: string, found: readonly string[], ownedNames: ReadonlySet<string>): string[] {
  const prefix = policyPrefixOf(cluster);
  return found.filter((name) => name.startsWith(prefix) && !ownedNames.has(name));
}

/**
 * Whether the operator made this role for that owner: tags can be copied, the name's hash cannot. Only a role for web
 * identities may trust other tokens than this cluster's. Pure.
 */
export function wasMadeFor({ key, trust }: Pick<ManagedRole, "key" | "trust">, owner: RoleOwner): boolean {
  if (key === roleHashOf(owner)) return owner.kind === "BucketAccess" || trust === "Cluster";
  return owner.kind === "BucketAccess" && trust === "Cluster" && key === formerHashOf(owner);
}

/** Creates roles, and trust policies for roles that tests add. */

import type { Role, RoleOptions, World } from "../state.ts";

const HOUR_SECONDS = 3600;

type Given = Pick<Role, "name" | "path" | "assumeRolePolicy"> & { partition: string; accountId: string };

/** A role without permissions, with a new unique ID. */
export function newRole(world: World, { name, path, assumeRolePolicy, partition, accountId }: Given): Role {
  return {
    arn: `arn:${partition}:iam::${accountId}:role${path}${name}`,
    name,
    path,
    uniqueId: `AROA${String(world.next()).padStart(17, "0")}`,
    description: undefined,
    createdAt: world.now(),
    maxSessionSeconds: HOUR_SECONDS,
    assumeRolePolicy,
    inlinePolicies: new Map(),
    attachedPolicies: new Set(),
    permissionsBoundary: undefined,
    tags: new Map(),
    unknownFor: 0,
  };
}

/** Trusts the identities of these accounts, with this external ID if there is one. */
export function trustOfAccounts(accountIds: string[], externalId: RoleOptions["externalId"]): string {
  const statement = {
    Effect: "Allow",
    Principal: { AWS: accountIds.map((id) => `arn:aws:iam::${id}:root`) },
    Action: "sts:AssumeRole",
    ...(externalId !== undefined && { Condition: { StringEquals: { "sts:ExternalId": externalId } } }),
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

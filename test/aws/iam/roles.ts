/**
 * CreateRole, GetRole, UpdateRole, DeleteRole and ListRoles.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */

import { AwsError } from "../errors.ts";
import type { QueryAction, QueryContext } from "../query.ts";
import type { Role } from "../state.ts";
import { attachablePolicy } from "./attached-policies.ts";
import { alreadyExists, limitExceeded } from "./errors.ts";
import { partitionOf } from "./global-region.ts";
import { newRole } from "./new-role.ts";
import { PAGE_PARAMETERS, pageElements } from "./page.ts";
import {
  callerAccount,
  nameParameter,
  numberParameter,
  pathParameter,
  roleParameter,
  roleResource,
  textParameter,
} from "./parameters.ts";
import { roleElement } from "./role-element.ts";
import { tagsParameter } from "./tags.ts";
import { storedTrustPolicy } from "./trust-policy.ts";

const ROLE_PATH = /^\/([\x21-\x7E]+\/)?$/;
const PATH_PREFIX = /^\/[\x21-\x7E]*$/;
const SESSION_SECONDS: [number, number] = [3600, 43_200];

export const roleActions: QueryAction[] = [
  {
    operation: "CreateRole",
    write: true,
    parameters: [
      "RoleName",
      "Path",
      "AssumeRolePolicyDocument",
      "Description",
      "MaxSessionDuration",
      "PermissionsBoundary",
      "Tags",
    ],
    furtherActions: (parameters) => (parameters.has("Tags.member.1.Key") ? ["iam:TagRole"] : []),
    resource: roleResource,
    handle: (parameters, context) => [roleElement("Role", createRole(parameters, context), context.world, true)],
  },
  {
    operation: "GetRole",
    write: false,
    parameters: ["RoleName"],
    resource: roleResource,
    handle: (parameters, context) => [roleElement("Role", roleParameter(parameters, context), context.world, true)],
  },
  {
    operation: "UpdateRole",
    write: true,
    parameters: ["RoleName", "Description", "MaxSessionDuration"],
    resource: roleResource,
    handle: (parameters, context) => {
      const role = roleParameter(parameters, context);
      Object.assign(role, changeable(parameters));
      return [];
    },
  },
  {
    operation: "DeleteRole",
    write: true,
    parameters: ["RoleName"],
    resource: roleResource,
    handle: (parameters, context) => {
      const role = roleParameter(parameters, context);
      refuseInUse(role);
      callerAccount(context).roles.delete(role.arn);
      return undefined;
    },
  },
  {
    operation: "ListRoles",
    write: false,
    parameters: ["PathPrefix", ...PAGE_PARAMETERS],
    resource: (_, { caller }) => `arn:aws:iam::${caller.accountId}:role/`,
    handle: (parameters, context) => {
      const prefix = pathParameter(parameters, "PathPrefix", PATH_PREFIX);
      const roles = [...callerAccount(context).roles.values()].filter(({ path }) => path.startsWith(prefix));
      return pageElements(
        "Roles",
        parameters,
        roles,
        ({ name }) => name,
        (role) => roleElement("member", role, context.world, false),
      );
    },
  },
];

function createRole(parameters: URLSearchParams, context: QueryContext): Role {
  const account = callerAccount(context);
  const name = nameParameter(parameters, "RoleName", 64);
  const given = {
    name,
    path: pathParameter(parameters, "Path", ROLE_PATH),
    partition: partitionOf(context.region),
    accountId: account.id,
  };
  const described = changeable(parameters);
  const tags = tagsParameter(parameters, new Map());
  const permissionsBoundary = boundary(parameters, context);
  const roles = [...account.roles.values()];
  if (roles.some((role) => role.name.toLowerCase() === name.toLowerCase())) {
    throw alreadyExists(`Role with name ${name} already exists.`);
  }
  if (roles.length >= account.iamQuotas.roles) {
    throw limitExceeded(`Cannot exceed quota for RolesPerAccount: ${account.iamQuotas.roles}`);
  }
  const assumeRolePolicy = storedTrustPolicy(parameters.get("AssumeRolePolicyDocument") ?? "", context);
  const role = newRole(context.world, { ...given, assumeRolePolicy });
  Object.assign(role, described, { tags, permissionsBoundary, unknownFor: account.newRolesUnknownFor });
  account.roles.set(role.arn, role);
  return role;
}

/** Fields that UpdateRole can change as well. Absent parameters change nothing. */
function changeable(parameters: URLSearchParams): Partial<Role> {
  const description = textParameter(parameters, "Description", 1000);
  const maxSessionSeconds = numberParameter(parameters, "MaxSessionDuration", SESSION_SECONDS);
  return {
    ...(description !== undefined && { description }),
    ...(maxSessionSeconds !== undefined && { maxSessionSeconds }),
  };
}

function boundary(parameters: URLSearchParams, context: QueryContext): string | undefined {
  const arn = parameters.get("PermissionsBoundary");
  return arn === null ? undefined : attachablePolicy(arn, context, "Scope ARN:");
}

/** Throws DeleteConflict while the role has policies. A permissions boundary may stay. */
function refuseInUse({ inlinePolicies, attachedPolicies }: Role): void {
  const first = attachedPolicies.size > 0 ? "detach all policies first." : "delete policies first.";
  if (inlinePolicies.size + attachedPolicies.size === 0) return;
  throw new AwsError(409, "DeleteConflict", `Cannot delete entity, must ${first}`);
}

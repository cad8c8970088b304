/**
 * Managed policies of roles: attached policies and permissions boundaries.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html
 */

import type { QueryAction, QueryContext } from "../query.ts";
import { element } from "../xml.ts";
import { limitExceeded, noSuchEntity } from "./errors.ts";
import { findManagedPolicy, policyName } from "./managed-policies.ts";
import { PAGE_PARAMETERS, pageElements } from "./page.ts";
import { callerAccount, roleParameter, roleResource } from "./parameters.ts";

export const attachedPolicyActions: QueryAction[] = [
  {
    operation: "AttachRolePolicy",
    write: true,
    parameters: ["RoleName", "PolicyArn"],
    resource: roleResource,
    handle: (parameters, context) => {
      const role = roleParameter(parameters, context);
      const arn = attachablePolicy(parameters.get("PolicyArn") ?? "", context, "Policy");
      const { attachedPoliciesPerRole: most } = callerAccount(context).iamQuotas;
      if (!role.attachedPolicies.has(arn) && role.attachedPolicies.size >= most) {
        throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${most}`);
      }
      role.attachedPolicies.add(arn);
      return undefined;
    },
  },
  {
    operation: "DetachRolePolicy",
    write: true,
    parameters: ["RoleName", "PolicyArn"],
    resource: roleResource,
    handle: (parameters, context) => {
      const arn = parameters.get("PolicyArn") ?? "";
      if (roleParameter(parameters, context).attachedPolicies.delete(arn)) return undefined;
      throw noSuchEntity(`Policy ${arn} was not found.`);
    },
  },
  {
    operation: "ListAttachedRolePolicies",
    write: false,
    parameters: ["RoleName", ...PAGE_PARAMETERS],
    resource: roleResource,
    handle: (parameters, context) => {
      const arns = [...roleParameter(parameters, context).attachedPolicies];
      return pageElements("AttachedPolicies", parameters, arns, policyName, (arn) =>
        element("member", [element("PolicyName", policyName(arn)), element("PolicyArn", arn)]),
      );
    },
  },
  {
    operation: "PutRolePermissionsBoundary",
    write: true,
    parameters: ["RoleName", "PermissionsBoundary"],
    resource: roleResource,
    handle: (parameters, context) => {
      const role = roleParameter(parameters, context);
      role.permissionsBoundary = attachablePolicy(parameters.get("PermissionsBoundary") ?? "", context, "Scope ARN:");
      return undefined;
    },
  },
  {
    operation: "DeleteRolePermissionsBoundary",
    write: true,
    parameters: ["RoleName"],
    resource: roleResource,
    handle: (parameters, context) => {
      const role = roleParameter(parameters, context);
      if (role.permissionsBoundary === undefined) {
        throw noSuchEntity(`The role with name ${role.name} does not have a permission boundary attached.`);
      }
      role.permissionsBoundary = undefined;
      return undefined;
    },
  },
];

/** The ARN if the policy exists. Throws NoSuchEntity, with `called` before the ARN in the message. */
export function attachablePolicy(arn: string, context: QueryContext, called: string): string {
  if (findManagedPolicy(callerAccount(context), arn) !== undefined) return arn;
  throw noSuchEntity(`${called} ${arn} does not exist or is not attachable.`);
}

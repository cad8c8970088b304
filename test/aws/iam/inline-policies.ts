/** Inline policies: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */

import type { QueryAction, QueryContext } from "../query.ts";
import type { Role } from "../state.ts";
import { element } from "../xml.ts";
import { limitExceeded, noSuchEntity } from "./errors.ts";
import { checkIdentityPolicy, sizeOf } from "./identity-policy.ts";
import { PAGE_PARAMETERS, pageElements } from "./page.ts";
import { nameParameter, roleParameter, roleResource } from "./parameters.ts";
import { encodedDocument } from "./role-element.ts";

/** Characters of all inline policies of a role, without white space: FACTS.md#iam-roles. */
const MAX_SIZE = 10_240;

export const inlinePolicyActions: QueryAction[] = [
  {
    operation: "PutRolePolicy",
    write: true,
    parameters: ["RoleName", "PolicyName", "PolicyDocument"],
    resource: roleResource,
    handle: (parameters, context) => {
      const name = nameParameter(parameters, "PolicyName", 128);
      const role = roleParameter(parameters, context);
      const document = parameters.get("PolicyDocument") ?? "";
      checkIdentityPolicy(document);
      const policies = new Map(role.inlinePolicies).set(name, document);
      const size = [...policies.values()].reduce((sum, policy) => sum + sizeOf(policy), 0);
      if (size > MAX_SIZE)
        throw limitExceeded(`Maximum policy size of ${MAX_SIZE} bytes exceeded for role ${role.name}`);
      role.inlinePolicies = policies;
      return undefined;
    },
  },
  {
    operation: "GetRolePolicy",
    write: false,
    parameters: ["RoleName", "PolicyName"],
    resource: roleResource,
    handle: (parameters, context) => {
      const { role, name, document } = existing(parameters, context);
      return [
        element("RoleName", role.name),
        element("PolicyName", name),
        element("PolicyDocument", encodedDocument(document)),
      ];
    },
  },
  {
    operation: "DeleteRolePolicy",
    write: true,
    parameters: ["RoleName", "PolicyName"],
    resource: roleResource,
    handle: (parameters, context) => {
      const { role, name } = existing(parameters, context);
      role.inlinePolicies.delete(name);
      return undefined;
    },
  },
  {
    operation: "ListRolePolicies",
    write: false,
    parameters: ["RoleName", ...PAGE_PARAMETERS],
    resource: roleResource,
    handle: (parameters, context) => {
      const names = [...roleParameter(parameters, context).inlinePolicies.keys()];
      return pageElements(
        "PolicyNames",
        parameters,
        names,
        (name) => name,
        (name) => element("member", name),
      );
    },
  },
];

function existing(parameters: URLSearchParams, context: QueryContext): { role: Role; name: string; document: string } {
  const name = nameParameter(parameters, "PolicyName", 128);
  const role = roleParameter(parameters, context);
  const document = role.inlinePolicies.get(name);
  if (document === undefined) throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
  return { role, name, document };
}

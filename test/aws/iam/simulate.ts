/**
 * SimulatePrincipalPolicy for roles. Evaluates only the policies of the role and of the request, not bucket or key
 * policies.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */

import type { Json } from "../policy-json.ts";
import type { RequestContext } from "../policy/evaluate.ts";
import { rolePolicies } from "../policy/principal.ts";
import { listMembers, listParameter, type QueryAction, type QueryContext } from "../query.ts";
import type { Role } from "../state.ts";
import { element, type XmlElement } from "../xml.ts";
import { invalidInput, noSuchEntity } from "./errors.ts";
import { callerAccount } from "./parameters.ts";

export const simulatePrincipalPolicy: QueryAction = {
  operation: "SimulatePrincipalPolicy",
  write: false,
  parameters: ["PolicySourceArn", "ActionNames", "ResourceArns", "ContextEntries", "PolicyInputList"],
  resource: (parameters) => parameters.get("PolicySourceArn") ?? "*",
  handle: async (parameters, context) => {
    const actions = listParameter(parameters, "ActionNames");
    if (actions.length === 0) throw invalidInput("ActionNames is required");
    const named = listParameter(parameters, "ResourceArns");
    const resources = named.length === 0 ? ["*"] : named;
    const role = sourceRole(parameters, context);
    const asked = actions.flatMap((action) => resources.map((resource) => ({ action, resource })));
    const results = await Promise.all(asked.map((each) => evaluation(role, each, parameters, context)));
    return [element("EvaluationResults", results), element("IsTruncated", "false")];
  },
};

async function evaluation(
  role: Role,
  { action, resource }: { action: string; resource: string },
  parameters: URLSearchParams,
  context: QueryContext,
): Promise<XmlElement> {
  const { denialOf } = await import("../policy/evaluate.ts");
  const { identity, permissionsBoundary } = rolePolicies(callerAccount(context), role);
  const added = listParameter(parameters, "PolicyInputList").map((policy) => JSON.parse(policy) as Json);
  const accountId = context.caller.accountId;
  const question = { principal: role.arn, action, resource, resourceAccount: accountId, context: entries(parameters) };
  const policies = { identity: [...identity, ...added], permissionsBoundary, session: undefined, resource: undefined };
  const denial = await denialOf(question, policies);
  return element("member", [
    element("EvalActionName", action),
    element("EvalResourceName", resource),
    element("EvalDecision", decision(denial)),
    element("MatchedStatements"),
    element("MissingContextValues"),
  ]);
}

function decision(denial: string | undefined): string {
  if (denial === undefined) return "allowed";
  return denial.startsWith("with an explicit deny") ? "explicitDeny" : "implicitDeny";
}

function entries(parameters: URLSearchParams): RequestContext {
  const values = listMembers(parameters, "ContextEntries").map((entry): [string, string | string[]] => {
    const list = listParameter(entry, "ContextKeyValues");
    const isList = entry.get("ContextKeyType")?.endsWith("List") === true;
    return [entry.get("ContextKeyName") ?? "", isList ? list : (list[0] ?? "")];
  });
  return Object.fromEntries(values);
}

function sourceRole(parameters: URLSearchParams, context: QueryContext): Role {
  const arn = parameters.get("PolicySourceArn") ?? "";
  const role = callerAccount(context).roles.get(arn);
  if (role === undefined) throw noSuchEntity(`Invalid Entity Arn: ${arn} does not exist.`);
  return role;
}

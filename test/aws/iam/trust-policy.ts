/** Trust policies: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html */

import { AwsError } from "../errors.ts";
import { isObject, listOf, mapAwsPrincipals, type Json } from "../policy-json.ts";
import type { QueryAction, QueryContext } from "../query.ts";
import { storedAwsPrincipal } from "../s3/policy-principals.ts";
import { limitExceeded, malformedDocument } from "./errors.ts";
import { checkedStatements, sizeOf } from "./identity-policy.ts";
import { callerAccount, roleParameter, roleResource } from "./parameters.ts";

const STATEMENT_FIELDS = ["Sid", "Effect", "Principal", "Action", "NotAction", "Condition"];
const ACTIONS =
  /^sts:(\*|AssumeRole\*?|AssumeRoleWithSAML|AssumeRoleWithWebIdentity|TagSession|SetSourceIdentity|SetContext)$/i;
/** Valid principals of the types that are not stored by unique ID. */
const PRINCIPALS: Record<string, RegExp> = {
  Service: /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/,
  Federated: /^(arn:[a-z-]+:iam::\d{12}:(oidc-provider|saml-provider)\/.+|[a-z0-9.-]+\.[a-z]+)$/,
};

export const trustPolicyActions: QueryAction[] = [
  {
    operation: "UpdateAssumeRolePolicy",
    write: true,
    parameters: ["RoleName", "PolicyDocument"],
    resource: roleResource,
    handle: (parameters, context) => {
      const role = roleParameter(parameters, context);
      role.assumeRolePolicy = storedTrustPolicy(parameters.get("PolicyDocument") ?? "", context);
      return undefined;
    },
  },
];

/**
 * The trust policy in the form that IAM stores, with roles as unique IDs. Throws MalformedPolicyDocument, also for
 * principals that do not exist, and LimitExceeded.
 */
export function storedTrustPolicy(text: string, context: QueryContext): string {
  const statements = checkedStatements(text, STATEMENT_FIELDS);
  statements.forEach(checkStatement);
  const { trustPolicySize } = callerAccount(context).iamQuotas;
  if (sizeOf(text) > trustPolicySize) throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${trustPolicySize}`);
  return JSON.stringify(mapAwsPrincipals(JSON.parse(text) as Json, (id) => storedPrincipal(id, context)));
}

function checkStatement(statement: Json): void {
  const { Principal } = statement;
  if (!isObject(Principal) && Principal !== "*") throw malformedDocument("Missing required field Principal");
  const actions = listOf(statement["Action"] ?? statement["NotAction"]);
  if (!actions.every((action) => ACTIONS.test(String(action)))) {
    throw malformedDocument("AssumeRole policy may only specify STS AssumeRole actions.");
  }
  for (const [kind, ids] of Object.entries(isObject(Principal) ? Principal : {})) {
    if (kind === "AWS") continue;
    const wrong = listOf(ids).find((id) => PRINCIPALS[kind]?.test(String(id)) !== true);
    if (wrong !== undefined) throw invalidPrincipal(kind, wrong);
  }
}

function storedPrincipal(id: string, { world }: QueryContext): string {
  try {
    return storedAwsPrincipal(world, id);
  } catch (error) {
    throw error instanceof AwsError ? invalidPrincipal("AWS", id) : error;
  }
}

function invalidPrincipal(kind: string, id: unknown): AwsError {
  return malformedDocument(`Invalid principal in policy: "${kind.toUpperCase()}":"${String(id)}"`);
}

/**
 * Condition keys of IAM requests.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */

import type { RequestContext } from "../policy/evaluate.ts";
import { listMembers, listParameter, type QueryContext } from "../query.ts";
import { callerAccount, findRole } from "./parameters.ts";

/** Tags of the request and of the role, the role's new or present permissions boundary, and the policy to attach. */
export function iamContext(parameters: URLSearchParams, context: QueryContext): RequestContext {
  const role = findRole(callerAccount(context), parameters.get("RoleName") ?? "");
  const boundary = parameters.get("PermissionsBoundary") ?? role?.permissionsBoundary;
  const policyArn = parameters.get("PolicyArn");
  const tags = listMembers(parameters, "Tags").map((tag): [string, string] => [
    tag.get("Key") ?? "",
    tag.get("Value") ?? "",
  ]);
  const tagKeys = [...tags.map(([key]) => key), ...listParameter(parameters, "TagKeys")];
  const named = (prefix: string, pairs: Iterable<[string, string]>) =>
    [...pairs].map(([key, value]) => [`${prefix}/${key}`, value]);
  return {
    ...(boundary !== undefined && { "iam:PermissionsBoundary": boundary }),
    ...(policyArn !== null && { "iam:PolicyARN": policyArn }),
    ...(tagKeys.length > 0 && { "aws:TagKeys": tagKeys }),
    ...Object.fromEntries(named("aws:RequestTag", tags)),
    ...Object.fromEntries([
      ...named("aws:ResourceTag", role?.tags ?? []),
      ...named("iam:ResourceTag", role?.tags ?? []),
    ]),
  };
}

import { parseArn } from "../arn.ts";

/**
 * Patterns for `aws:PrincipalArn` in the operator's requests. For a session, the key has the ARN of the role with its
 * path, which `callerArn` lacks. Any path matches the same role, because role names are unique in an account.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
 */
export function principalArns(callerArn: string): string[] {
  const { partition, accountId, resource = "" } = parseArn(callerArn) ?? {};
  const role = /^assumed-role\/([^/]+)\//.exec(resource)?.[1];
  if (role === undefined) return [callerArn];
  const roles = `arn:${partition}:iam::${accountId}:role`;
  return [`${roles}/${role}`, `${roles}/*/${role}`];
}

import { parseArn } from "../arn.ts";

/**
 * What `aws:PrincipalArn` has for the operator's requests, as patterns. `callerArn` is what STS says of its credentials; for a session of
 * a role the key has the role's ARN, with a path that STS does not tell: role names are unique in an account, so any path will do.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
 */
export function principalArns(callerArn: string): string[] {
  const { partition, accountId, resource = "" } = parseArn(callerArn) ?? {};
  const role = /^assumed-role\/([^/]+)\//.exec(resource)?.[1];
  if (role === undefined) return [callerArn];
  const roles = `arn:${partition}:iam::${accountId}:role`;
  return [`${roles}/${role}`, `${roles}/*/${role}`];
}

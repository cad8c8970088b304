import { REASON } from "../../api/reasons.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";
import { isUniqueId, principalNames } from "../../aws/policy/external-access.ts";
import { SettingRefused } from "../failure.ts";
import { foreignStatements } from "./compose.ts";

/** The refusal, if AWS rejected the document because a statement of others names a deleted principal. */
export function danglingRefused(error: unknown, { Statement }: PolicyDocument): SettingRefused | undefined {
  const dangling = awsErrorKind(error) === "NotYetVisible" ? danglingStatement(Statement) : undefined;
  if (dangling === undefined) return undefined;
  const message =
    `Statement '${dangling.name}' of the policy, which is not this S3Bucket's, names a deleted user or role ('${dangling.principal}'), ` +
    "and AWS accepts no policy with it: have the statement removed or corrected, or set spec.policy.unmanagedStatements to Remove";
  return new SettingRefused(REASON.invalidPrincipal, message);
}

/**
 * The first statement of others that names a deleted principal by its unique id, which AWS shows but does not accept.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
function danglingStatement(statements: readonly Statement[]): { name: string; principal: string } | undefined {
  for (const { name, statement } of foreignStatements(statements)) {
    const principal = [...principalNames(statement), ...principalNames(exempted(statement))].find(isUniqueId);
    if (principal !== undefined) return { name, principal };
  }
  return undefined;
}

/** With the names of `NotPrincipal` as `Principal`. */
function exempted({ NotPrincipal, ...rest }: Statement): Statement {
  return NotPrincipal === undefined ? rest : { ...rest, Principal: NotPrincipal };
}

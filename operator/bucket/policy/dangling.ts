import { REASON } from "../../api/reasons.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import { SettingRefused } from "../failure.ts";
import { foreignStatements } from "./compose.ts";
import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";
import { isUniqueId, principalNames } from "../../aws/policy/external-access.ts";

/** Explains a refusal caused by a deleted principal in a statement of another writer. Undefined for other errors. */
export function danglingRefused(error: unknown, { Statement }: PolicyDocument): SettingRefused | undefined {
  const dangling = awsErrorKind(error) === "NotYetVisible" ? danglingStatement(Statement) : undefined;
  if (dangling === undefined) return undefined;
  const message =
    `Statement '${dangling.name}' of the bucket policy, which another tool wrote, names a deleted user or role ('${dangling.principal}'), ` +
    "and AWS accepts no policy with it: remove or correct the statement, or set spec.policy.unmanagedStatements to Remove";
  return new SettingRefused(REASON.invalidPrincipal, message);
}

/**
 * The first statement of another writer with a deleted principal, which AWS shows as an id and refuses in a policy:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
function danglingStatement(statements: readonly Statement[]): { name: string; principal: string } | undefined {
  for (const { name, statement } of foreignStatements(statements)) {
    const principal = [...principalNames(statement), ...principalNames(spared(statement))].find(isUniqueId);
    if (principal !== undefined) return { name, principal };
  }
  return undefined;
}

/** Moves `NotPrincipal` to `Principal`, to read its names alike. */
function spared({ NotPrincipal, ...rest }: Statement): Statement {
  return NotPrincipal === undefined ? rest : { ...rest, Principal: NotPrincipal };
}

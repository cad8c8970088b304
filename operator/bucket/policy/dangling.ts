import { REASON } from "../../api/reasons.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import { SettingRefused } from "../failure.ts";
import { foreignStatements } from "./compose.ts";
import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";
import { isUniqueId, principalNames } from "../../aws/policy/external-access.ts";

/** What it means that S3 refused the document with this error; undefined: it is about something else. */
export function danglingRefused(error: unknown, { Statement }: PolicyDocument): SettingRefused | undefined {
  const dangling = awsErrorKind(error) === "NotYetVisible" ? danglingStatement(Statement) : undefined;
  if (dangling === undefined) return undefined;
  const message =
    `Statement '${dangling.name}' of the bucket policy, which is not this S3Bucket's, names a user or role that was deleted ('${dangling.principal}'), ` +
    "and AWS takes no policy with it: have the statement removed or corrected, or set spec.policy.unmanagedStatements to Remove";
  return new SettingRefused(REASON.invalidPrincipal, message);
}

/**
 * The first statement of others that names a principal which is gone, by its unique id: AWS shows it, and takes no policy that holds it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
function danglingStatement(statements: readonly Statement[]): { name: string; principal: string } | undefined {
  for (const { name, statement } of foreignStatements(statements)) {
    const principal = [...principalNames(statement), ...principalNames(spared(statement))].find(isUniqueId);
    if (principal !== undefined) return { name, principal };
  }
  return undefined;
}

/** The same about whom `NotPrincipal` names. */
function spared({ NotPrincipal, ...rest }: Statement): Statement {
  return NotPrincipal === undefined ? rest : { ...rest, Principal: NotPrincipal };
}

import { POLICY_VERSION, type PolicyDocument, type Statement } from "../../aws/policy/document.ts";
import { SettingRefused } from "../failure.ts";
import { foreignStatements } from "./compose.ts";

/**
 * Whether the statements contain `${...}`, which is a variable only in documents of version 2012-10-17.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
 */
export function usesVariables(statements: readonly Statement[]): boolean {
  return JSON.stringify(statements).includes("${");
}

/**
 * The document in the version that our variables need.
 * @throws SettingRefused where that would change the meaning of a statement of others
 */
export function withVersionFor(ours: readonly Statement[], document: PolicyDocument): PolicyDocument {
  if (!usesVariables(ours) || document.Version === POLICY_VERSION) return document;
  const theirs = foreignStatements(document.Statement).filter(({ statement }) => usesVariables([statement]));
  if (theirs.length === 0) return { ...document, Version: POLICY_VERSION };
  const message =
    `The bucket policy has the version ${document.Version ?? "2008-10-17"}, in which '\${...}' is not a variable, and statement '${theirs[0]?.name}', ` +
    `which is not this S3Bucket's, would change its meaning in ${POLICY_VERSION}: have one of the two changed, or set spec.policy.unmanagedStatements to Remove`;
  throw new SettingRefused("PolicyVersionConflict", message);
}

import { SettingRefused } from "../failure.ts";
import { foreignStatements } from "./compose.ts";
import { POLICY_VERSION, type PolicyDocument, type Statement } from "../../aws/policy/document.ts";

/**
 * Whether `${...}` in it is meant as a variable, which AWS replaces only in documents of version 2012-10-17.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
 */
export function usesVariables(statements: readonly Statement[]): boolean {
  return JSON.stringify(statements).includes("${");
}

/** The document in the version in which our variables are variables; throws a SettingRefused where a statement of others would then mean something else. */
export function withVersionFor(ours: readonly Statement[], document: PolicyDocument): PolicyDocument {
  if (!usesVariables(ours) || document.Version === POLICY_VERSION) return document;
  const theirs = foreignStatements(document.Statement).filter(({ statement }) => usesVariables([statement]));
  if (theirs.length === 0) return { ...document, Version: POLICY_VERSION };
  const message =
    `The bucket policy has the version ${document.Version ?? "2008-10-17"}, in which '\${...}' is no variable, and statement '${theirs[0]?.name}', ` +
    `which is not this S3Bucket's, would mean something else in ${POLICY_VERSION}: have one of the two changed, or set spec.policy.unmanagedStatements to Remove`;
  throw new SettingRefused("PolicyVersionConflict", message);
}

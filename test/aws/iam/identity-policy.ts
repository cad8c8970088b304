/**
 * Validates identity-based policies.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

import { isObject, listOf, parseJsonObject, statementsOf, type Json } from "../policy-json.ts";
import { CONDITION_OPERATOR } from "../s3/policy-document.ts";
import { malformedDocument } from "./errors.ts";

const VERSIONS = new Set<unknown>(["2012-10-17", "2008-10-17", undefined]);
/** Tab, line ends, and U+0020 to U+00FF. */
const CHARACTERS = /^[\t\n\r\x20-\xFF]*$/;
const ACTION = /^(\*|[a-z0-9-]+:[\w*?]+)$/i;
const STATEMENT_FIELDS = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/** Throws MalformedPolicyDocument. */
export function checkIdentityPolicy(text: string): void {
  for (const statement of checkedStatements(text, STATEMENT_FIELDS)) {
    const resources = listOf(statement["Resource"] ?? statement["NotResource"]);
    if (resources.length === 0 || resources.includes(undefined))
      throw malformedDocument("Policy statement must contain resources.");
    resources.forEach(checkResource);
  }
}

/** Statements of the document, after the checks that all IAM documents share. Throws MalformedPolicyDocument. */
export function checkedStatements(text: string, fields: string[]): Json[] {
  if (!CHARACTERS.test(text))
    throw malformedDocument(
      "The specified value for policyDocument is invalid. It must contain only printable ASCII characters.",
    );
  const document = parseJsonObject(text);
  if (document === undefined) throw malformedDocument("This policy contains invalid Json");
  refuseUnknown(document, ["Version", "Id", "Statement"]);
  if (!VERSIONS.has(document["Version"])) {
    throw malformedDocument("The policy must contain a valid version string");
  }
  const statements = statementsOf(document);
  if (statements.length === 0 || statements.length < listOf(document["Statement"]).length) {
    throw malformedDocument("Syntax errors in policy.");
  }
  statements.forEach((statement) => checkStatement(statement, fields));
  const sids = statements.flatMap(({ Sid }) => Sid ?? []);
  if (new Set(sids).size < sids.length)
    throw malformedDocument("Statement IDs (SID) in a single policy must be unique.");
  return statements;
}

/** Number of characters without white space, as IAM counts. */
export function sizeOf(document: string): number {
  return document.replaceAll(/\s/g, "").length;
}

function checkStatement(statement: Json, fields: string[]): void {
  refuseUnknown(statement, fields);
  const { Sid, Effect, Condition } = statement;
  if (Sid !== undefined && (typeof Sid !== "string" || !/^[0-9A-Za-z]*$/.test(Sid))) {
    throw malformedDocument(
      "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    );
  }
  if (Effect !== "Allow" && Effect !== "Deny") throw malformedDocument("Syntax errors in policy.");
  const actions = listOf(statement["Action"] ?? statement["NotAction"]);
  if (actions.length === 0 || actions.includes(undefined))
    throw malformedDocument("Policy statement must contain actions.");
  if (!actions.every((action) => typeof action === "string" && ACTION.test(action))) {
    throw malformedDocument("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  if (Condition !== undefined) checkCondition(Condition);
}

function checkResource(resource: unknown): void {
  if (resource === "*" || (typeof resource === "string" && /^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/.test(resource))) return;
  throw malformedDocument(`Resource ${String(resource)} must be in ARN format or "*".`);
}

function checkCondition(condition: unknown): void {
  if (!isObject(condition)) throw malformedDocument("Syntax errors in policy.");
  for (const [operator, tests] of Object.entries(condition)) {
    if (!CONDITION_OPERATOR.test(operator)) throw malformedDocument(`Invalid Condition type : ${operator}.`);
    if (!isObject(tests)) throw malformedDocument("Syntax errors in policy.");
    if (!Object.keys(tests).every((key) => key.includes(":"))) {
      throw malformedDocument("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    }
  }
}

function refuseUnknown(given: Json, known: string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw malformedDocument(`Has prohibited field ${unknown}`);
}

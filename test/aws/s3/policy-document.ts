/**
 * Parses and validates bucket policies: FACTS.md#s3-bucket-policies.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

import { checkActionsApply } from "./policy-actions.ts";
import { malformedPolicy } from "./route.ts";

/** A statement with lists in all places where the grammar allows a single value. */
export interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Principal?: Principal;
  NotPrincipal?: Principal;
  Action?: string[];
  NotAction?: string[];
  Resource?: string[];
  NotResource?: string[];
  Condition?: Record<string, Record<string, string[]>>;
}

export type Principal = "*" | Record<string, string[]>;

export interface PolicyDocument {
  Version?: string;
  Id?: string;
  Statement: Statement[];
}

type Json = Record<string, unknown>;

/** 20 KB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html */
const MAX_BYTES = 20_480;
const DOCUMENT_FIELDS = ["Version", "Id", "Statement"];
const STATEMENT_FIELDS = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];
export const CONDITION_OPERATOR =
  /^(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals|Like|EqualsIgnoreCase)|Numeric(Not)?Equals|Numeric(LessThan|GreaterThan)(Equals)?|Date(Not)?Equals|Date(LessThan|GreaterThan)(Equals)?|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?$|^Null$/i;
const CONDITION_KEY = /^(aws|s3|kms|sts|saml|[\w.-]+\.[\w./-]+):[\w/:.-]+$/i;

/** Parses the policy, with single values as lists and condition values as strings. Throws MalformedPolicy. */
export function parsePolicy(text: string, bucketName: string): PolicyDocument {
  if (Buffer.byteLength(text) > MAX_BYTES) throw malformedPolicy("Policy exceeds the maximum allowed document size.");
  const document = asObject(parseJson(text), "Policies must be valid JSON and the first byte must be '{'");
  refuseUnknown(document, DOCUMENT_FIELDS);
  if (!["2012-10-17", "2008-10-17", undefined].includes(document["Version"] as string | undefined)) {
    throw malformedPolicy("The policy must contain a valid version string");
  }
  if (document["Statement"] === undefined) throw malformedPolicy("Missing required field Statement");
  const statements = listOf(document["Statement"]).map((each) => parseStatement(each, bucketName));
  if (statements.length === 0) throw malformedPolicy("Could not parse the policy: Statement is empty!");
  const sids = statements.flatMap(({ Sid }) => Sid ?? []);
  if (new Set(sids).size < sids.length) throw malformedPolicy("Statement IDs (SID) in a single policy must be unique.");
  return { ...document, Statement: statements };
}

function parseStatement(value: unknown, bucketName: string): Statement {
  const given = asObject(value, "Invalid policy syntax.");
  refuseUnknown(given, STATEMENT_FIELDS);
  if (given["Effect"] === undefined) throw malformedPolicy("Missing required field Effect");
  if (given["Effect"] !== "Allow" && given["Effect"] !== "Deny") {
    throw malformedPolicy(`Invalid effect: ${JSON.stringify(given["Effect"])}`);
  }
  const [principalField, actionField, resourceField] = ["Principal", "Action", "Resource"].map((name) =>
    oneOf(given, name, `Not${name}`),
  ) as [string, string, string];
  const actions = strings(given[actionField], "Policy has invalid action");
  const resources = strings(given[resourceField], "Policy has invalid resource");
  resources.forEach((resource) => checkResource(resource, bucketName));
  checkActionsApply(actions, resources);
  return {
    ...(given["Sid"] !== undefined && { Sid: string(given["Sid"], "Invalid policy syntax.") }),
    Effect: given["Effect"],
    [principalField]: parsePrincipal(given[principalField]),
    [actionField]: actions,
    [resourceField]: resources,
    ...(given["Condition"] !== undefined && { Condition: parseCondition(given["Condition"]) }),
  };
}

function parsePrincipal(value: unknown): Principal {
  if (value === "*") return "*";
  const given = asObject(value, "Invalid principal in policy");
  const entries = Object.entries(given).map(([kind, ids]) => [kind, strings(ids, "Invalid principal in policy")]);
  return Object.fromEntries(entries) as Principal;
}

/** Allows only the bucket itself and its objects. */
function checkResource(resource: string, bucketName: string): void {
  const arn = `arn:aws:s3:::${bucketName}`;
  if (resource !== arn && !resource.startsWith(`${arn}/`)) throw malformedPolicy("Policy has invalid resource");
}

function parseCondition(value: unknown): NonNullable<Statement["Condition"]> {
  const operators = Object.entries(asObject(value, "Invalid policy syntax.")).map(([operator, tests]) => {
    if (!CONDITION_OPERATOR.test(operator)) throw malformedPolicy(`Invalid Condition type : ${operator}`);
    const keys = Object.entries(asObject(tests, "Invalid policy syntax.")).map(([key, wanted]) => {
      if (!CONDITION_KEY.test(key)) throw malformedPolicy("Policy has an invalid condition key");
      return [key, listOf(wanted).map(scalar)];
    });
    return [operator, Object.fromEntries(keys)];
  });
  return Object.fromEntries(operators) as NonNullable<Statement["Condition"]>;
}

/** The name of the one field that is present. Throws if both or none are. */
function oneOf(given: Json, name: string, negated: string): string {
  if (given[name] !== undefined && given[negated] !== undefined) throw malformedPolicy("Invalid policy syntax.");
  if (given[name] === undefined && given[negated] === undefined)
    throw malformedPolicy(`Missing required field ${name}`);
  return given[name] === undefined ? negated : name;
}

/** S3 stores booleans and numbers in conditions as strings. */
function scalar(value: unknown): string {
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "number") return String(value);
  throw malformedPolicy("Invalid policy syntax.");
}

function string(value: unknown, message: string): string {
  if (typeof value !== "string") throw malformedPolicy(message);
  return value;
}

function strings(value: unknown, message: string): string[] {
  const list = listOf(value);
  if (list.length === 0 || !list.every((item) => typeof item === "string")) throw malformedPolicy(message);
  return list;
}

function refuseUnknown(given: Json, known: string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw malformedPolicy(`Unknown field ${unknown}`);
}

function parseJson(text: string): unknown {
  try {
    return text.startsWith("{") ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined;
  }
}

function asObject(value: unknown, message: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformedPolicy(message);
  return value as Json;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/**
 * Bucket policies as JSON, as lenient as AWS is when it hands them back.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

export type OneOrMany = string | string[];
export type Principal = "*" | Record<string, OneOrMany>;
/** By operator and key. */
export type Condition = Record<string, Record<string, unknown>>;

/** Elements that are newer than this type survive, since statements of others are passed on as they came. */
export interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Principal?: Principal;
  NotPrincipal?: Principal;
  Action?: OneOrMany;
  NotAction?: OneOrMany;
  Resource?: OneOrMany;
  NotResource?: OneOrMany;
  Condition?: Condition;
}

export interface PolicyDocument {
  Version?: string;
  Id?: string;
  Statement: Statement[];
}

/** Bytes that S3 takes at the most: https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html */
export const MAX_POLICY_BYTES = 20_480;

export function policyBytes(document: PolicyDocument): number {
  return document.Statement.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(document));
}

/** The one in which policies are written today. The other is 2008-10-17, which is also meant where there is none. */
export const POLICY_VERSION = "2012-10-17";

/**
 * No policy is a document without statements; a single statement may come without its list. Throws a SyntaxError for an
 * empty text, as which AWS never answers.
 */
export function parsePolicy(text: string | undefined): PolicyDocument {
  if (text === undefined) return { Version: POLICY_VERSION, Statement: [] };
  const document = JSON.parse(text) as { Statement?: Statement | Statement[] } & Omit<PolicyDocument, "Statement">;
  return { ...document, Statement: asList(document.Statement) };
}

export function asList<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

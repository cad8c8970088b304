import { parseArn, rootArn } from "../arn.ts";

export type OneOrMany = string | string[];
export type Principal = "*" | Record<string, OneOrMany>;
/** Values by operator and key. */
export type ConditionBlock = Record<string, Record<string, unknown>>;

/** Elements that are not listed here survive: statements of other tools are written back unchanged. */
export interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Principal?: Principal;
  NotPrincipal?: Principal;
  Action?: OneOrMany;
  NotAction?: OneOrMany;
  Resource?: OneOrMany;
  NotResource?: OneOrMany;
  Condition?: ConditionBlock;
}

/**
 * An IAM policy of a bucket, key, role or session. As lenient as AWS is in what it returns.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export interface PolicyDocument {
  Version?: string;
  Id?: string;
  Statement: Statement[];
}

/** Limit of a bucket policy: https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html */
export const MAX_POLICY_BYTES = 20_480;

export function policyBytes(document: PolicyDocument): number {
  return document.Statement.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(document));
}

/** The current version. The other one is 2008-10-17, the default of a document without a version. */
export const POLICY_VERSION = "2012-10-17";

/**
 * Parses undefined, for no policy, as a document without statements.
 * @throws SyntaxError for an empty text, which AWS never returns
 */
export function parsePolicy(text: string | undefined): PolicyDocument {
  if (text === undefined) return { Version: POLICY_VERSION, Statement: [] };
  const document = JSON.parse(text) as { Statement?: Statement | Statement[] } & Omit<PolicyDocument, "Statement">;
  return { ...document, Statement: asList(document.Statement) };
}

/** The Sid, or else the place: "#2". */
export function statementName({ Sid }: Statement, index: number): string {
  return Sid || `#${index + 1}`;
}

/** Names of AWS principals: ARNs, account ids, unique ids, or `*` for all callers. */
export function awsNames(principal: Principal | undefined): string[] {
  return principal === "*" ? ["*"] : asList(principal?.["AWS"]);
}

/** Whether a name of a principal is the whole account of `arn`: its id, or the ARN of its root user. */
export function namesAccountOf(name: string, arn: string): boolean {
  const { partition = "", accountId = "" } = parseArn(arn) ?? {};
  return name === accountId || name === rootArn(partition, accountId);
}

export interface ConditionTest {
  operator: string;
  key: string;
  values: string[];
}

export function testsOf(condition: ConditionBlock = {}): ConditionTest[] {
  return Object.entries(condition).flatMap(([operator, tests]) =>
    Object.entries(tests).map(([key, values]) => ({ operator, key, values: asList(values).map(String) })),
  );
}

export function asList<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

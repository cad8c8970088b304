import { canonicalText } from "../../aws/policy/canonical.ts";
import type { Statement } from "../../aws/policy/document.ts";

/** Sid prefix of all statements that the operator writes. Other statements belong to other tools or users. */
export const SID_PREFIX = "S3Operator";

/** Sid prefix of the operator's statements for BucketAccesses. */
export const ACCESS_SID_PREFIX = `${SID_PREFIX}Access`;

export function isOurs(statement: Statement): boolean {
  return statement.Sid?.startsWith(SID_PREFIX) ?? false;
}

export function isOfAccess(statement: Statement): boolean {
  return statement.Sid?.startsWith(ACCESS_SID_PREFIX) ?? false;
}

export function hasSidAmong({ Sid }: Statement, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => Sid?.startsWith(prefix));
}

/**
 * Statements of other tools and users, sorted by name: the Sid, or `#` and a number for a statement without one.
 * The number follows the content, because AWS may change the order of statements with each read.
 */
export function foreignStatements(statements: readonly Statement[]): { name: string; statement: Statement }[] {
  const foreign = statements
    .filter((statement) => !isOurs(statement))
    .map((statement) => ({ statement, form: canonicalText(statement) }));
  const nameless = foreign
    .filter(({ statement }) => !statement.Sid)
    .map(({ form }) => form)
    .sort();
  return foreign
    .map(({ statement, form }) => ({ name: statement.Sid || `#${nameless.indexOf(form) + 1}`, statement }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The statements of others as they were read, unless they are to be removed, then ours. */
export function compose(
  observed: readonly Statement[],
  ours: readonly Statement[],
  unmanagedStatements: "Keep" | "Remove",
): Statement[] {
  const foreign = unmanagedStatements === "Keep" ? observed.filter((statement) => !isOurs(statement)) : [];
  return [...foreign, ...ours];
}

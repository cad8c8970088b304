import { canonicalStatement } from "../../aws/policy/canonical.ts";
import type { Statement } from "../../aws/policy/document.ts";

/** Prefix of the Sid of every statement that the operator writes, which tells them from those of other writers. */
export const SID_PREFIX = "S3Operator";

/** Prefix of the Sids of statements that come from BucketAccesses. */
export const ACCESS_SID_PREFIX = `${SID_PREFIX}Access`;

export function isOurs(statement: Statement): boolean {
  return statement.Sid?.startsWith(SID_PREFIX) ?? false;
}

export function isOfAccess(statement: Statement): boolean {
  return statement.Sid?.startsWith(ACCESS_SID_PREFIX) ?? false;
}

/** Whether the Sid has one of the prefixes. */
export function hasSidAmong({ Sid }: Statement, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => Sid?.startsWith(prefix));
}

/**
 * Statements of other writers, sorted by name: the Sid, or `#` and a number if there is none. The number follows the
 * content, not the place, because AWS may return statements in another order at each read.
 */
export function foreignStatements(statements: readonly Statement[]): { name: string; statement: Statement }[] {
  const foreign = statements
    .filter((statement) => !isOurs(statement))
    .map((statement) => ({ statement, form: formOf(statement) }));
  const nameless = foreign
    .filter(({ statement }) => !statement.Sid)
    .map(({ form }) => form)
    .sort();
  return foreign
    .map(({ statement, form }) => ({ name: statement.Sid || `#${nameless.indexOf(form) + 1}`, statement }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function formOf(statement: Statement): string {
  return JSON.stringify(canonicalStatement(statement));
}

/** The statements of other writers if they are kept, unchanged, then the operator's. */
export function compose(
  observed: readonly Statement[],
  ours: readonly Statement[],
  unmanagedStatements: "Keep" | "Remove",
): Statement[] {
  const foreign = unmanagedStatements === "Keep" ? observed.filter((statement) => !isOurs(statement)) : [];
  return [...foreign, ...ours];
}

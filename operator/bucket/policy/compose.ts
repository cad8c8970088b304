import { canonicalStatement } from "../../aws/policy/canonical.ts";
import type { Statement } from "../../aws/policy/document.ts";

/**
 * Begins the Sid of every statement that the operator writes. A bucket has one policy for all who use it:
 * by this prefix ours are told from everybody else's, without a record of our own.
 */
export const SID_PREFIX = "S3Operator";

/** Begins the Sids of those among them that come from BucketAccesses. */
export const ACCESS_SID_PREFIX = `${SID_PREFIX}Access`;

export function isOurs(statement: Statement): boolean {
  return statement.Sid?.startsWith(SID_PREFIX) ?? false;
}

export function isOfAccess(statement: Statement): boolean {
  return statement.Sid?.startsWith(ACCESS_SID_PREFIX) ?? false;
}

/** Whether its Sid begins with one of these. */
export function hasSidAmong({ Sid }: Statement, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => Sid?.startsWith(prefix));
}

/**
 * Everybody else's, by the names that people see: the Sid, or, for one without, `#` and its number among those. By name, and numbered by
 * what they say, not by place: AWS may show the same policy in another order at each read.
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

/** Everybody else's statements as they came, if they are to stay, then ours. */
export function compose(
  observed: readonly Statement[],
  ours: readonly Statement[],
  unmanagedStatements: "Keep" | "Remove",
): Statement[] {
  const foreign = unmanagedStatements === "Keep" ? observed.filter((statement) => !isOurs(statement)) : [];
  return [...foreign, ...ours];
}

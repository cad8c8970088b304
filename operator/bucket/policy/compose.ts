import type { Statement } from "./document.ts";

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

/** For people: the Sid, or where it has none its place in the document. */
export function statementName(statement: Statement, index: number): string {
  return statement.Sid ?? `#${index + 1}`;
}

export function foreignStatements(statements: readonly Statement[]): { name: string; statement: Statement }[] {
  return statements
    .map((statement, index) => ({ name: statementName(statement, index), statement }))
    .filter(({ statement }) => !isOurs(statement));
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

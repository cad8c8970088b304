import { canonicalStatement, canonicalText } from "../../aws/policy/canonical.ts";
import { asList, testsOf, type ConditionTest, type PolicyDocument, type Statement } from "../../aws/policy/document.ts";
import { hasSidAmong, isOfAccess } from "./compose.ts";

/**
 * The policy without the BucketAccess statements that `wanted` no longer asks for; undefined if it has none. In place
 * of a statement that is too wide stands what is still asked for of it. Grants nothing that `observed` does not. Pure.
 */
export function narrowed(
  observed: PolicyDocument,
  wanted: readonly Statement[],
  pausedSids: readonly string[],
): PolicyDocument | undefined {
  const isJudged = (each: Statement) => isOfAccess(each) && !hasSidAmong(each, pausedSids);
  const dropped = observed.Statement.filter((each) => isJudged(each) && !wanted.some((one) => covers(one, each)));
  if (dropped.length === 0) return undefined;
  const rest = observed.Statement.filter((each) => !dropped.includes(each));
  const taken = new Set(rest.map(({ Sid }) => Sid));
  const parts = wanted.filter((one) => !taken.has(one.Sid) && dropped.some((each) => covers(each, one)));
  return { ...observed, Statement: [...rest, ...parts] };
}

/** Whether `wide` surely allows all that `narrow` allows. Both have the form that the operator writes. */
function covers(wide: Statement, narrow: Statement): boolean {
  if (canonicalText({ ...wide, Sid: "" }) === canonicalText({ ...narrow, Sid: "" })) return true;
  if (!isPlain(wide) || !isPlain(narrow)) return false;
  const [outer, inner] = [elementsOf(wide), elementsOf(narrow)];
  return (
    inner.principals.every((each) => outer.principals.includes(each)) &&
    inner.actions.every((each) => outer.actions.includes(each)) &&
    inner.resources.every((each) => outer.resources.some((pattern) => patternCovers(pattern, each))) &&
    outer.tests.every((test) => inner.tests.some((other) => testCovers(test, other)))
  );
}

function isPlain({ Effect, NotPrincipal, NotAction, NotResource }: Statement): boolean {
  return Effect === "Allow" && [NotPrincipal, NotAction, NotResource].every((element) => element === undefined);
}

function elementsOf(statement: Statement) {
  const { Principal, Action, Condition } = canonicalStatement(statement);
  return {
    principals: Object.entries((Principal ?? {}) as Record<string, string[]>).flatMap(([kind, names]) =>
      names.map((name) => `${kind} ${name}`),
    ),
    actions: (Action ?? []) as string[],
    resources: asList(statement.Resource),
    tests: testsOf(Condition as Statement["Condition"]),
  };
}

/** All conditions of a statement must hold, so that further ones only make it narrower. */
function testCovers(wide: ConditionTest, narrow: ConditionTest): boolean {
  if (wide.operator !== narrow.operator || wide.key !== narrow.key) return false;
  const matches = wide.operator === "stringlike" ? patternCovers : (a: string, b: string) => a === b;
  return narrow.values.every((value) => wide.values.some((pattern) => matches(pattern, value)));
}

/** For patterns with a wildcard at their end only, as grants have them. */
function patternCovers(wide: string, narrow: string): boolean {
  return wide === narrow || (wide.endsWith("*") && narrow.startsWith(wide.slice(0, -1)));
}

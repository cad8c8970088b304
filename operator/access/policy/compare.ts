import { canonicalStatement } from "../../aws/policy/canonical.ts";
import { parsePolicy, type PolicyDocument } from "../../aws/policy/document.ts";
import { compare, type Change } from "../../reconcile/change.ts";

/**
 * Compares policies by meaning: ignores the order of statements and lists, a value against a list of one, and letter
 * case where AWS does. Compares the version, because escaped prefixes need the current one.
 * @param observed as IAM and EKS return it, URL-encoded or not; undefined if there is none
 */
export function comparePolicy(desired: PolicyDocument, observed: string | undefined): Change[] {
  if (observed === undefined) return compare("", desired, undefined);
  const found = readPolicy(observed);
  if (found === undefined) return compare("", desired, observed);
  return [...compare("Version", desired.Version, found.Version), ...compareStatements(desired, found)];
}

/** Parses a policy, URL-encoded or not; undefined if it is not valid. */
export function readPolicy(text: string): PolicyDocument | undefined {
  try {
    return parsePolicy(text.startsWith("%") ? decodeURIComponent(text) : text);
  } catch {
    return undefined;
  }
}

/** Compares as multisets. Reports each statement that only one side has, with its place there. */
function compareStatements(desired: PolicyDocument, found: PolicyDocument): Change[] {
  const wanted = desired.Statement.map((statement) => JSON.stringify(canonicalStatement(statement)));
  const actual = found.Statement.map((statement) => JSON.stringify(canonicalStatement(statement)));
  return [
    ...surplus(wanted, actual).flatMap(([index, statement]) => compare(`Statement[${index}]`, statement, undefined)),
    ...surplus(actual, wanted).flatMap(([index, statement]) => compare(`Statement[${index}]`, undefined, statement)),
  ];
}

function surplus(these: readonly string[], those: readonly string[]): [number, string][] {
  const left = [...those];
  return [...these.entries()].filter(([, statement]) => {
    const match = left.indexOf(statement);
    if (match >= 0) left.splice(match, 1);
    return match < 0;
  });
}

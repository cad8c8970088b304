import { canonicalStatement } from "../../aws/policy/canonical.ts";
import { parsePolicy, type PolicyDocument } from "../../aws/policy/document.ts";
import { type Change, compare } from "../../reconcile/change.ts";

/**
 * What differs, by meaning, between a policy as it must be and as AWS has it: the order of statements and lists, one value or a list of one, and letter case
 * where AWS has none are no difference. The version is one: without the current version, escaped prefixes mean something else.
 * @param observed as IAM and EKS answer, URL-encoded or not; undefined: there is none
 */
export function comparePolicy(desired: PolicyDocument, observed: string | undefined): Change[] {
  if (observed === undefined) return compare("", desired, undefined);
  const found = readPolicy(observed);
  if (found === undefined) return compare("", desired, observed);
  return [...compare("Version", desired.Version, found.Version), ...compareStatements(desired, found)];
}

/** A policy as IAM hands it out, with all but letters and digits in percent signs; undefined when it is none. */
export function readPolicy(text: string): PolicyDocument | undefined {
  try {
    return parsePolicy(text.startsWith("%") ? decodeURIComponent(text) : text);
  } catch {
    return undefined;
  }
}

/** As sets that may hold the same twice: what only one side has, by its place there. */
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

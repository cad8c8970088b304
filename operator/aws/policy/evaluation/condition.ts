import { testsOf, type ConditionBlock } from "../document.ts";
import { globMatches } from "../glob.ts";
import { every, not, some, type Truth } from "../truth.ts";
import { plain, withVariables } from "./pattern.ts";
import type { Lookup } from "./request.ts";

/**
 * Whether a statement's condition holds: every operator, every key, any of the values.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function conditionHolds(condition: ConditionBlock, lookup: Lookup): Truth {
  return every(
    testsOf(condition).map(({ operator, key, values }) => testHolds(operator.toLowerCase(), key, values, lookup)),
  );
}

/** `wanted` is from the policy, with escaped characters in the form of {@link plain}. */
type Compare = (given: string, wanted: string) => boolean;

const equal: Compare = (given, wanted) => plain(given) === plain(wanted);
const like: Compare = (given, wanted) => globMatches(wanted, plain(given));
const sameCase =
  (compare: Compare): Compare =>
  (given, wanted) =>
    compare(given.toLowerCase(), wanted.toLowerCase());
const numeric =
  (compare: (given: number, wanted: number) => boolean): Compare =>
  (given, wanted) =>
    compare(Number(given), Number(wanted));

const COMPARISONS: Readonly<Record<string, Compare>> = {
  stringequals: equal,
  stringequalsignorecase: sameCase(equal),
  stringlike: like,
  arnequals: arnLike,
  arnlike: arnLike,
  bool: sameCase(equal),
  numericequals: numeric((given, wanted) => given === wanted),
  numericlessthan: numeric((given, wanted) => given < wanted),
  numericlessthanequals: numeric((given, wanted) => given <= wanted),
  numericgreaterthan: numeric((given, wanted) => given > wanted),
  numericgreaterthanequals: numeric((given, wanted) => given >= wanted),
};

const OPERATOR =
  /^(?<set>forallvalues:|foranyvalue:)?(?<type>string|arn|numeric|bool|null)(?<negated>not)?(?<form>.*?)(?<ifExists>ifexists)?$/;

/** Dates, addresses and unknown operators depend on the request. */
function testHolds(operator: string, key: string, values: readonly string[], lookup: Lookup): Truth {
  const { set, type = "", negated, form = "", ifExists } = OPERATOR.exec(operator)?.groups ?? {};
  const given = lookup(key);
  if (given === undefined) return [key];
  if (operator === "null") return values.includes(String(given.length === 0));
  const compare = COMPARISONS[`${type}${form}`];
  if (compare === undefined) return [key];
  if (given.length === 0) {
    return set === "foranyvalue:" ? false : [set, negated, ifExists].some((part) => part !== undefined);
  }
  const one = (value: string): Truth => {
    const matches = some(values.map((wanted) => withVariables(wanted, lookup, (expanded) => compare(value, expanded))));
    return negated === undefined ? matches : not(matches);
  };
  return set === "forallvalues:" ? every(given.map(one)) : some(given.map(one));
}

/** Compares each of the six parts, so that a wildcard does not match across parts. */
function arnLike(given: string, wanted: string): boolean {
  const [parts, patterns] = [partsOf(given), partsOf(wanted)];
  if (wanted === "*") return true;
  return parts.length === patterns.length && patterns.every((pattern, index) => like(parts[index] ?? "", pattern));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}

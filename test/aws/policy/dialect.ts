/**
 * Translates policies and requests where the evaluator differs from AWS:
 * - It treats wildcards in the ARN of a request as wildcards, though object keys may contain them. It does not know the
 *   policy escapes `${*}`, `${?}` and `${$}`. Literal characters are replaced by private-use characters.
 * - It drops condition keys with variable names: encryption contexts, and claims of identity providers. They are
 *   renamed to principal tags, which every action accepts.
 */

import { isObject, listOf, statementsOf, type Json } from "../policy-json.ts";
import type { RequestContext } from "./evaluate.ts";

const PLAIN: Record<string, string> = { "*": "\uE000", "?": "\uE001", $: "\uE002" };

/** kms:EncryptionContext:aws:s3:arn; oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:sub */
const DROPPED_KEY = /^(kms:EncryptionContext:|[^:]+\.[^:]+:)/i;
const PASSES_FOR = "aws:PrincipalTag//";

export function policyForEvaluator(policy: Json): Json {
  const Statement = statementsOf(policy).map((statement) => ({
    ...statement,
    ...mapped(statement, "Resource", (value) => mapStrings(value, unescaped)),
    ...mapped(statement, "NotResource", (value) => mapStrings(value, unescaped)),
    ...mapped(statement, "Condition", conditionForEvaluator),
  }));
  return { ...policy, Statement };
}

export function contextForEvaluator(context: RequestContext): RequestContext {
  return Object.fromEntries(Object.entries(context).map(([key, value]) => [knownKey(key), mapStrings(value, plain)]));
}

/** "*" alone stands for no resource and stays unchanged. */
export function resourceForEvaluator(arn: string): string {
  return arn === "*" ? arn : plain(arn);
}

/** Only some operators have wildcards. */
function conditionForEvaluator(condition: unknown): unknown {
  const operators = Object.entries(isObject(condition) ? condition : {}).map(([operator, tests]) => {
    const change = /like|arn/i.test(operator) ? unescaped : (text: string) => withoutWildcards(unescaped(text));
    const keys = Object.entries(isObject(tests) ? tests : {});
    return [operator, Object.fromEntries(keys.map(([key, values]) => [knownKey(key), mapStrings(values, change)]))];
  });
  return Object.fromEntries(operators) as unknown;
}

function knownKey(key: string): string {
  return DROPPED_KEY.test(key) ? `${PASSES_FOR}${key}` : key;
}

/** Replaces escapes, and dollar signs that begin no variable, by literal characters. */
function unescaped(text: string): string {
  return text.replaceAll(/\$\{([*?$])\}|\$(?!\{)/g, (_, character = "$") => PLAIN[String(character)] ?? "");
}

/** Requests have no wildcards or variables. */
function plain(text: string): string {
  return withoutWildcards(text).replaceAll("$", PLAIN["$"] ?? "");
}

function withoutWildcards(text: string): string {
  return text.replaceAll(/[*?]/g, (character) => PLAIN[character] ?? "");
}

function mapped(statement: Json, field: string, change: (value: unknown) => unknown): Json {
  return statement[field] === undefined ? {} : { [field]: change(statement[field]) };
}

function mapStrings<Value>(value: Value, change: (text: string) => string): Value {
  const changed = listOf(value).map((each) => (typeof each === "string" ? change(each) : each));
  return (Array.isArray(value) ? changed : changed[0]) as Value;
}

import { globMatches } from "../glob.ts";
import type { Truth } from "../truth.ts";
import type { Lookup } from "./request.ts";

/** Placeholders for literal characters that are special in patterns. */
const PLAIN: Readonly<Record<string, string>> = { "*": "\uE000", "?": "\uE001" };

/** `${*}`, `${?}`, `${$}`, or a condition key with an optional default: `${aws:username, 'nobody'}`. */
const VARIABLE = /\$\{(?:([*?$])|([^{}]*?)(?:, ?'([^']*)')?)\}/g;

/**
 * Replaces the variables in a value of a policy and compares the result, in which escaped characters have the form of
 * {@link plain}. A variable that the request does not have matches nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function withVariables(value: string, lookup: Lookup, compare: (pattern: string) => Truth): Truth {
  const unknown: string[] = [];
  let absent = false;
  const pattern = value.replaceAll(VARIABLE, (_, escaped?: string, key = "", otherwise?: string) => {
    if (escaped !== undefined) return plain(escaped);
    const given = lookup(key);
    if (given === undefined) unknown.push(key);
    if (given?.length === 0 && otherwise === undefined) absent = true;
    return plain(given?.[0] ?? otherwise ?? "");
  });
  if (absent) return false;
  return unknown.length > 0 ? unknown : compare(pattern);
}

/** Replaces special characters by placeholders, so that they match literally. */
export function plain(text: string): string {
  return text.replaceAll(/[*?]/g, (character) => PLAIN[character] ?? "");
}

export function patternMatches(pattern: string, text: string, lookup: Lookup): Truth {
  return withVariables(pattern, lookup, (expanded) => globMatches(expanded, plain(text)));
}

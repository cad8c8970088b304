/** The prefix of a grant for every key of the bucket. */
export const EVERY_KEY = "*";

/** Special characters of IAM patterns, and the policy variables that escape them. */
const VARIABLES: Readonly<Record<string, string>> = { "*": "${*}", "?": "${?}", $: "${$}" };

/**
 * The IAM pattern that matches only `text`: wildcards and policy variables are escaped.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
 */
export function escapePattern(text: string): string {
  return text.replaceAll(/[*?$]/g, (character) => VARIABLES[character] ?? character);
}

/** The IAM pattern for keys with a grant's prefix. */
export function keyPattern(prefix: string): string {
  return prefix === EVERY_KEY ? "*" : `${escapePattern(prefix)}*`;
}

/** The ARN pattern for objects with a grant's prefix. */
export function objectArnPattern(bucketArn: string, prefix: string): string {
  return `${bucketArn}/${keyPattern(prefix)}`;
}

/** Sorts prefixes, and removes those that another one covers. */
export function withoutCovered(prefixes: Iterable<string>): string[] {
  const sorted = [...new Set(prefixes)].sort();
  if (sorted.includes(EVERY_KEY)) return [EVERY_KEY];
  const kept: string[] = [];
  for (const prefix of sorted) {
    // A prefix sorts directly before the prefixes that it covers.
    const last = kept.at(-1);
    if (last === undefined || !prefix.startsWith(last)) kept.push(prefix);
  }
  return kept;
}

/** The prefix of a grant that is for every key of the bucket. */
export const EVERY_KEY = "*";

/** Characters that IAM patterns read otherwise, each as the policy variable that stands for it. */
const VARIABLES: Readonly<Record<string, string>> = { "*": "${*}", "?": "${?}", $: "${$}" };

/**
 * The IAM pattern for `text` and nothing else: wildcards and policy variables in it are escaped.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
 */
export function escapePattern(text: string): string {
  return text.replaceAll(/[*?$]/g, (character) => VARIABLES[character] ?? character);
}

/** The IAM pattern for what begins with a grant's prefix. */
export function keyPattern(prefix: string): string {
  return prefix === EVERY_KEY ? "*" : `${escapePattern(prefix)}*`;
}

/** The same as ARN pattern of the bucket's objects. */
export function objectArnPattern(bucketArn: string, prefix: string): string {
  return `${bucketArn}/${keyPattern(prefix)}`;
}

/** Sorted, and without those that another one holds already. */
export function withoutCovered(prefixes: Iterable<string>): string[] {
  const sorted = [...new Set(prefixes)].sort();
  if (sorted.includes(EVERY_KEY)) return [EVERY_KEY];
  const kept: string[] = [];
  for (const prefix of sorted) {
    // What begins with a prefix follows it in this order, before anything else.
    const last = kept.at(-1);
    if (last === undefined || !prefix.startsWith(last)) kept.push(prefix);
  }
  return kept;
}

import { globMatches } from "../aws/policy/glob.ts";

/** Whether `text` matches one of the patterns: `*` is any text, `?` one character, `{namespace}` the namespace. */
export function matchesAny(patterns: readonly string[], text: string, namespace: string): boolean {
  // Names of namespaces have no wildcards.
  return patterns.some((pattern) =>
    globMatches(
      pattern.replaceAll("{namespace}", () => namespace),
      text,
    ),
  );
}

import { asList, type OneOrMany, type Statement } from "./document.ts";
import { globMatches } from "./glob.ts";
import { not, some, type Truth } from "./truth.ts";

/** Whether the statement's Action or NotAction covers an IAM action, in any letter case. */
export function coversAction({ Action, NotAction }: Statement, action: string): boolean {
  const matches = (pattern: string) => globMatches(pattern.toLowerCase(), action.toLowerCase());
  return covers(Action, NotAction, matches) === true;
}

/** Whether the statement's Resource or NotResource covers the ARN that `matches` compares with one pattern. */
export function coversResource({ Resource, NotResource }: Statement, matches: (pattern: string) => Truth): Truth {
  return covers(Resource, NotResource, matches);
}

function covers(
  patterns: OneOrMany | undefined,
  exceptions: OneOrMany | undefined,
  matches: (pattern: string) => Truth,
): Truth {
  const matchesAny = (each: OneOrMany | undefined) => some(asList(each).map(matches));
  return patterns === undefined ? not(matchesAny(exceptions)) : matchesAny(patterns);
}

import { asList, type Principal, type Statement } from "./document.ts";

/**
 * AWS returns one statement in many forms: lists in any order, a list of one as a string, an account id as its root
 * ARN, names of actions and conditions in any case. A deleted principal comes back as its unique id (AROA..., AIDA...),
 * which stays a difference.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function canonicalStatement(statement: Statement): Record<string, unknown> {
  const canonical: Record<string, unknown> = {};
  for (const element of Object.keys(statement).sort()) {
    const value = statement[element as keyof Statement];
    if (value === undefined) continue;
    canonical[element] = canonicalElement(element, value);
  }
  return canonical;
}

export function canonicalText(statement: Statement): string {
  return JSON.stringify(canonicalStatement(statement));
}

/** Compares the meaning, in any order. */
export function sameStatements(these: readonly Statement[], those: readonly Statement[]): boolean {
  const canonical = (statements: readonly Statement[]) => statements.map(canonicalText).sort().join("\n");
  return canonical(these) === canonical(those);
}

function canonicalElement(element: string, value: unknown): unknown {
  switch (element) {
    case "Action":
    case "NotAction":
      return strings(value, lower);
    case "Resource":
    case "NotResource":
      return strings(value);
    case "Principal":
    case "NotPrincipal":
      return canonicalPrincipal(value as Principal);
    case "Condition":
      return canonicalCondition(value as NonNullable<Statement["Condition"]>);
    default:
      return value;
  }
}

/** `"*"` and `{"AWS": "*"}` match the same callers. */
function canonicalPrincipal(principal: Principal): unknown {
  if (typeof principal === "string") return { AWS: [principal] };
  const entries = Object.entries(principal).map(([type, ids]) => [type, strings(ids, accountOfRoot)] as const);
  return Object.fromEntries(entries.sort(byKey));
}

/** Converts the root ARN of an account to its id. */
function accountOfRoot(principal: string): string {
  return /^arn:[\w-]+:iam::(\d{12}):root$/.exec(principal)?.[1] ?? principal;
}

function canonicalCondition(condition: Record<string, Record<string, unknown>>): unknown {
  const operators = Object.entries(condition).map(([operator, keys]) => {
    // Two spellings of one key are one test with all values.
    const grouped = Object.groupBy(Object.entries(keys), ([key]) => lower(key));
    const values = Object.entries(grouped).map(([key, same = []]) => {
      return [key, strings(same.flatMap(([, value]) => asList(value)))] as const;
    });
    return [lower(operator), Object.fromEntries(values.sort(byKey))] as const;
  });
  return Object.fromEntries(operators.sort(byKey));
}

/** Sorted, without duplicates; booleans and numbers become strings. */
function strings(value: unknown, form = (text: string) => text): string[] {
  return [...new Set(asList(value).map(String).map(form))].sort();
}

function lower(text: string): string {
  return text.toLowerCase();
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

import { asList, testsOf, type Statement } from "../../aws/policy/document.ts";
import { oneOrMany } from "./model.ts";

/** The lists of a statement: its actions, its resources, and the values of each condition. */
type Lists = ReadonlyMap<string, readonly string[]>;

/**
 * Joins statements that differ in one list, or in none, as often as possible. A statement allows each combination of
 * its lists, so the meaning stays the same. Only for the operator's own statements: Allow, with actions, resources and
 * conditions that hold for any of their values.
 */
export function joinStatements(statements: readonly Statement[]): Statement[] {
  const joined: Lists[] = [];
  for (const statement of statements) insert(joined, listsOf(statement));
  return joined.map(statementOf);
}

/** Adds a statement, or joins it with one that is there; the result may then join with another one. */
function insert(joined: Lists[], lists: Lists): void {
  for (const [index, other] of joined.entries()) {
    const both = join(other, lists);
    if (both === undefined) continue;
    joined.splice(index, 1);
    insert(joined, both);
    return;
  }
  joined.push(lists);
}

function join(one: Lists, other: Lists): Lists | undefined {
  if ([...one.keys()].sort().join("\n") !== [...other.keys()].sort().join("\n")) return undefined;
  const different = [...one].filter(([name, values]) => !isSame(values, other.get(name) ?? []));
  if (different.length > 1) return undefined;
  return new Map([...one].map(([name, values]) => [name, [...new Set([...values, ...(other.get(name) ?? [])])]]));
}

function isSame(these: readonly string[], those: readonly string[]): boolean {
  return these.length === those.length && these.every((value) => those.includes(value));
}

function listsOf({ Action, Resource, Condition }: Statement): Lists {
  const tests = testsOf(Condition).map(({ operator, key, values }) => [`${operator} ${key}`, values] as const);
  return new Map([["Action", asList(Action)], ["Resource", asList(Resource)], ...tests]);
}

function statementOf(lists: Lists): Statement {
  const { Action = [], Resource = [], ...tests } = Object.fromEntries(lists);
  const Condition: NonNullable<Statement["Condition"]> = {};
  for (const [name, values] of Object.entries(tests)) {
    const [operator = "", key = ""] = name.split(" ");
    Condition[operator] = { ...Condition[operator], [key]: oneOrMany(values) };
  }
  return {
    Effect: "Allow",
    Action: oneOrMany(Action),
    Resource: oneOrMany(Resource),
    ...(Object.keys(Condition).length > 0 && { Condition }),
  };
}

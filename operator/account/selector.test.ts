import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { selects } from "./selector.ts";

type Selector = Parameters<typeof selects>[0];
type Labels = Record<string, string>;

const LABELS = { env: "prod", team: "" };

describe("selects", () => {
  test.each<[Selector, boolean]>([
    [{}, true],
    [{ matchLabels: {}, matchExpressions: [] }, true],
    [{ matchLabels: { env: "prod" } }, true],
    [{ matchLabels: { team: "" } }, true],
    [{ matchLabels: { env: "Prod" } }, false],
    [{ matchLabels: { env: "prod", zone: "a" } }, false],
    [{ matchExpressions: [{ key: "env", operator: "In", values: ["dev", "prod"] }] }, true],
    [{ matchExpressions: [{ key: "env", operator: "In", values: ["dev"] }] }, false],
    [{ matchExpressions: [{ key: "zone", operator: "In", values: [""] }] }, false],
    [{ matchExpressions: [{ key: "env", operator: "In" }] }, false],
    [{ matchExpressions: [{ key: "env", operator: "NotIn", values: ["dev"] }] }, true],
    [{ matchExpressions: [{ key: "env", operator: "NotIn", values: ["prod"] }] }, false],
    [{ matchExpressions: [{ key: "zone", operator: "NotIn", values: ["a"] }] }, true],
    [{ matchExpressions: [{ key: "team", operator: "Exists" }] }, true],
    [{ matchExpressions: [{ key: "zone", operator: "Exists" }] }, false],
    [{ matchExpressions: [{ key: "team", operator: "DoesNotExist" }] }, false],
    [{ matchExpressions: [{ key: "zone", operator: "DoesNotExist" }] }, true],
    [{ matchLabels: { env: "prod" }, matchExpressions: [{ key: "zone", operator: "Exists" }] }, false],
  ])("with %j returns %s", (selector, selected) => {
    expect(selects(selector, LABELS)).toBe(selected);
  });
});

test("selects agrees with a model of requirements as sets", () => {
  const key = fc.constantFrom("a", "b", "c");
  const value = fc.constantFrom("1", "2", "");
  const values = fc.uniqueArray(value, { minLength: 1 });
  const expression = fc.oneof(
    fc.record({ key, operator: fc.constantFrom("In" as const, "NotIn" as const), values }),
    fc.record({ key, operator: fc.constantFrom("Exists" as const, "DoesNotExist" as const) }),
  );
  const selector: fc.Arbitrary<Selector> = fc.record(
    {
      matchLabels: fc.dictionary(key, value, { maxKeys: 2 }),
      matchExpressions: fc.array(expression, { maxLength: 3 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(selector, fc.dictionary(key, value), (selector, labels) => {
      expect(selects(selector, labels)).toBe(isMember(selector, labels));
    }),
    { numRuns: 500 },
  );
});

/** Each requirement as the set of values that satisfy it; "absent" is a value too. */
function isMember({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  const absent = Symbol("absent");
  const everything = [absent, "1", "2", ""];
  const allowed = {
    In: (values: string[]): unknown[] => values,
    NotIn: (values: string[]): unknown[] => everything.filter((value) => !(values as unknown[]).includes(value)),
    Exists: (): unknown[] => everything.filter((value) => value !== absent),
    DoesNotExist: (): unknown[] => [absent],
  };
  const equalities = Object.entries(matchLabels).map(([key, value]) => ({
    key,
    operator: "In" as const,
    values: [value],
  }));
  return [...equalities, ...matchExpressions].every(({ key, operator, values = [] }) => {
    const actual = new Map<string, unknown>(Object.entries(labels)).get(key) ?? absent;
    return allowed[operator](values).includes(actual);
  });
}

test("selects does not take inherited properties of a JavaScript object for labels", () => {
  expect(selects({ matchExpressions: [{ key: "constructor", operator: "Exists" }] }, {})).toBe(false);
});

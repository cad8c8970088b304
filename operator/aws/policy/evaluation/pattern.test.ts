import { describe, expect, test } from "vitest";
import { patternMatches } from "./pattern.ts";
import type { Lookup } from "./request.ts";

const VALUES: Readonly<Record<string, readonly string[]>> = { "aws:username": ["a*"], "aws:none": [] };
/** "aws:unknown" is not known. */
const lookup: Lookup = (key) => (key === "aws:unknown" ? undefined : VALUES[key]);
const matches = (pattern: string, text: string) => patternMatches(pattern, text, lookup);

describe("a special character stands for itself", () => {
  test.each([
    ["${*}", "*", ["?", "a", "", "$", "${*}"]],
    ["${?}", "?", ["*", "a", "", "$"]],
    ["${$}", "$", ["*", "?", "a", ""]],
    ["${aws:username}", "a*", ["a", "ab", "a?"]],
    ["${aws:none, 'x?'}", "x?", ["x", "xy", "x*"]],
  ])("%s matches %s alone", (pattern, text, others) => {
    expect(matches(`raw/${pattern}/*`, `raw/${text}/b`)).toBe(true);
    for (const other of others) expect([other, matches(`raw/${pattern}/*`, `raw/${other}/b`)]).toEqual([other, false]);
  });

  test.each(["*", "?"])("%s in a request matches the wildcards of a policy", (text) => {
    expect(matches("*", text)).toBe(true);
    expect(matches("?", text)).toBe(true);
  });
});

test("a variable without a value matches nothing, and one whose value is unknown perhaps", () => {
  expect(matches("${aws:none}*", "")).toBe(false);
  expect(matches("${aws:unknown}*", "a")).toEqual(["aws:unknown"]);
  expect(matches("${aws:none}${aws:unknown}", "a")).toBe(false);
});

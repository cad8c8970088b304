import { describe, expect, test } from "vitest";
import { compare, MAX_VALUE, show } from "./change.ts";

describe("show", () => {
  test.each([
    [undefined, ""],
    [null, ""],
    ["AES256", "AES256"],
    [false, "false"],
    [0, "0"],
    [["a"], '["a"]'],
    [{ days: 1 }, '{"days":1}'],
  ])("%j is %j", (value, text) => {
    expect(show(value)).toBe(text);
  });

  test("a long value is cut to the CRD's bound, and says so", () => {
    expect(show("a".repeat(MAX_VALUE))).toBe("a".repeat(MAX_VALUE));
    expect(show("a".repeat(MAX_VALUE + 1))).toBe(`${"a".repeat(MAX_VALUE - 1)}…`);
  });
});

describe("compare", () => {
  test("equal values are no change", () => {
    expect(compare("days", { a: [1] }, { a: [1] })).toEqual([]);
    expect(compare("days", undefined, undefined)).toEqual([]);
  });

  test("different ones are one change, which shows both", () => {
    expect(compare("days", 1, undefined)).toEqual([{ path: "days", desired: "1", actual: "" }]);
  });
});

test("a value is not cut through a character", () => {
  expect(show("𝒳".repeat(MAX_VALUE)).isWellFormed()).toBe(true);
});

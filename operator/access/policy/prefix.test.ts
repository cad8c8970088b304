import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prefixes } from "../testing/arbitrary-grants.ts";
import { escapePattern, keyPattern, objectArnPattern, withoutCovered } from "./prefix.ts";

test.each([
  ["raw/", "raw/*"],
  ["*", "*"],
  ["*/", "${*}/*"],
  ["a?/", "a${?}/*"],
  ["${aws:username}/", "${$}{aws:username}/*"],
  ["$${*}/", "${$}${$}{${*}}/*"],
  ["../ü b/", "../ü b/*"],
])("keyPattern and objectArnPattern: the pattern for %j is %j", (prefix, pattern) => {
  expect(keyPattern(prefix)).toBe(pattern);
  expect(objectArnPattern("arn:aws:s3:::docs", prefix)).toBe(`arn:aws:s3:::docs/${pattern}`);
});

test("escapePattern leaves no special characters of IAM, and keeps the text", () => {
  const property = fc.property(fc.string(), (text) => {
    const rest = escapePattern(text).replaceAll(/\$\{[*?$]\}/g, "");
    expect(rest).not.toMatch(/[*?$]/);
    expect(escapePattern(text).replaceAll(/\$\{([*?$])\}/g, "$1")).toBe(text);
  });
  fc.assert(property);
});

describe("withoutCovered", () => {
  test.each([
    [[], []],
    [["a/", "a/"], ["a/"]],
    [
      ["team-ab/", "team-a/", "team-a/x/"],
      ["team-a/", "team-ab/"],
    ],
    [["a/", "*", "b/"], ["*"]],
    [
      ["*/", "a/"],
      ["*/", "a/"],
    ],
  ])("reduces %j to %j", (prefixes, kept) => {
    expect(withoutCovered(prefixes)).toEqual(kept);
  });

  test("keeps every key covered, and covers none twice", () => {
    const covers = (one: string, other: string) => one === "*" || other.startsWith(one);
    const property = fc.property(fc.array(prefixes), (all) => {
      const kept = withoutCovered(all);
      expect(all.filter((prefix) => !kept.some((one) => covers(one, prefix)))).toEqual([]);
      expect(kept.filter((one) => kept.some((other) => other !== one && covers(other, one)))).toEqual([]);
      expect(kept.every((one) => all.includes(one))).toBe(true);
    });
    fc.assert(property);
  });
});

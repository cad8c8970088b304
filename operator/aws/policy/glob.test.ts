import fc from "fast-check";
import { expect, test } from "vitest";
import { globMatches } from "./glob.ts";

test.each([
  ["", "", true],
  ["", "a", false],
  ["*", "", true],
  ["*", "a:b/c", true],
  ["**", "", true],
  ["?", "", false],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["a*c", "ac", true],
  ["a*c", "abcbc", true],
  ["a*c", "abcd", false],
  ["*a*b", "aab", true],
  ["s3:Get*", "s3:GetObject", true],
  ["s3:Get*", "s3:PutObject", false],
  ["a.c", "abc", false],
  ["a", "ab", false],
  ["ab", "a", false],
  ["a*", "b", false],
])("%j matches %j: %s", (pattern, text, expected) => {
  expect(globMatches(pattern, text)).toBe(expected);
});

test("agrees with a regular expression", () => {
  const letters = (...chars: string[]) => fc.string({ unit: fc.constantFrom(...chars), maxLength: 12 });
  fc.assert(
    fc.property(letters("a", "b", "*", "?"), letters("a", "b"), (pattern, text) => {
      const expression = pattern.replaceAll(/\*+/g, ".*").replaceAll("?", ".");
      expect(globMatches(pattern, text)).toBe(new RegExp(`^${expression}$`).test(text));
    }),
  );
});

test("takes no exponential time for many stars", () => {
  expect(globMatches(`${"*a".repeat(500)}b`, "a".repeat(2_000))).toBe(false);
});

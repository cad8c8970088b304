import { describe, expect, test } from "vitest";
import { asList, parsePolicy, policyBytes } from "./document.ts";

const DENY = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" } as const;

describe("parsePolicy", () => {
  test("no policy is one without statements", () => {
    expect(parsePolicy(undefined)).toEqual({ Version: "2012-10-17", Statement: [] });
  });

  test("an empty text is none", () => {
    expect(() => parsePolicy("")).toThrow(SyntaxError);
  });

  test("a single statement without its list", () => {
    expect(parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: DENY })).Statement).toEqual([DENY]);
  });

  test("what is there stays, also what is unknown to us, and nothing is added", () => {
    const document = { Id: "x", Future: { a: 1 }, Statement: [{ ...DENY, Future: 1 }] };
    expect(parsePolicy(JSON.stringify(document))).toStrictEqual(document);
  });

  test("without statements", () => {
    expect(parsePolicy('{"Version":"2008-10-17"}')).toEqual({ Version: "2008-10-17", Statement: [] });
  });

  test("what is no JSON is an error", () => {
    expect(() => parsePolicy("<Error/>")).toThrow(SyntaxError);
  });
});

describe("policyBytes", () => {
  test("bytes of the JSON as it is sent, not its characters", () => {
    const document = { Statement: [{ ...DENY, Resource: "arn:aws:s3:::docs/é*" }] };
    expect(policyBytes(document)).toBe(JSON.stringify(document).length + 1);
  });

  test("no statements, no policy", () => {
    expect(policyBytes({ Version: "2012-10-17", Statement: [] })).toBe(0);
  });
});

test.each([
  [undefined, []],
  ["a", ["a"]],
  [
    ["a", "b"],
    ["a", "b"],
  ],
  [[], []],
])("asList(%j)", (value: string | string[] | undefined, list) => {
  expect(asList(value)).toEqual(list);
});

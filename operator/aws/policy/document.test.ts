import { describe, expect, test } from "vitest";
import { asList, parsePolicy, policyBytes } from "./document.ts";

const DENY = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" } as const;

describe("parsePolicy", () => {
  test("parses no policy as a document without statements", () => {
    expect(parsePolicy(undefined)).toEqual({ Version: "2012-10-17", Statement: [] });
  });

  test("throws for an empty text", () => {
    expect(() => parsePolicy("")).toThrow(SyntaxError);
  });

  test("takes a single statement without a list", () => {
    expect(parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: DENY })).Statement).toEqual([DENY]);
  });

  test("keeps unknown elements and adds none", () => {
    const document = { Id: "x", Future: { a: 1 }, Statement: [{ ...DENY, Future: 1 }] };
    expect(parsePolicy(JSON.stringify(document))).toStrictEqual(document);
  });

  test("takes a document without statements", () => {
    expect(parsePolicy('{"Version":"2008-10-17"}')).toEqual({ Version: "2008-10-17", Statement: [] });
  });

  test("throws for text that is not JSON", () => {
    expect(() => parsePolicy("<Error/>")).toThrow(SyntaxError);
  });
});

describe("policyBytes", () => {
  test("counts bytes of the JSON, not characters", () => {
    const document = { Statement: [{ ...DENY, Resource: "arn:aws:s3:::docs/é*" }] };
    expect(policyBytes(document)).toBe(JSON.stringify(document).length + 1);
  });

  test("is 0 without statements, because there is then no policy", () => {
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

import { expect, test } from "vitest";
import { size, violations, type Schema } from "./violations.ts";

/** scripts/checks/checks.test.ts compares the checks of the CRD with the API server. */
const messageOf = (schema: Schema, value: unknown) => violations(schema, value).map(({ message }) => message);

test.each(["\u0085", "a\u007Fb", "\uFEFF", "\u009F", "\uFFFF", "\uD800"])(
  "server-side apply does not keep %j",
  (text) => {
    expect(messageOf({}, text)).toEqual([expect.stringMatching(/^must not contain U\+[0-9A-F]{4}, which/)]);
    const map: Schema = { type: "object", additionalProperties: { type: "string" } };
    expect(violations(map, { [text]: "" })).toMatchObject([{ path: [text] }]);
  },
);

test.each(["\u2028\u2029\u00A0", "\t\n\r", "😀", ""])("server-side apply keeps %j", (text) => {
  expect(messageOf({ type: "string" }, text)).toEqual([]);
});

test("a rule that fails is broken", () => {
  const rules = [{ holds: (self: { a: string }) => self.a.startsWith("b"), message: "must set 'a'", field: "a" }];
  expect(violations({ rules, properties: { a: {} } }, { a: undefined })).toEqual([
    { path: ["a"], message: "must set 'a'" },
  ]);
});

test("an unknown field is refused, also one that all objects have", () => {
  const schema: Schema = { type: "object", properties: {} };
  expect(violations(schema, { constructor: 1 })).toEqual([{ path: ["constructor"], message: "must not be set" }]);
});

test.each([
  ["😀é", 2],
  [[1, 2, 3], 3],
  [{ a: 1 }, 1],
  [undefined, 0],
])("size of %j: %i", (value, expected) => {
  expect(size(value)).toBe(expected);
});

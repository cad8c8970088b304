import { expect, test } from "vitest";
import { violations, type JsonSchema } from "./json-schema.ts";

const schema: JsonSchema = {
  type: "object",
  required: ["level"],
  additionalProperties: false,
  properties: {
    level: { type: "string", enum: ["info"] },
    id: { type: "string", pattern: "^[a-f]+$" },
    code: { type: ["string", "integer"] },
    error: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
  },
};

test.each<[object, string[]]>([
  [{ level: "info", id: "abc", code: 1, error: { name: "a", more: 1 } }, []],
  [{}, ["$.level is missing"]],
  [{ level: "loud" }, ['$.level is "loud"']],
  [{ level: "info", id: "xyz" }, ['$.id is "xyz"']],
  [{ level: "info", code: 1.5 }, ["$.code is number"]],
  [{ level: "info", error: {} }, ["$.error.name is missing"]],
  [{ level: "info", error: { name: null } }, ["$.error.name is null"]],
  [{ level: "info", error: [] }, ["$.error is array"]],
  [{ level: "info", toString: 1 }, ["$.toString is not known"]],
])("%j", (value, expected) => {
  expect(violations(schema, value)).toEqual(expected);
});

test("an unknown keyword is an error", () => {
  const beyond = { type: "string", minLength: 1 };
  expect(() => violations(beyond, "a")).toThrow("minLength");
});

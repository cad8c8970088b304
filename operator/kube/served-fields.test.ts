import { expect, test } from "vitest";
import { missingFields, type ServedSchema } from "./served-fields.ts";

const text: ServedSchema = {};
const schema: ServedSchema = {
  properties: {
    spec: { properties: { rules: { items: { properties: { id: text } } }, tags: { additionalProperties: text } } },
    status: { properties: { keys: { additionalProperties: { properties: { arn: text } } } } },
  },
};

test.each([
  ["nothing", {}, []],
  [
    "all that is there, in lists and maps too",
    { spec: { rules: { id: {} }, tags: {} }, status: { keys: { arn: {} } } },
    [],
  ],
  ["a field of a list's elements", { spec: { rules: { id: {}, prefix: {} } } }, ["Kind.spec.rules.prefix"]],
  ["a field of a map's values", { status: { keys: { id: {} } } }, ["Kind.status.keys.id"]],
  [
    "a whole part, once",
    { spec: { cors: { rules: {} } }, status: { plan: {} } },
    ["Kind.spec.cors", "Kind.status.plan"],
  ],
  ["a name that every object has", { spec: { constructor: {} } }, ["Kind.spec.constructor"]],
])("missing: %s", (_, fields, missing) => {
  expect(missingFields(fields, schema, "Kind")).toEqual(missing);
});

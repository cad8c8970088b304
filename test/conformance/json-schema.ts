/**
 * The part of JSON Schema that docs/log-line.schema.json needs. Any other keyword is an error, so that nothing goes
 * unchecked.
 */
export interface JsonSchema {
  type?: string | string[];
  enum?: unknown[];
  pattern?: string;
  required?: string[];
  additionalProperties?: false;
  properties?: Record<string, JsonSchema>;
}

const KNOWN = /^(type|enum|pattern|required|additionalProperties|properties|description|title|\$schema)$/;

/** Returns the violations, each with its path; [] for a valid value. */
export function violations(schema: JsonSchema, value: unknown, path = "$"): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.test(keyword));
  if (unknown.length > 0) throw new Error(`Not supported here: ${unknown.join(", ")}`);
  const { type, enum: allowed, pattern } = schema;
  if (type !== undefined && ![type].flat().includes(typeOf(value))) return [`${path} is ${typeOf(value)}`];
  const found: string[] = [];
  if (allowed !== undefined && !allowed.includes(value)) found.push(`${path} is ${JSON.stringify(value)}`);
  if (pattern !== undefined && typeof value === "string" && !new RegExp(pattern, "su").test(value)) {
    found.push(`${path} is ${JSON.stringify(value)}`);
  }
  if (typeOf(value) === "object") found.push(...violationsInside(schema, value as Record<string, unknown>, path));
  return found;
}

function violationsInside(schema: JsonSchema, value: Record<string, unknown>, path: string): string[] {
  const { required = [], properties = {}, additionalProperties } = schema;
  return [
    ...required.filter((key) => !Object.hasOwn(value, key)).map((key) => `${path}.${key} is missing`),
    ...Object.entries(value).flatMap(([key, each]) => {
      const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (known !== undefined) return violations(known, each, `${path}.${key}`);
      return additionalProperties === false ? [`${path}.${key} is not known`] : [];
    }),
  ];
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (value === null) return "null";
  return Number.isInteger(value) ? "integer" : typeof value;
}

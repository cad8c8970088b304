/** Generates the checks of a kind's spec, with which `s3-operator export` proves that the API server accepts it. */

import { storedSchema, type CustomResourceDefinition, type Schema } from "../schema.ts";
import { regularExpression, toJavaScript } from "./cel.ts";

/** @returns the text of operator/api/generated/<singular>-checks.ts */
export function generateChecks(definition: CustomResourceDefinition): string {
  const { spec } = storedSchema(definition).properties ?? {};
  if (spec === undefined) throw new Error(`${definition.metadata.name} has no spec`);
  const declared: Declared = new Map();
  const root = nameOf(spec, declared);
  const lines = [...declared].map(([text, name]) => `const ${name}: Schema = ${text};`);
  const helpers = ["items", "size"].filter((name) => lines.join().includes(`${name}(`));
  return [
    "/* Generated from crds/ by scripts/generate.ts. Do not edit: change the CRD and run `npm run generate`. */",
    "",
    `import { ${helpers.join(", ")}, type Schema } from "../../export/violations.ts";`,
    "",
    ...lines,
    "",
    "/** What the API server accepts as `spec`. Rules about changes are left out. */",
    `export const SPEC_CHECKS: Schema = ${root};`,
    "",
  ].join("\n");
}

/** The declaration of each different schema, and its name: many schemas are alike. Those inside come first. */
type Declared = Map<string, string>;

function nameOf(schema: Schema, declared: Declared): string {
  const text = stringOf(schema, declared);
  const name = declared.get(text) ?? `s${declared.size}`;
  declared.set(text, name);
  return name;
}

function stringOf(schema: Schema, declared: Declared): string {
  const { type, enum: allowed, pattern, format, required, properties, items, additionalProperties } = schema;
  const min = schema.minimum ?? schema.minLength ?? schema.minItems ?? schema.minProperties;
  const max = schema.maximum ?? schema.maxLength ?? schema.maxItems ?? schema.maxProperties;
  const inner = Object.entries(properties ?? {}).map(([name, property]) => `${name}: ${nameOf(property, declared)}`);
  return object({
    type: JSON.stringify(type),
    enum: JSON.stringify(allowed),
    pattern: pattern && regularExpression(pattern),
    format: JSON.stringify(format),
    min: JSON.stringify(min),
    max: JSON.stringify(max),
    required: JSON.stringify(required),
    properties: properties && `{ ${inner.join(", ")} }`,
    items: items && nameOf(items, declared),
    additionalProperties: additionalProperties && nameOf(additionalProperties, declared),
    distinctBy: distinctBy(schema),
    rules: rulesOf(schema),
  });
}

function distinctBy(schema: Schema): string | undefined {
  const type = schema["x-kubernetes-list-type"];
  if (type === undefined || type === "atomic") return undefined;
  return JSON.stringify(schema["x-kubernetes-list-map-keys"] ?? []);
}

function rulesOf(schema: Schema): string | undefined {
  const rules = (schema["x-kubernetes-validations"] ?? []).filter(({ rule }) => !/\boldSelf\b/.test(rule));
  if (rules.length === 0) return undefined;
  const texts = rules.map(({ rule, message, fieldPath }) =>
    object({
      holds: `(self: any): boolean => ${toJavaScript(rule)}`,
      message: JSON.stringify(message),
      field: JSON.stringify(fieldPath?.slice(1)),
    }),
  );
  return `[${texts.join(", ")}]`;
}

function object(fields: Record<string, string | undefined>): string {
  const stated = Object.entries(fields).filter(([, text]) => text !== undefined);
  return `{ ${stated.map(([name, text]) => `${name}: ${text}`).join(", ")} }`;
}

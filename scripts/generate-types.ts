/**
 * Generates TypeScript types from a CustomResourceDefinition: one interface for spec, one for status, and one for each
 * titled object in them.
 */

import { compile } from "json-schema-to-typescript";
import { storedSchema, type CustomResourceDefinition, type Schema } from "./schema.ts";

type JSONSchema = Parameters<typeof compile>[0];

const BANNER =
  "/* Generated from crds/ by scripts/generate.ts. Do not edit: change the CRD and run `npm run generate`. */\n\n";

/** @returns the text of operator/api/generated/<singular>.ts */
export async function generateTypes(definition: CustomResourceDefinition): Promise<string> {
  const { spec, status } = storedSchema(definition).properties ?? {};
  const parts = [spec, status].map(async (schema) => {
    if (schema?.title === undefined) throw new Error(`${definition.metadata.name}: spec and status must have titles`);
    return compile(withoutDefaults(schema), schema.title, {
      additionalProperties: false,
      bannerComment: "",
      ignoreMinAndMaxItems: true,
      style: { printWidth: 120 },
    });
  });
  return BANNER + (await Promise.all(parts)).join("\n");
}

/**
 * Copies a schema without defaults: the API server sets them, so an object that the operator writes need not have them.
 * A schema shared by a YAML alias stays shared, and so becomes one type.
 */
function withoutDefaults(schema: Schema, copies = new Map<Schema, JSONSchema>()): JSONSchema {
  const known = copies.get(schema);
  if (known !== undefined) return known;
  const { default: _, properties, items, additionalProperties, ...rest } = schema;
  const copy: JSONSchema = rest;
  copies.set(schema, copy);
  if (items !== undefined) copy.items = withoutDefaults(items, copies);
  if (additionalProperties !== undefined) copy.additionalProperties = withoutDefaults(additionalProperties, copies);
  if (properties !== undefined) {
    copy.properties = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, withoutDefaults(property, copies)]),
    );
  }
  return copy;
}

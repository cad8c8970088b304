/**
 * Generates the list of each kind's fields, which operator/kube/served-fields.ts compares with the fields that the API
 * server serves.
 */

import type { Fields } from "../operator/kube/served-fields.ts";
import { storedSchema, type CustomResourceDefinition, type Schema } from "./schema.ts";

/** @returns the text of operator/api/generated/fields.ts */
export function generateFields(definitions: readonly CustomResourceDefinition[]): string {
  const kinds = definitions.map((definition) => {
    const { spec, status } = storedSchema(definition).properties ?? {};
    return [definition.spec.names.plural, { spec: fieldsIn(spec), status: fieldsIn(status) }];
  });
  return [
    "/* Generated from crds/ by scripts/generate.ts. Do not edit: change the CRD and run `npm run generate`. */",
    "",
    'import type { Fields } from "../../kube/served-fields.ts";',
    "",
    "/** Every field of spec and status, by the plural name of the kind. */",
    `export const FIELDS: Readonly<Record<string, Fields>> = ${JSON.stringify(Object.fromEntries(kinds))};`,
    "",
  ].join("\n");
}

function fieldsIn(schema: Schema | undefined): Fields {
  if (schema?.properties === undefined) {
    const element = schema?.items ?? schema?.additionalProperties;
    return element === undefined ? {} : fieldsIn(element);
  }
  return Object.fromEntries(Object.entries(schema.properties).map(([name, property]) => [name, fieldsIn(property)]));
}

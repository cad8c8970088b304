/** Generates the part of the chart's values.schema.json that describes the AWSAccount's spec, from crds/. */

import { format } from "prettier";
import { storedSchema, type CustomResourceDefinition, type Schema, type ValidationRule } from "../schema.ts";

/** The name of the definition in values.schema.json, to which `account.spec` refers. */
const DEFINITION = "AWSAccountSpec";

/** Fields that are values of their own: account.id and account.region. */
const ELSEWHERE = new Set(["accountId", "region"]);

/** Keywords that mean the same in a CustomResourceDefinition and in JSON Schema. */
const SHARED = [
  "type",
  "description",
  "enum",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
  "required",
] as const satisfies readonly (keyof Schema)[];

/**
 * @param text the present text of values.schema.json
 * @returns the text with the definition of the AWSAccount's spec replaced
 */
export async function generateValuesSchema(
  text: string,
  definitions: readonly CustomResourceDefinition[],
): Promise<string> {
  const account = definitions.find(({ spec }) => spec.names.kind === "AWSAccount");
  const spec = account && storedSchema(account).properties?.["spec"];
  if (spec?.properties === undefined) throw new Error("crds/ defines no AWSAccount with a spec");
  const { required: _, ...rest } = spec;
  const properties = Object.fromEntries(Object.entries(spec.properties).filter(([name]) => !ELSEWHERE.has(name)));
  const schema = { ...(JSON.parse(text) as object), definitions: { [DEFINITION]: strict({ ...rest, properties }) } };
  return format(JSON.stringify(schema), { parser: "json", printWidth: 120 });
}

/**
 * Converts a schema and forbids unknown fields. Keeps only rules that are a single pattern; the API server checks all
 * rules.
 */
function strict(schema: Schema): Record<string, unknown> {
  const { properties, items, additionalProperties } = schema;
  const pattern = schema["x-kubernetes-validations"]?.map(patternOf).find((found) => found !== undefined);
  return {
    ...Object.fromEntries(SHARED.flatMap((key) => (schema[key] === undefined ? [] : [[key, schema[key]]]))),
    ...(pattern !== undefined && { pattern }),
    ...(items && { items: strict(items) }),
    ...(properties && {
      additionalProperties: false,
      properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, strict(each)])),
    }),
    ...(additionalProperties && { additionalProperties: strict(additionalProperties) }),
  };
}

/** The pattern of a rule that consists of one `matches`. CEL text doubles each backslash. */
function patternOf({ rule }: ValidationRule): string | undefined {
  return /^self\.matches\('([^']*)'\)$/.exec(rule)?.[1]?.replaceAll("\\\\", "\\");
}

/** The part of the chart's values.schema.json that is about the AWSAccount's spec: that of crds/, in JSON Schema's words. */

import { format } from "prettier";
import { type CustomResourceDefinition, type Schema, storedSchema, type ValidationRule } from "../schema.ts";

/** In values.schema.json, where `account.spec` refers to it. */
const DEFINITION = "AWSAccountSpec";

/** They have values of their own: account.id and account.region. */
const ELSEWHERE = new Set(["accountId", "region"]);

/** What means the same in a CustomResourceDefinition and in JSON Schema. */
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
 * @param text values.schema.json as it is
 * @returns it with the definition of the AWSAccount's spec
 */
export async function generateValuesSchema(
  text: string,
  definitions: readonly CustomResourceDefinition[],
): Promise<string> {
  const account = definitions.find(({ spec }) => spec.names.kind === "AWSAccount");
  const spec = account && storedSchema(account).properties?.["spec"];
  if (spec?.properties === undefined) throw new Error("crds/ has no AWSAccount with a spec");
  const { required: _, ...rest } = spec;
  const properties = Object.fromEntries(Object.entries(spec.properties).filter(([name]) => !ELSEWHERE.has(name)));
  const schema = { ...(JSON.parse(text) as object), definitions: { [DEFINITION]: strict({ ...rest, properties }) } };
  return format(JSON.stringify(schema), { parser: "json", printWidth: 120 });
}

/** The same without unknown fields. Of the rules, those that are one pattern are kept; the API server knows them all. */
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

/** Of a rule that says nothing else. In CEL's text a backslash is two. */
function patternOf({ rule }: ValidationRule): string | undefined {
  return /^self\.matches\('([^']*)'\)$/.exec(rule)?.[1]?.replaceAll("\\\\", "\\");
}

/** Generates the reference page of a kind: every field with its type, bounds, description and rules. */

import { format } from "prettier";
import {
  fieldsOf,
  storedSchema,
  type CustomResourceDefinition,
  type Field,
  type Schema,
  type ValidationRule,
} from "./schema.ts";

/** Bounds of the number format itself, which are not worth a mention. */
const UNBOUNDED = new Set([2 ** 31 - 1, Number.MAX_SAFE_INTEGER]);

/** @returns the Markdown text of docs/reference/<singular>.md */
export async function generateDocs(definition: CustomResourceDefinition): Promise<string> {
  const { names, group, scope } = definition.spec;
  const schema = storedSchema(definition);
  const version = definition.spec.versions.map((version) => version.name).join(", ");
  const rules = rulesByField(schema);
  const fields = [...fieldsOf(schema)].filter(({ path }) => /^(spec|status)(\..*[^\]}])?$/.test(path));
  const page = [
    `<!-- Generated from crds/ by scripts/generate.ts. Do not edit: change the CRD and run \`npm run generate\`. -->`,
    `# ${names.kind}`,
    `\`${group}/${version}\`, ${scope === "Cluster" ? "cluster-scoped" : "namespaced"}; \`kubectl get ${names.plural}\`, short name \`${names.shortNames.join("`, `")}\`.`,
    schema.description ?? "",
    ruleList(rules.get("")),
    ...fields.map((field) => section(field, rules)),
  ];
  return format(page.join("\n\n"), { parser: "markdown", printWidth: 120 });
}

/** Rules by the path of the field that they concern, which may differ from the path where they are written. */
function rulesByField(schema: Schema): Map<string, ValidationRule[]> {
  const rules = [...fieldsOf(schema)].flatMap(({ path, schema }) =>
    (schema["x-kubernetes-validations"] ?? []).map((rule) => ({ path: path + (rule.fieldPath ?? ""), rule })),
  );
  const grouped = Map.groupBy(rules, ({ path }) => path);
  return new Map([...grouped].map(([path, group]) => [path, group.map(({ rule }) => rule)]));
}

function section({ path, schema, required }: Field, rules: Map<string, ValidationRule[]>): string {
  const element = schema.items ?? schema.additionalProperties;
  const elementPath = `${path}${schema.items === undefined ? "{}" : "[]"}`;
  const isPart = path.includes(".");
  return [
    `${isPart ? "###" : "##"} \`${path}\``,
    `_${[typeOf(schema), required ? "required" : "optional"].join("; ")}_`,
    schema.description ?? "",
    element?.description ?? "",
    [ruleList(rules.get(path)), element === undefined ? "" : ruleList(rules.get(elementPath), "each ")]
      .join("\n")
      .trim(),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function ruleList(rules: ValidationRule[] = [], subject = ""): string {
  return rules.map(({ message }) => `- ${subject}${message}`).join("\n");
}

/** For example "string of 3 to 63 characters" or "list of at most 40 strings, no two equal". */
function typeOf(schema: Schema): string {
  if (schema.enum !== undefined) return `one of ${schema.enum.map((value) => `\`${value}\``).join(", ")}`;
  switch (schema.type) {
    case "string":
      return schema.format === "date-time"
        ? "RFC 3339 time"
        : `string${range(schema.minLength, schema.maxLength, " of ", " characters")}`;
    case "integer":
      return `integer${range(schema.minimum, schema.maximum, ", ", "")}`;
    case "array":
      return `list${range(schema.minItems, schema.maxItems, " of ", " items")}${keyOf(schema)}${elementOf(schema.items)}`;
    case "object":
      if (schema.additionalProperties === undefined) return "object";
      return `map${range(schema.minProperties, schema.maxProperties, " of ", " entries")}${elementOf(schema.additionalProperties)}`;
    default:
      return schema.type ?? "any";
  }
}

function keyOf(schema: Schema): string {
  if (schema["x-kubernetes-list-type"] === "set") return ", no two equal";
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  return keys.length === 0 ? "" : `, no two with the same ${keys.map((key) => `\`${key}\``).join(" and ")}`;
}

function elementOf(schema?: Schema): string {
  return schema === undefined || schema.type === "object" ? "" : `, each: ${typeOf(schema)}`;
}

function range(minimum: number | undefined, maximum: number | undefined, before: string, after: string): string {
  const bounded = maximum !== undefined && !UNBOUNDED.has(maximum);
  if (minimum !== undefined && bounded) {
    return minimum === maximum ? `${before}${minimum}${after}` : `${before}${minimum} to ${maximum}${after}`;
  }
  if (bounded) return `${before}at most ${maximum}${after}`;
  return minimum === undefined ? "" : `${before}at least ${minimum}${after}`;
}

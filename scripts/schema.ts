/** Reads the CustomResourceDefinitions of crds/ as data, for the generators and for checks. */

import { readdirSync, readFileSync } from "node:fs";
import { load } from "js-yaml";

/**
 * The keywords that crds/ uses.
 * https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/#JSONSchemaProps
 */
export interface Schema {
  type?: "object" | "array" | "string" | "integer" | "boolean";
  title?: string;
  description?: string;
  format?: string;
  pattern?: string;
  enum?: (string | boolean)[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  "x-kubernetes-list-type"?: "map" | "set" | "atomic";
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-validations"?: ValidationRule[];
}

export interface ValidationRule {
  rule: string;
  message: string;
  fieldPath?: string;
  reason?: string;
}

export interface CustomResourceDefinition {
  metadata: { name: string };
  spec: {
    group: string;
    scope: "Namespaced" | "Cluster";
    names: {
      kind: string;
      listKind: string;
      plural: string;
      singular: string;
      shortNames: string[];
      categories: string[];
    };
    versions: Version[];
  };
}

export interface Version {
  name: string;
  served: boolean;
  storage: boolean;
  subresources: { status?: Record<string, never> };
  additionalPrinterColumns: { name: string; type: string; jsonPath: string; priority?: number }[];
  selectableFields?: { jsonPath: string }[];
  schema: { openAPIV3Schema: Schema };
}

/** The folder that holds one CustomResourceDefinition per file. */
const CRD_FOLDER = new URL("../crds/", import.meta.url);

/** Every CustomResourceDefinition of crds/, by file name. */
export function loadDefinitions(): CustomResourceDefinition[] {
  return readdirSync(CRD_FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => load(readFileSync(new URL(file, CRD_FOLDER), "utf8")) as CustomResourceDefinition);
}

/** The schema of the stored version. */
export function storedSchema(definition: CustomResourceDefinition): Schema {
  const version = definition.spec.versions.find((version) => version.storage);
  if (version === undefined) throw new Error(`${definition.metadata.name} stores no version`);
  return version.schema.openAPIV3Schema;
}

/** A place in a schema. */
export interface Field {
  /**
   * For example "spec.lifecycle.rules[].id": "[]" means the items of a list, "{}" the values of a map, "" the object
   * itself.
   */
  path: string;
  schema: Schema;
  /** Whether the field is required in its object. */
  required: boolean;
}

/** A schema and all schemas in it, parents before children, in the order of the file. */
export function* fieldsOf(schema: Schema, path = "", required = true): Generator<Field> {
  yield { path, schema, required };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isRequired = schema.required?.includes(name) ?? false;
    yield* fieldsOf(property, path === "" ? name : `${path}.${name}`, isRequired);
  }
  if (schema.items !== undefined) yield* fieldsOf(schema.items, `${path}[]`);
  if (schema.additionalProperties !== undefined) yield* fieldsOf(schema.additionalProperties, `${path}{}`);
}

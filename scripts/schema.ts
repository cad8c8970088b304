/** The CustomResourceDefinitions of crds/, read as data: what is generated from them and checked about them starts here. */

import { readdirSync, readFileSync } from "node:fs";
import { load } from "js-yaml";

/** https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/#JSONSchemaProps, as far as crds/ uses it. */
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

/** The schema of the version that is stored. */
export function storedSchema(definition: CustomResourceDefinition): Schema {
  const version = definition.spec.versions.find((version) => version.storage);
  if (version === undefined) throw new Error(`${definition.metadata.name} stores no version`);
  return version.schema.openAPIV3Schema;
}

/** A place in a schema. */
export interface Field {
  /** Such as "spec.lifecycle.rules[].id"; "[]" stands for the items of a list, "{}" for the values of a map, "" for the object itself. */
  path: string;
  schema: Schema;
  /** Whether the object that the field is in must have it. */
  required: boolean;
}

/** A schema and all that is in it, parents before children, in the order of the file. */
export function* fieldsOf(schema: Schema, path = "", required = true): Generator<Field> {
  yield { path, schema, required };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isRequired = schema.required?.includes(name) ?? false;
    yield* fieldsOf(property, path === "" ? name : `${path}.${name}`, isRequired);
  }
  if (schema.items !== undefined) yield* fieldsOf(schema.items, `${path}[]`);
  if (schema.additionalProperties !== undefined) yield* fieldsOf(schema.additionalProperties, `${path}{}`);
}

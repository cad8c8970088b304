/**
 * Lint of the CustomResourceDefinitions against the Kubernetes API conventions
 * (https://github.com/kubernetes/community/blob/main/contributors/devel/sig-architecture/api-conventions.md).
 * Each check lists all offenders. Checks that need an API server are in test/integration/validation.
 */

import { describe, expect, test } from "vitest";
import { API_VERSION, AWS_ACCOUNTS, BUCKET_ACCESSES, GROUP, S3_BUCKETS, VERSION } from "../../operator/api/names.ts";
import { fieldsOf, loadDefinitions, storedSchema, type Field, type Schema } from "../../scripts/schema.ts";

const definitions = loadDefinitions();

/** Enum values in AWS's own spelling, and names of environment variables. All others are the operator's, in CamelCase. */
const AWS_SPELLING =
  /^(AES256|aws:kms|aws:kms:dsse|SSE-C|NONE|[a-z]+(_[a-z]+)+(_128K)?|STANDARD|REDUCED_REDUNDANCY|(STANDARD|ONEZONE)_IA|INTELLIGENT_TIERING|GLACIER(_IR)?|DEEP_ARCHIVE|(DEEP_)?ARCHIVE_ACCESS|GOVERNANCE|COMPLIANCE|IRSA|s3:[A-Za-z]+(:[A-Za-z*]+)?|CSV|ORC|ETag|GET|PUT|POST|DELETE|HEAD|https?|1\.[23]|[a-z0-9.]+\.amazonaws\.com|(BUCKET|ROLE|KMS)_[A-Z_]+)$/;

test("names.ts and the CRDs agree", () => {
  const served = definitions.map(({ spec }) => ({
    group: spec.group,
    version: spec.versions.map((version) => version.name).join(),
    kind: spec.names.kind,
    plural: spec.names.plural,
    namespaced: spec.scope === "Namespaced",
  }));
  expect(served).toEqual([AWS_ACCOUNTS, BUCKET_ACCESSES, S3_BUCKETS]);
  expect(API_VERSION).toBe(`${GROUP}/${VERSION}`);
});

test("names are unique, and differ from the short names of Kubernetes", () => {
  const builtIn = [
    "cm",
    "cs",
    "crd",
    "deploy",
    "ds",
    "ep",
    "ev",
    "hpa",
    "ing",
    "limits",
    "no",
    "ns",
    "pc",
    "pdb",
    "po",
  ];
  const names = definitions.flatMap(({ spec: { names } }) => [names.plural, names.singular, ...names.shortNames]);
  const all = [...names, ...builtIn, "pv", "pvc", "quota", "rc", "rs", "sa", "sc", "sts", "svc"];
  expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
});

describe.each(definitions.map((definition) => [definition.spec.names.kind, definition] as const))("%s", (_, crd) => {
  const schema = storedSchema(crd);
  const fields = [...fieldsOf(schema)].filter(({ path }) => path !== "metadata");

  /** Paths of the fields that match `among` and do not comply. */
  const offenders = (complies: (field: Field) => boolean, among: RegExp = /./): string[] =>
    fields.filter((field) => among.test(field.path) && !complies(field)).map(({ path }) => path);

  test("the kind is served and stored as one version with a status subresource", () => {
    expect(crd.spec.versions.map(({ served, storage }) => ({ served, storage }))).toEqual([
      { served: true, storage: true },
    ]);
    expect(crd.spec.versions[0]?.subresources).toEqual({ status: {} });
    expect(crd.metadata.name).toBe(`${crd.spec.names.plural}.${crd.spec.group}`);
    expect(crd.spec.names.listKind).toBe(`${crd.spec.names.kind}List`);
  });

  test("the kind is not in category 'all', so that 'kubectl delete all' deletes no bucket", () => {
    expect(crd.spec.names.categories).toEqual(["s3-operator"]);
  });

  test("the group is not claimed by Kubernetes, nor by a wildcard health check of Argo CD", () => {
    expect(crd.spec.group).toBe(GROUP);
    expect(crd.spec.group).not.toMatch(/k8s\.io$|kubernetes\.io$|k8s\.aws$|crossplane\.io$|upbound\.io$|google\.com$/);
  });

  test("the root has apiVersion, kind, metadata, spec and status, and spec is required", () => {
    expect(Object.keys(schema.properties ?? {})).toEqual(["apiVersion", "kind", "metadata", "spec", "status"]);
    expect(schema.required).toEqual(["spec"]);
  });

  test("the schema is structural: every node has a type, and no keyword is refused or turns validation off", () => {
    const refused =
      /^(\$ref|uniqueItems|oneOf|anyOf|allOf|not|nullable|x-kubernetes-(preserve-unknown-fields|int-or-string|embedded-resource))$/;
    expect(offenders(({ schema }) => schema.type !== undefined)).toEqual([]);
    expect(offenders(({ schema }) => !Object.keys(schema).some((key) => refused.test(key)))).toEqual([]);
  });

  test("field names are in camelCase", () => {
    expect(offenders(({ path }) => /^([a-z][A-Za-z0-9]*(\[\]|\{\})?\.?)+$/.test(path))).toEqual([]);
  });

  test("there is no status.phase", () => {
    expect(offenders(({ path }) => !path.endsWith(".phase"))).toEqual([]);
  });

  test("there are no floats, and every integer has bounds", () => {
    expect(
      offenders(({ schema: { type, format, minimum, maximum } }) => {
        if (type !== "integer") return String(type) !== "number";
        const isSafe = Number.isSafeInteger(minimum) && Number.isSafeInteger(maximum);
        return isSafe && (format === "int64" || (format === "int32" && (maximum ?? Infinity) < 2 ** 31));
      }),
    ).toEqual([]);
  });

  test("every string, list and map has bounds", () => {
    const isBounded = ({ schema }: Field): boolean => {
      if (schema.type === "string") return schema.maxLength !== undefined || schema.enum !== undefined;
      if (schema.type === "array") return schema.maxItems !== undefined;
      return schema.additionalProperties === undefined || schema.maxProperties !== undefined;
    };
    expect(offenders(isBounded, /^(spec|status)/)).toEqual([]);
  });

  test("every set has room for all of its enum values", () => {
    const hasRoom = ({ schema: { items, maxItems, ...schema } }: Field) =>
      items?.enum === undefined || schema["x-kubernetes-list-type"] !== "set" || (maxItems ?? 0) >= items.enum.length;
    expect(offenders(hasRoom)).toEqual([]);
  });

  test("enum values are in CamelCase, or in AWS's spelling", () => {
    const isSpelled = (value: string | boolean): boolean =>
      value === true ||
      (typeof value === "string" && (/^[A-Z][a-z][A-Za-z0-9]*$/.test(value) || AWS_SPELLING.test(value)));
    expect(offenders(({ schema }) => (schema.enum ?? []).every(isSpelled))).toEqual([]);
  });

  test("every map has string values", () => {
    expect(
      offenders(({ schema: { additionalProperties: values } }) => (values?.type ?? "string") === "string"),
    ).toEqual([]);
  });

  test("every list has a list type, and the keys of list-maps are required", () => {
    const isMergeable = ({ schema }: Field): boolean => {
      if (schema.type !== "array") return true;
      const keys = schema["x-kubernetes-list-map-keys"] ?? [];
      const isScalar = schema.items?.type !== "object";
      switch (schema["x-kubernetes-list-type"]) {
        case "map":
          return keys.length > 0 && keys.every((key) => schema.items?.required?.includes(key));
        case "set":
          return isScalar;
        case "atomic":
          return true;
        default:
          return false;
      }
    };
    expect(offenders(isMergeable)).toEqual([]);
  });

  test("the only default is the status that kstatus takes for 'in progress'", () => {
    expect(offenders(({ schema }) => schema.default === undefined)).toEqual(["status"]);
    expect(schema.properties?.["status"]?.default).toEqual({ observedGeneration: -1 });
  });

  test("every field has a description in sentences", () => {
    const isDescribed = ({ path, schema }: Field): boolean =>
      /[\]}]$/.test(path) && schema.type !== "object"
        ? schema.description === undefined
        : /^[A-Z`].*[^\s]$/.test(schema.description?.replace(/^metadata/, "M") ?? "") &&
          /(\.|`|html)$/.test(schema.description ?? "");
    expect(offenders(isDescribed)).toEqual([]);
  });

  test("a title is the name of a type, and has one shape", () => {
    const byTitle = Map.groupBy(
      fields.filter(({ schema }) => schema.title !== undefined),
      ({ schema }) => schema.title,
    );
    const ambiguous = [...byTitle].filter(([, uses]) => new Set(uses.map(({ schema }) => schema)).size > 1);
    expect(ambiguous.map(([title]) => title)).toEqual([]);
  });

  test("the messages of rules follow the conventions", () => {
    const messages = fields
      .flatMap(({ schema }) => schema["x-kubernetes-validations"] ?? [])
      .map((rule) => rule.message);
    const isClear = (message: string): boolean =>
      /\b(must|may)\b/.test(message) && !/[.!<>≤≥"`]$|[<>≤≥"`]/.test(message.replaceAll(/'[^']*'/g, ""));
    expect(messages.filter((message) => !isClear(message))).toEqual([]);
  });

  test("conditions have the shape of metav1.Condition", () => {
    const conditions = schema.properties?.["status"]?.properties?.["conditions"];
    const { type, status, reason, message, lastTransitionTime } = conditions?.items?.properties ?? {};
    expect(conditions?.["x-kubernetes-list-map-keys"]).toEqual(["type"]);
    expect(conditions?.items?.required?.toSorted()).toEqual([
      "lastTransitionTime",
      "message",
      "reason",
      "status",
      "type",
    ]);
    expect(type?.maxLength).toBe(316);
    expect(status?.enum).toEqual(["True", "False", "Unknown"]);
    expect([reason?.minLength, reason?.maxLength, message?.maxLength]).toEqual([1, 1024, 32768]);
    expect(lastTransitionTime?.format).toBe("date-time");
  });

  test("columns and selectable fields exist", () => {
    const { additionalPrinterColumns, selectableFields = [] } = crd.spec.versions[0] ?? {
      additionalPrinterColumns: [],
    };
    const paths = [...additionalPrinterColumns, ...selectableFields].map(({ jsonPath }) =>
      jsonPath.replace(/\[(\?\(.*?\)|\d+)\]/, "[]").slice(1),
    );
    const known = new Set([...fields.map(({ path }) => path), "metadata.creationTimestamp"]);
    expect(paths.filter((path) => !known.has(path))).toEqual([]);
  });

  test("the definition is small enough for client-side apply, which copies it into an annotation", () => {
    expect(Buffer.byteLength(JSON.stringify(crd))).toBeLessThan(200_000);
  });
});

test("fields that kinds have in common are the same in all", () => {
  const shared = (path: string): Schema[] =>
    definitions.flatMap((definition) =>
      [...fieldsOf(storedSchema(definition))].filter((field) => field.path === path).map(({ schema }) => schema),
    );
  const distinct = (values: unknown[]): number => new Set(values.map((value) => JSON.stringify(value))).size;
  for (const path of ["status.conditions", "status.observedGeneration"]) {
    expect(shared(path)).toHaveLength(definitions.length);
    expect(distinct(shared(path)), path).toBe(1);
  }
  for (const path of ["spec.tags{}", "status.reconcileRequestedAt"]) {
    expect(shared(path).length, path).toBeGreaterThan(1);
    expect(distinct(shared(path)), path).toBe(1);
  }
  expect(distinct(shared("spec.tags").map((schema) => schema["x-kubernetes-validations"]))).toBe(1);
});

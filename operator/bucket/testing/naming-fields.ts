/**
 * Finds the fields of a CRD that can name something outside the object: an account, a role, a key, a bucket, a queue, a
 * principal. By the values that the schema accepts, so that the name of a new field does not matter.
 */

import { fieldsOf, loadDefinitions, storedSchema, type Schema } from "../../../scripts/schema.ts";

const FOREIGN = "999999999999";
/** The canonical user ID of an account. */
const CANONICAL = "9".repeat(64);

const inRegion = (service: string, resource: string) => `arn:aws:${service}:eu-central-1:${FOREIGN}:${resource}`;
const ofIam = (resource: string) => `arn:aws:iam::${FOREIGN}:${resource}`;

/** What an attacker could name, one of each kind. */
const NAMES = [
  FOREIGN,
  CANONICAL,
  "*",
  "victim-secrets",
  "victim.amazonaws.com",
  "arn:aws:s3:::victim-secrets",
  "arn:aws:s3:::victim-secrets/*",
  "alias/victim",
  "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EVICTIM",
  "AROAVICTIMVICTIMVICTI",
  ofIam("root"),
  ofIam("role/victim"),
  ofIam("user/victim"),
  ofIam("policy/victim"),
  ofIam("saml-provider/victim"),
  ofIam("oidc-provider/victim.example.com"),
  `arn:aws:sts::${FOREIGN}:assumed-role/victim/session`,
  `arn:aws:cloudfront::${FOREIGN}:distribution/E1A2B3C4D5E6F7`,
  inRegion("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab"),
  inRegion("kms", "alias/victim"),
  inRegion("sqs", "victim"),
  inRegion("sns", "victim"),
  inRegion("lambda", "function:victim"),
  inRegion("events", "event-bus/victim"),
  inRegion("firehose", "deliverystream/victim"),
  inRegion("dynamodb", "table/victim"),
  inRegion("s3", "accesspoint/victim"),
  inRegion("s3tables", "bucket/victim"),
  inRegion("eks", "cluster/victim"),
  inRegion("logs", "log-group:victim"),
];

/** A field, and the names that it accepts. */
export interface NamingField {
  /** As in scripts/schema.ts; "{key}" means the keys of a map. */
  path: string;
  names: string[];
  /** The least spec that has `name` there, with the fields that are required on the way. */
  specWith: (name: string) => object;
}

/** All fields of the kind's spec that accept such names. */
export function namingFieldsOf(kind: string): NamingField[] {
  const spec = specOf(kind);
  return [...leavesOf(spec)].flatMap(({ path, schema }) => {
    const names = NAMES.filter((name) => accepts(schema, name));
    return names.length === 0
      ? []
      : [{ path, names, specWith: (name: string) => sampleWith(stepsOf(path), name, spec) as object }];
  });
}

/** Paths of fields for an ARN or an account ID that accept none of the names. */
export function unknownNamesOf(kind: string): string[] {
  const known = new Set(namingFieldsOf(kind).map(({ path }) => path));
  const isForNames = ({ pattern, "x-kubernetes-validations": rules }: Schema) =>
    /arn:|\{12\}/.test(JSON.stringify([pattern, rules]));
  return [...leavesOf(specOf(kind))].flatMap(({ path, schema }) =>
    isForNames(schema) && !known.has(path) ? [path] : [],
  );
}

function specOf(kind: string): Schema {
  const definition = loadDefinitions().find(({ spec }) => spec.names.kind === kind);
  return (definition && storedSchema(definition).properties?.["spec"]) ?? {};
}

function* leavesOf(spec: Schema): Generator<{ path: string; schema: Schema }> {
  for (const { path, schema } of fieldsOf(spec)) {
    if (schema.type === "string") yield { path, schema };
    if (schema.additionalProperties !== undefined) yield { path: `${path}{key}`, schema: { type: "string" } };
  }
}

/** False only if the API server would certainly refuse the value: rules of another form than below count as obeyed. */
function accepts(schema: Schema, value: string): boolean {
  const { enum: words, minLength = 0, maxLength = Infinity, pattern = "" } = schema;
  if (words !== undefined && !words.includes(value)) return false;
  if (schema.format === "date-time" && Number.isNaN(Date.parse(value))) return false;
  if (value.length < minLength || value.length > maxLength || !new RegExp(pattern).test(value)) return false;
  return (schema["x-kubernetes-validations"] ?? []).every(({ rule }) => obeys(rule, value));
}

const QUOTED = /'(?:[^'\\]|\\.)*'/g;

function obeys(rule: string, value: string): boolean {
  if (rule.replaceAll(QUOTED, "").includes("||")) return true;
  return rule.split(" && ").every((term) => {
    const [, negation, method, argument = ""] = /^(!?)self\.(\w+)\('((?:[^'\\]|\\.)*)'\)$/.exec(term) ?? [];
    const text = argument.replaceAll("\\\\", "\\");
    const holds = method === undefined ? undefined : HOLDS[method]?.(value, text);
    return holds === undefined || holds !== (negation === "!");
  });
}

/** CEL's regular expressions have forms that JavaScript lacks: those count as obeyed. */
const HOLDS: Readonly<Record<string, (value: string, text: string) => boolean | undefined>> = {
  matches: (value, text) => (/\\[xp]\{/.test(text) ? undefined : new RegExp(text).test(value)),
  startsWith: (value, text) => value.startsWith(text),
  endsWith: (value, text) => value.endsWith(text),
  contains: (value, text) => value.includes(text),
};

function stepsOf(path: string): string[] {
  return path.replaceAll(/(\[\]|\{\w*\})/g, ".$1").split(".");
}

function sampleWith([step, ...rest]: string[], name: string, schema: Schema): unknown {
  if (step === undefined) return name;
  if (step === "[]") return [sampleWith(rest, name, schema.items ?? {})];
  if (step === "{}") return { key: sampleWith(rest, name, schema.additionalProperties ?? {}) };
  if (step === "{key}") return { [name]: sampleOf(schema.additionalProperties) };
  const required = (schema.required ?? []).map((field) => [field, sampleOf(schema.properties?.[field])] as const);
  return { ...Object.fromEntries(required), [step]: sampleWith(rest, name, schema.properties?.[step] ?? {}) };
}

function sampleOf({ type, enum: words, properties, required = [] }: Schema = {}): unknown {
  if (words !== undefined) return words[0];
  if (type === "array") return [];
  if (type !== "object") return "x";
  return Object.fromEntries(required.map((field) => [field, sampleOf(properties?.[field])]));
}

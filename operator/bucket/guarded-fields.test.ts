import { expect, test } from "vitest";
import { fieldsOf, loadDefinitions, storedSchema, type Field, type Schema } from "../../scripts/schema.ts";
import type { S3BucketSpec } from "../api/types.ts";
import { asksOf } from "./guardrails.ts";
import { awsAccount, OWNER } from "./testing/fixtures.ts";

/* A field that names an account, or something in one, lets data out of the bucket's account: guardrails must hear of it. */

const NAMES_AN_ACCOUNT = /(arns?|accounts?|account_?ids?|bucket|distributions|\.aws)(\[\]|\{\})*$/i;

/** Fields that guardrails need not hear of. */
const EXEMPT: Readonly<Record<string, string>> = {
  "logging.targetBucket": "S3 delivers logs only to a bucket of the same account",
  "replication.roleArn": "S3 takes only a role of the bucket's account",
  "replication.rules[].destination.bucket": "has no account in its ARN; `account` beside it is asked about",
  "inventory.configurations[].destination.bucket": "as above, with `accountId`",
  "analytics.configurations[].dataExport.bucket": "as above, with `bucketAccountId`",
  "metrics.configurations[].filter.accessPointArn": "is a filter, to which nothing is sent",
};

const FOREIGN = "999999999999";

const schema = loadDefinitions()
  .filter(({ spec }) => spec.names.kind === "S3Bucket")
  .map((definition) => storedSchema(definition).properties?.["spec"])[0];

function* namingFields(): Generator<Field> {
  for (const field of fieldsOf(schema ?? {})) {
    if (NAMES_AN_ACCOUNT.test(field.path) && field.schema.type === "string") yield field;
  }
}

/** The least that has `value` at the path: with the fields that are required on the way. */
function specWith(path: string[], value: string, { properties, items, required = [] }: Schema): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (name === "[]") return [specWith(rest, value, items ?? {})];
  const others = required.map((field) => [field, sampleOf(properties?.[field])] as const);
  return { ...Object.fromEntries(others), [name]: specWith(rest, value, properties?.[name] ?? {}) };
}

function sampleOf({ type, enum: words }: Schema = {}): unknown {
  if (words !== undefined) return words[0];
  return type === "array" ? [] : type === "object" ? {} : "x";
}

function isAskedAbout({ path }: Field): boolean {
  const value = /arns?(\[\])?$|distributions/i.test(path) ? `arn:aws:service:eu-central-1:${FOREIGN}:name` : FOREIGN;
  const spec = specWith(path.replaceAll("[]", ".[]").split("."), value, schema ?? {}) as S3BucketSpec;
  const address = { account: awsAccount(), owner: OWNER, bucketName: "docs", region: "eu-central-1" };
  return JSON.stringify(asksOf(spec, address)).includes(FOREIGN);
}

test("guardrails hear of every field that names an account", () => {
  const forgotten = [...namingFields()].filter((field) => !(field.path in EXEMPT) && !isAskedAbout(field));
  expect(
    forgotten.map(({ path }) => `spec.${path}`),
    "Return an ask for the field in `asks` of its setting, or add the field to EXEMPT of this test, and say why",
  ).toEqual([]);
});

test("no field is exempt that is gone, or that guardrails hear of", () => {
  const silent = new Set([...namingFields()].filter((field) => !isAskedAbout(field)).map(({ path }) => path));
  expect(Object.keys(EXEMPT).filter((path) => !silent.has(path))).toEqual([]);
});

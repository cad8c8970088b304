/**
 * Tests every rule of the CRDs on a real API server, by dry run: the specs that are refused, at which field and with
 * which message (messages.golden.txt), and the specs that are accepted. A rule without a row that triggers it fails the
 * last test.
 */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { API_VERSION, AWS_ACCOUNTS, BUCKET_ACCESSES, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { ObjectKey, Resource } from "../../../operator/kube/object.ts";
import { collectionPath, objectPath } from "../../../operator/kube/paths.ts";
import { fieldsOf, loadDefinitions, storedSchema } from "../../../scripts/schema.ts";
import { ACCESS_EDITS, ACCESS_ROWS, CONSENT_ROWS } from "./access-rows.ts";
import { ACCOUNT_EDITS, ACCOUNT_ROWS } from "./account-rows.ts";
import { causesOf, connect, inBatches, type Answer, type Api } from "./api.ts";
import { BUCKET_EDITS, BUCKET_ROWS } from "./bucket-rows.ts";
import { CONFIGURATION_ROWS, NOTIFICATION_ROWS } from "./configuration-rows.ts";
import { CORS_ROWS, LIFECYCLE_ROWS } from "./lifecycle-rows.ts";
import { POLICY_ROWS } from "./policy-rows.ts";
import { LOGGING_ROWS, OBJECT_LOCK_ROWS, REPLICATION_ROWS, WEBSITE_ROWS, WORD_ROWS } from "./settings-rows.ts";
import type { Row } from "./table.ts";

const BUCKETS = [
  ...BUCKET_ROWS,
  ...BUCKET_EDITS,
  ...LIFECYCLE_ROWS,
  ...CORS_ROWS,
  ...POLICY_ROWS,
  ...OBJECT_LOCK_ROWS,
  ...LOGGING_ROWS,
  ...NOTIFICATION_ROWS,
  ...CONFIGURATION_ROWS,
  ...REPLICATION_ROWS,
  ...WEBSITE_ROWS,
  ...WORD_ROWS,
  ...CONSENT_ROWS,
];
const ACCOUNTS = [...ACCOUNT_ROWS, ...ACCOUNT_EDITS];
const ACCESSES = [...ACCESS_ROWS, ...ACCESS_EDITS];

/** Namespace of this run, and prefix of its object names. */
const RUN = `validation-${randomUUID().slice(0, 8)}`;

/** Responses of the API server, by name of the row. */
const answers = new Map<string, Answer>();
let api: Api;

beforeAll(async () => {
  api = connect();
  await api.send("POST", collectionPath({ ...S3_BUCKETS, group: "", version: "v1", plural: "namespaces" }), {
    metadata: { name: RUN },
  });
  await inBatches(BUCKETS, (row, index) => ask(S3_BUCKETS, { namespace: RUN, name: `${RUN}-${index}` }, row));
  await inBatches(ACCOUNTS, (row, index) => ask(AWS_ACCOUNTS, { name: `${RUN}-${index}` }, row));
  await inBatches(ACCESSES, (row, index) => ask(BUCKET_ACCESSES, { namespace: RUN, name: `${RUN}-${index}` }, row));
});

afterAll(async () => {
  await api.send("DELETE", `/api/v1/namespaces/${RUN}`);
  await api.close();
});

async function ask(resource: Resource, key: ObjectKey, { name, spec, before, objectName }: Row): Promise<void> {
  const collection = collectionPath(resource, key.namespace);
  const object = {
    apiVersion: API_VERSION,
    kind: resource.kind,
    metadata: { ...key, name: objectName ?? key.name },
    spec,
  };
  if (before === undefined) {
    answers.set(name, await api.send("POST", `${collection}?dryRun=All`, object));
    return;
  }
  const { code, body } = await api.send("POST", collection, { ...object, spec: before });
  if (code !== 201) throw new Error(`${name}: ${body.message}`);
  const path = objectPath(resource, key);
  answers.set(name, await api.send("PUT", `${path}?dryRun=All`, { ...object, metadata: body.metadata }));
  await api.send("DELETE", path);
}

describe.each([
  ["S3Bucket", BUCKETS],
  ["AWSAccount", ACCOUNTS],
  ["BucketAccess", ACCESSES],
])("%s", (_, rows) => {
  test.each(rows)("$name", ({ name, refusedAt }) => {
    const answer = answers.get(name);
    const fields = answer && causesOf(answer).map(({ field }) => field);
    const expected =
      refusedAt === undefined
        ? { code: expect.toBeOneOf([200, 201]), fields: [] }
        : { code: 422, fields: expect.arrayContaining([refusedAt]) };
    expect({ code: answer?.code, fields }, answer?.body.message).toEqual(expected);
  });
});

test("row names are unique", () => {
  expect(answers.size).toBe(BUCKETS.length + ACCOUNTS.length + ACCESSES.length);
});

test("every refusal has the message in messages.golden.txt", async () => {
  const lines = [...BUCKETS, ...ACCOUNTS, ...ACCESSES].flatMap(({ name }) => {
    const answer = answers.get(name);
    const causes = answer === undefined ? [] : causesOf(answer);
    return causes.map(({ field, message }) => `${name}\n  ${field}: ${brief(message)}`);
  });
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("messages.golden.txt");
});

test("every rule of the CRDs refuses a row", () => {
  const causes = [...answers.values()].flatMap(causesOf);
  const seen = causes.map(({ field, message }) => `${pathOf(field)}: ${message}`);
  const unseen = loadDefinitions().flatMap((definition) =>
    [...fieldsOf(storedSchema(definition))].flatMap(({ path, schema }) =>
      (schema["x-kubernetes-validations"] ?? [])
        .map(({ fieldPath = "", message }) => ({ start: `${path}${fieldPath}: `, message }))
        .filter(({ start, message }) => !seen.some((text) => text.startsWith(start) && text.endsWith(message)))
        .map(({ start, message }) => start + message),
    ),
  );
  expect(unseen).toEqual([]);
});

/** The path in the notation of schemas: without list indexes and map keys. */
function pathOf(field: string): string {
  return field.replaceAll(/\[\d+\]/g, "[]").replaceAll(/\[[^\]]+\]/g, "{}");
}

/** The message without the value that was sent, which can be long. */
function brief(message: string): string {
  return message.replace(/^Invalid value: ("(\\.|[^"\\])*": )?/, "");
}

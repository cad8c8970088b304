/**
 * How the API server handles objects of our kinds beyond the rules: status, pruning, ownership of list entries, limits,
 * the examples.
 */

import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { loadAll } from "js-yaml";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { API_VERSION, AWS_ACCOUNTS, BUCKET_ACCESSES, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { KubeObject } from "../../../operator/kube/object.ts";
import { collectionPath, objectPath } from "../../../operator/kube/paths.ts";
import { causesOf, connect, type Answer, type Api } from "./api.ts";
import type { Spec } from "./table.ts";

const NAMESPACE = `objects-${randomUUID().slice(0, 8)}`;
const BUCKETS = collectionPath(S3_BUCKETS, NAMESPACE);
const ACCESSES = collectionPath(BUCKET_ACCESSES, NAMESPACE);
let api: Api;

beforeAll(async () => {
  api = connect();
  await api.send("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
});

afterAll(async () => {
  await api.send("DELETE", `/api/v1/namespaces/${NAMESPACE}`);
  await api.close();
});

const bucket = (name: string, spec: Spec = {}) => ({
  apiVersion: API_VERSION,
  kind: "S3Bucket",
  metadata: { name, namespace: NAMESPACE },
  spec,
});
const access = (name: string, grants: Spec[], bucketName = "docs") => ({
  apiVersion: API_VERSION,
  kind: "BucketAccess",
  metadata: { name, namespace: NAMESPACE },
  spec: { bucketRef: { name: bucketName }, grants, serviceAccountRefs: [{ name: "api" }] },
});
const pathOf = (name: string, subresource?: string): string =>
  objectPath(S3_BUCKETS, { namespace: NAMESPACE, name }, subresource);

/** Rejects when the API server refuses the object. */
async function done(answer: Promise<Answer>): Promise<Answer["body"]> {
  const { code, body } = await answer;
  if (code >= 300) throw new Error(body.message);
  return body;
}

test("a new object has observedGeneration -1, which kstatus takes for 'in progress'", async () => {
  const created = await done(api.send("POST", BUCKETS, bucket("new")));
  expect(created.status).toEqual({ observedGeneration: -1 });
});

test("spec gets no defaults, and a second apply changes nothing", async () => {
  const apply = () => done(api.apply(pathOf("same"), bucket("same", { versioning: "Enabled" }), "team"));
  const created = await apply();
  expect(created.spec).toEqual({ versioning: "Enabled" });
  // A creation stores no status. The first write after it stores the default, once, without a new generation.
  const second = await apply();
  const third = await apply();
  expect(second.metadata.generation).toBe(1);
  expect(third.metadata.resourceVersion).toBe(second.metadata.resourceVersion);
});

test("status is written only through its subresource, and does not change the generation", async () => {
  const created = await done(api.send("POST", BUCKETS, bucket("status")));
  const status = { observedGeneration: 1, origin: "Created" };
  const ignored = await done(api.send("PUT", pathOf("status"), { ...created, status }));
  expect(ignored.status).toEqual({ observedGeneration: -1 });
  const spec = { versioning: "Enabled" };
  const written = await done(api.send("PUT", pathOf("status", "status"), { ...ignored, spec, status }));
  expect(written).toMatchObject({ metadata: { generation: 1 }, spec: {}, status });
  expect(written.spec).toEqual({});
  const edited = await done(api.send("PUT", pathOf("status"), { ...written, spec }));
  expect(edited).toMatchObject({ metadata: { generation: 2 }, status });
});

test("unknown fields are pruned, or refused when the client requests that", async () => {
  const object = bucket("unknown", { versionning: "Enabled" });
  expect((await done(api.send("POST", BUCKETS, object))).spec).toEqual({});
  const strict = await api.send("POST", `${BUCKETS}?fieldValidation=Strict&dryRun=All`, object);
  expect(strict).toMatchObject({ code: 400, body: { message: expect.stringContaining("spec.versionning") } });
});

test("spec is required", async () => {
  const { spec: _, ...object } = bucket("no-spec");
  const answer = await api.send("POST", BUCKETS, object);
  expect(causesOf(answer)).toEqual([{ field: "spec", message: "Required value" }]);
});

test("two managers own one lifecycle rule and one statement each", async () => {
  const part = (id: string): Spec => ({
    lifecycle: { rules: [{ id, status: "Enabled", expiration: { days: 1 } }] },
    policy: { statements: [{ sid: id, effect: "Deny", principals: { aws: ["*"] }, actions: ["s3:PutObject"] }] },
  });
  await done(api.apply(pathOf("shared"), bucket("shared", part("a")), "team-a"));
  await done(api.apply(pathOf("shared"), bucket("shared", part("b")), "team-b"));
  const left = await done(api.apply(pathOf("shared"), bucket("shared"), "team-a"));
  expect(left.spec).toEqual(part("b"));
});

test("two managers own one grant each", async () => {
  const path = objectPath(BUCKET_ACCESSES, { namespace: NAMESPACE, name: "shared" });
  const [raw, out] = [
    { prefix: "raw/", permissions: ["Read"] },
    { prefix: "out/", permissions: ["Write"] },
  ];
  await done(api.apply(path, access("shared", [raw]), "team-a"));
  const both = await done(api.apply(path, access("shared", [out]), "team-b"));
  expect(both.spec?.["grants"]).toEqual([raw, out]);
});

test("accesses can be selected by bucket, and have no defaults in spec", async () => {
  const object = access("selected", [{ prefix: "*", permissions: ["List"] }], "one-of-its-own");
  const created = await done(api.send("POST", ACCESSES, object));
  expect(created).toMatchObject({ spec: object.spec, status: { observedGeneration: -1 } });
  expect(created.spec).toEqual(object.spec);
  const found = await done(api.send("GET", `${ACCESSES}?fieldSelector=spec.bucketRef.name%3Done-of-its-own`));
  expect(found.items).toContainEqual(expect.objectContaining({ metadata: created.metadata }));
});

test("buckets can be selected by bucketName", async () => {
  await done(api.send("POST", BUCKETS, bucket("selected", { bucketName: `${NAMESPACE}-acme` })));
  const found = await done(api.send("GET", `${BUCKETS}?fieldSelector=spec.bucketName%3D${NAMESPACE}-acme`));
  expect(found.items).toMatchObject([{ metadata: { name: "selected" } }]);
});

test("the largest lifecycle configuration of AWS passes within the API server's cost limits", async () => {
  const rules = Array.from({ length: 1000 }, (_, index) => ({
    id: `rule-${index}`,
    status: "Enabled",
    filter: { prefix: `${index}/`, tags: { a: "b", c: "d" }, objectSizeGreaterThan: 1, objectSizeLessThan: 9 },
    transitions: ["STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"].map(
      (storageClass, step) => ({ storageClass, days: 30 + 30 * step }),
    ),
    expiration: { days: 1000 },
    noncurrentVersionTransitions: ["STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"].map(
      (storageClass, step) => ({ storageClass, noncurrentDays: 30 + 30 * step }),
    ),
    noncurrentVersionExpiration: { noncurrentDays: 1000, newerNoncurrentVersions: 5 },
  }));
  const created = await done(api.send("POST", `${BUCKETS}?dryRun=All`, bucket("largest", { lifecycle: { rules } })));
  expect(created.spec).toEqual({ lifecycle: { rules } });
});

test("the longest lists with unique IDs and priorities pass within the limits too", async () => {
  const each = <T>(make: (id: string, index: number) => T): T[] =>
    Array.from({ length: 100 }, (_, index) => make(`${index}`.padStart(255, "x"), index));
  const arn = (service: string) => `arn:aws:${service}:eu-central-1:111122223333`;
  const events = ["s3:ObjectCreated:*"];
  const spec = {
    versioning: "Enabled",
    notifications: {
      queues: each((id) => ({ id: `q${id.slice(1)}`, queueArn: `${arn("sqs")}:q`, events })),
      topics: each((id) => ({ id: `t${id.slice(1)}`, topicArn: `${arn("sns")}:t`, events })),
      lambdaFunctions: each((id) => ({ id, lambdaFunctionArn: `${arn("lambda")}:function:f`, events })),
    },
    replication: {
      roleArn: "arn:aws:iam::111122223333:role/r",
      rules: each((id, priority) => ({
        id,
        priority,
        status: "Enabled",
        destination: { bucket: "arn:aws:s3:::backup" },
      })),
    },
    cors: { rules: each((id) => ({ id, allowedOrigins: ["*"], allowedMethods: ["GET"] })) },
  };
  const created = await done(api.send("POST", `${BUCKETS}?dryRun=All`, bucket("longest", spec)));
  expect(created.spec).toEqual(spec);
});

test("kubectl shows the state, the AWS names and, with -o wide, the message", async () => {
  const created = await done(api.send("POST", BUCKETS, bucket("columns")));
  const ready = { type: "Ready", status: "False", reason: "BucketNotOwned", message: "Tagged as another's." };
  const status = {
    conditions: [{ ...ready, lastTransitionTime: "2026-01-01T00:00:00Z" }],
    bucketName: "acme-docs",
    region: "eu-central-1",
    accountId: "111122223333",
  };
  await done(api.send("PUT", pathOf("columns", "status"), { ...created, status }));
  const { stdout } = await promisify(execFile)(
    inject("kubectlPath"),
    ["get", "s3b", "columns", "-n", NAMESPACE, "-o", "wide"],
    { env: { KUBECONFIG: inject("kubeconfigPath"), KUBECACHEDIR: `${dirname(inject("kubeconfigPath"))}/columns` } },
  );
  expect(stdout.split("\n").map((line) => line.split(/\s{2,}/).filter((cell) => !/^\d+s$/.test(cell)))).toEqual([
    ["NAME", "READY", "REASON", "BUCKET", "REGION", "AGE", "ACCOUNT", "MESSAGE"],
    ["columns", "False", "BucketNotOwned", "acme-docs", "eu-central-1", "111122223333", "Tagged as another's."],
    [""],
  ]);
});

const ROOT = new URL("../../../", import.meta.url);
const manifests = ["examples", "test/corpus"].flatMap((folder) =>
  readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => `${folder}/${file}`)
    .map((file) => [file, loadAll(readFileSync(new URL(file, ROOT), "utf8")) as KubeObject[]] as const)
    // Manifests of other projects are tested in test/judges/gitops.test.ts.
    .map(([file, objects]) => [file, objects.filter(({ apiVersion }) => apiVersion === API_VERSION)] as const)
    .filter(([, objects]) => objects.length > 0),
);

test.each(manifests)("%s is valid without pruned fields", async (_, objects) => {
  for (const object of objects) {
    const collection =
      { AWSAccount: collectionPath(AWS_ACCOUNTS), BucketAccess: ACCESSES }[object.kind ?? ""] ?? BUCKETS;
    const { code, body } = await api.send("POST", `${collection}?fieldValidation=Strict&dryRun=All`, object);
    expect({ code, message: body.message }).toEqual({ code: 201, message: undefined });
  }
});

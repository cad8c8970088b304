import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { operatorCalls } from "../support/expect/invariants.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { spawnOperator } from "../support/process/operator.ts";
import { readyBucket } from "../support/world/buckets.ts";
import { createWorld } from "../support/world/world.ts";

const PRELOAD = pathToFileURL(join(import.meta.dirname, "..", "support", "process", "print-spans.ts")).href;

interface PrintedSpan {
  span: string;
  attributes: Record<string, string | number | undefined>;
  traceId: string;
  spanId: string;
  parent?: string;
}

let bundle: string;

beforeAll(async () => {
  bundle = await ensureBundle();
});

test("an SDK loaded beside the operator gets a trace of each reconcile, with every call to AWS in it", async () => {
  await using world = await createWorld();
  world.simulator.faults.internalError({ operation: "PutBucketVersioning", times: 1 });
  await using operator = spawnOperator(world, bundle, [], { NODE_OPTIONS: `--import=${PRELOAD}` });
  await readyBucket(world, "docs", { versioning: "Enabled" });
  operator.child.kill("SIGTERM");
  await operator.exited;

  const spans = operator.log().filter(({ span }) => span !== undefined) as unknown as PrintedSpan[];
  const roots = spans.filter(({ parent }) => parent === undefined);
  const calls = spans.filter(({ parent }) => parent !== undefined);
  expect(new Set(roots.map(({ span }) => span))).toEqual(new Set(["Reconcile S3Bucket", "Reconcile AWSAccount"]));
  expect(roots.find(({ attributes }) => attributes["k8s.object.name"] === "docs")?.attributes).toMatchObject({
    controller: "s3bucket",
    "k8s.namespace.name": world.name,
    "k8s.object.kind": "S3Bucket",
  });
  expect(roots.some(({ attributes }) => attributes["reconcile.outcome"] === "done")).toBe(true);

  const rootOf = ({ traceId, parent }: PrintedSpan) =>
    roots.find((root) => root.spanId === parent && root.traceId === traceId)?.span;
  expect(rootOf(calls.find(({ span }) => span === "s3.CreateBucket") as PrintedSpan)).toBe("Reconcile S3Bucket");
  expect(calls.filter((call) => rootOf(call) === undefined)).toEqual([]);
  const requests = calls.reduce(
    (sum, { attributes }) => sum + 1 + Number(attributes["http.request.resend_count"] ?? 0),
    0,
  );
  expect(requests, "all requests are traced, retries included").toBe(operatorCalls(world).length);
  const retried = calls.find(({ attributes }) => attributes["http.request.resend_count"] === 1);
  expect(retried).toMatchObject({ span: "s3.PutBucketVersioning", attributes: { "http.response.status_code": 200 } });
  expect(JSON.stringify(calls), "spans contain no parameters").not.toContain(world.bucketName("docs"));
});

test("the operator contains no SDK of its own", async () => {
  const text = await readFile(bundle, "utf8");
  expect(text).toContain("opentelemetry.js.api");
  expect(text).not.toMatch(/TracerProvider\b.*SpanProcessor|BasicTracerProvider|BatchSpanProcessor|SpanExporter/);
});

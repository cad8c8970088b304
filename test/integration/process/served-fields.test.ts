import { KubeConfig } from "@kubernetes/client-node";
import { pino } from "pino";
import { Registry } from "prom-client";
import { expect, inject, test } from "vitest";
import { FIELDS } from "../../../operator/api/generated/fields.ts";
import { AWS_ACCOUNTS, S3_BUCKETS } from "../../../operator/api/names.ts";
import { systemClock } from "../../../operator/clock.ts";
import { createKubeMetrics } from "../../../operator/kube/metrics.ts";
import { requireServedFields, type Fields } from "../../../operator/kube/served-fields.ts";

/** Waits of one second, for a schema that may still change, are skipped. */
const clock = {
  ...systemClock,
  schedule: (ms: number, run: () => void) => systemClock.schedule(ms === 1_000 ? 0 : ms, run),
};

function requireFields(buckets: Fields, server?: string): { done: Promise<void>; warnings: string[] } {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(inject("kubeconfigPath"));
  if (server !== undefined) kubeConfig.clusters = kubeConfig.clusters.map((cluster) => ({ ...cluster, server }));
  const warnings: string[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => void warnings.push(line) });
  const kinds = [
    { resource: S3_BUCKETS, fields: buckets },
    { resource: AWS_ACCOUNTS, fields: FIELDS["awsaccounts"] ?? {} },
  ];
  const metrics = createKubeMetrics(new Registry());
  const { signal } = new AbortController();
  return { done: requireServedFields({ kubeConfig, kinds, userAgent: "test", clock, metrics, log, signal }), warnings };
}

const known = FIELDS["s3buckets"] ?? {};

test("the CustomResourceDefinitions of this version have every field", async () => {
  expect(Object.keys(known["spec"]?.["lifecycle"]?.["rules"] ?? {})).toContain("transitions");
  const { done, warnings } = requireFields(known);
  await done;
  expect(warnings).toEqual([]);
});

test("older CustomResourceDefinitions are refused, and the message names the missing fields and what to do", async () => {
  const newer = { ...known, status: { ...known["status"], future: { field: {} } } };
  await expect(requireFields(newer).done).rejects.toThrow(
    /older than this operator and lack S3Bucket\.status\.future\. Apply those of this version first/,
  );
});

test("an API server without OpenAPI documents does not prevent the start", async () => {
  const { done, warnings } = requireFields(known, "https://127.0.0.1:1");
  await done;
  expect(warnings.join("")).toContain("Could not find out which fields the API server knows");
});

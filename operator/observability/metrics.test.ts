import { describe, expect, test } from "vitest";
import type { Condition, ObjectMeta } from "../kube/object.ts";
import { createMetrics, type Metrics } from "./metrics.ts";

const DOCS = { namespace: "team-a", name: "docs" };

/** An object with these conditions: type, status and reason. */
function object(kind: string, metadata: ObjectMeta, ...conditions: [string, Condition["status"], string][]) {
  const details = conditions.map(([type, status, reason]) => ({ type, status, reason }));
  const rest = { lastTransitionTime: "2026-01-01T00:00:00Z", message: "" };
  return { apiVersion: "v1", kind, metadata, status: { conditions: details.map((each) => ({ ...each, ...rest })) } };
}

/** The samples of one metric, as Prometheus reads them. */
async function samples(metrics: Metrics, name: string): Promise<string[]> {
  const lines = (await metrics.registry.metrics()).split("\n");
  return lines.filter((line) => line.startsWith(`${name}{`));
}

describe("metrics", () => {
  test("show the version", async () => {
    const metrics = createMetrics("1.2.3");
    expect(await samples(metrics, "s3_operator_build_info")).toEqual([
      `s3_operator_build_info{version="1.2.3",node_version="${process.version}"} 1`,
    ]);
    expect(await metrics.registry.metrics()).toContain("nodejs_eventloop_lag_seconds");
  });

  test("show each condition by its present status and reason only", async () => {
    const metrics = createMetrics("1");
    metrics.observed(object("S3Bucket", DOCS, ["Ready", "False", "Throttled"], ["Reconciling", "True", "Throttled"]));
    metrics.observed(object("S3Bucket", { namespace: "team-b", name: "docs" }, ["Ready", "Unknown", "Applying"]));
    metrics.observed(object("S3Bucket", DOCS, ["Ready", "True", "Succeeded"]));
    const name = "s3_operator_resource_condition";
    expect(await samples(metrics, name)).toEqual([
      `${name}{kind="S3Bucket",namespace="team-b",name="docs",type="Ready",status="Unknown",reason="Applying"} 1`,
      `${name}{kind="S3Bucket",namespace="team-a",name="docs",type="Ready",status="True",reason="Succeeded"} 1`,
    ]);
  });

  test("show the time of a deletion", async () => {
    const metrics = createMetrics("1");
    metrics.observed(object("S3Bucket", { ...DOCS, name: "stays" }));
    metrics.observed(object("S3Bucket", { ...DOCS, deletionTimestamp: "2026-11-22T11:37:22Z" }));
    const name = "s3_operator_resource_deletion_timestamp_seconds";
    const seconds = Date.UTC(2026, 10, 22, 11, 37, 22) / 1000;
    expect(await samples(metrics, name)).toEqual([
      `${name}{kind="S3Bucket",namespace="team-a",name="docs"} ${seconds}`,
    ]);
    metrics.remove("S3Bucket", DOCS);
    expect(await samples(metrics, name)).toEqual([]);
  });

  test("remove the series of a deleted object only", async () => {
    const metrics = createMetrics("1");
    for (const key of [DOCS, { name: "docs" }]) {
      metrics.observed(object("AWSAccount", key, ["Ready", "True", "Succeeded"]));
      metrics.synced("AWSAccount", key);
    }
    metrics.remove("AWSAccount", DOCS);
    metrics.remove("S3Bucket", DOCS);
    const name = "s3_operator_resource_condition";
    expect(await samples(metrics, name)).toEqual([
      `${name}{kind="AWSAccount",namespace="",name="docs",type="Ready",status="True",reason="Succeeded"} 1`,
    ]);
    expect(await samples(metrics, "s3_operator_last_sync_timestamp_seconds")).toHaveLength(1);
  });

  test("show the time of the last sync, unless the object is gone", async () => {
    const metrics = createMetrics("1");
    const before = Math.floor(Date.now() / 1000);
    metrics.observed(object("S3Bucket", DOCS));
    metrics.synced("S3Bucket", DOCS);
    const [sample = ""] = await samples(metrics, "s3_operator_last_sync_timestamp_seconds");
    expect(Number(sample.split(" ")[1])).toBeGreaterThanOrEqual(before);
    expect(Number(sample.split(" ")[1])).toBeLessThanOrEqual(Date.now() / 1000);
    metrics.remove("S3Bucket", DOCS);
    metrics.synced("S3Bucket", DOCS);
    expect(await samples(metrics, "s3_operator_last_sync_timestamp_seconds")).toEqual([]);
  });

  test("count drift by kind and setting", async () => {
    const metrics = createMetrics("1");
    for (const setting of ["versioning", "versioning", "cors"]) metrics.driftDetected("S3Bucket", setting);
    expect(await samples(metrics, "s3_operator_drift_detected_total")).toEqual([
      's3_operator_drift_detected_total{kind="S3Bucket",setting="versioning"} 2',
      's3_operator_drift_detected_total{kind="S3Bucket",setting="cors"} 1',
    ]);
  });

  test("count objects that were deleted to empty buckets, from 0", async () => {
    const metrics = createMetrics("1");
    const total = async () =>
      (await metrics.registry.metrics()).match(/^s3_operator_deleted_objects_total (\d+)$/m)?.[1];
    expect(await total()).toBe("0");
    metrics.objectsDeleted(1_000);
    metrics.objectsDeleted(0);
    expect(await total()).toBe("1000");
  });
});

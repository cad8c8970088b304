import { describe, expect, test } from "vitest";
import { createMetrics, type Metrics } from "./metrics.ts";

const DOCS = { namespace: "team-a", name: "docs" };

/** The samples of one metric, as Prometheus reads them. */
async function samples(metrics: Metrics, name: string): Promise<string[]> {
  const lines = (await metrics.registry.metrics()).split("\n");
  return lines.filter((line) => line.startsWith(`${name}{`));
}

describe("metrics", () => {
  test("say what is running", async () => {
    const metrics = createMetrics("1.2.3");
    expect(await samples(metrics, "s3_operator_build_info")).toEqual([
      `s3_operator_build_info{version="1.2.3",node_version="${process.version}"} 1`,
    ]);
    expect(await metrics.registry.metrics()).toContain("nodejs_eventloop_lag_seconds");
  });

  test("show each condition by its present status only", async () => {
    const metrics = createMetrics("1");
    metrics.conditions("S3Bucket", DOCS, [
      { type: "Ready", status: "False" },
      { type: "Reconciling", status: "True" },
    ]);
    metrics.conditions("S3Bucket", { namespace: "team-b", name: "docs" }, [{ type: "Ready", status: "Unknown" }]);
    metrics.conditions("S3Bucket", DOCS, [{ type: "Ready", status: "True" }]);
    expect(await samples(metrics, "s3_operator_resource_condition")).toEqual([
      's3_operator_resource_condition{kind="S3Bucket",namespace="team-b",name="docs",type="Ready",status="Unknown"} 1',
      's3_operator_resource_condition{kind="S3Bucket",namespace="team-a",name="docs",type="Ready",status="True"} 1',
    ]);
  });

  test("forget what is gone, and nothing else", async () => {
    const metrics = createMetrics("1");
    for (const key of [DOCS, { name: "docs" }]) {
      metrics.conditions("AWSAccount", key, [{ type: "Ready", status: "True" }]);
      metrics.synced("AWSAccount", key);
    }
    metrics.remove("AWSAccount", DOCS);
    metrics.remove("S3Bucket", DOCS);
    expect(await samples(metrics, "s3_operator_resource_condition")).toEqual([
      's3_operator_resource_condition{kind="AWSAccount",namespace="",name="docs",type="Ready",status="True"} 1',
    ]);
    expect(await samples(metrics, "s3_operator_last_sync_timestamp_seconds")).toHaveLength(1);
  });

  test("tell when an object was last as declared", async () => {
    const metrics = createMetrics("1");
    const before = Math.floor(Date.now() / 1000);
    metrics.synced("S3Bucket", DOCS);
    const [sample = ""] = await samples(metrics, "s3_operator_last_sync_timestamp_seconds");
    expect(Number(sample.split(" ")[1])).toBeGreaterThanOrEqual(before);
    expect(Number(sample.split(" ")[1])).toBeLessThanOrEqual(Date.now() / 1000);
  });

  test("count drift by kind and setting", async () => {
    const metrics = createMetrics("1");
    for (const setting of ["versioning", "versioning", "cors"]) metrics.driftDetected("S3Bucket", setting);
    expect(await samples(metrics, "s3_operator_drift_detected_total")).toEqual([
      's3_operator_drift_detected_total{kind="S3Bucket",setting="versioning"} 2',
      's3_operator_drift_detected_total{kind="S3Bucket",setting="cors"} 1',
    ]);
  });

  test("count what was deleted to empty buckets, from 0", async () => {
    const metrics = createMetrics("1");
    const total = async () =>
      (await metrics.registry.metrics()).match(/^s3_operator_deleted_objects_total (\d+)$/m)?.[1];
    expect(await total()).toBe("0");
    metrics.objectsDeleted(1_000);
    metrics.objectsDeleted(0);
    expect(await total()).toBe("1000");
  });
});

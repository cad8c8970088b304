import { describe, expect, test } from "vitest";
import type { S3BucketSpec } from "../../api/types.ts";
import { fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { metrics as setting } from "./metrics.ts";

/* What the settings that are sets of configurations have in common, at the example of metrics. */

const ALL = { Id: "all" };
const RAW = { Id: "raw", Filter: { Prefix: "raw/" } };
const THEIRS = { Id: "EntireBucket" };
const SPEC: S3BucketSpec = { metrics: { configurations: [{ id: "all" }, { id: "raw", filter: { prefix: "raw/" } }] } };

function desiredWith(appliedIds: string[] = [], unmanagedConfigurations: "Keep" | "Remove" = "Keep"): unknown {
  const metrics = { configurations: [], ...SPEC.metrics, unmanagedConfigurations };
  return setting.desired({ metrics }, settingContextWith({ appliedIds: { metrics: appliedIds } }));
}

function paths(desired: unknown, observed: unknown): string[] {
  return setting.diff(desired, observed).map(({ path }) => path);
}

describe("observe", () => {
  test("one page, in one call", async () => {
    const { bucket, calls } = fakeBucket(() => ({ MetricsConfigurationList: [ALL], IsTruncated: false }));
    expect(await setting.observe(bucket)).toEqual([ALL]);
    expect(calls).toEqual([{ command: "ListBucketMetricsConfigurationsCommand", input: bucket.ref }]);
  });

  test("all pages", async () => {
    const { bucket, calls } = fakeBucket(({ input }) =>
      input.ContinuationToken === undefined
        ? { MetricsConfigurationList: [ALL], IsTruncated: true, NextContinuationToken: "2" }
        : { MetricsConfigurationList: [RAW], IsTruncated: false },
    );
    expect(await setting.observe(bucket)).toEqual([ALL, RAW]);
    expect(calls.map(({ input }) => input.ContinuationToken)).toEqual([undefined, "2"]);
  });

  test("none", async () => {
    expect(await setting.observe(fakeBucket(() => ({ IsTruncated: false })).bucket)).toEqual([]);
  });
});

describe("diff", () => {
  test("order and configurations of others are no difference", () => {
    expect(setting.diff(desiredWith(), [RAW, THEIRS, ALL])).toEqual([]);
  });

  test("those of others are, where they are to be removed", () => {
    expect(paths(desiredWith([], "Remove"), [RAW, THEIRS, ALL])).toEqual(["configurations[EntireBucket]"]);
  });

  test("so are those that we applied and no longer toSpec", () => {
    expect(paths(desiredWith(["old", "all"]), [RAW, ALL, { Id: "old" }])).toEqual(["configurations[old]"]);
  });

  test("one that is missing, and one that is other", () => {
    expect(paths(desiredWith(), [{ Id: "raw", Filter: { Prefix: "raw" } }])).toEqual([
      "configurations[all]",
      "configurations[raw].prefix",
    ]);
  });
});

describe("write", () => {
  test("puts only what differs, one at a time, and removes only what is ours", async () => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, desiredWith(["old"]), [ALL, THEIRS, { Id: "old" }]);
    expect(calls).toEqual([
      { command: "DeleteBucketMetricsConfigurationCommand", input: { ...bucket.ref, Id: "old" } },
      {
        command: "PutBucketMetricsConfigurationCommand",
        input: { ...bucket.ref, Id: "raw", MetricsConfiguration: RAW },
      },
    ]);
  });

  test("removes a filter that left the spec, and keeps unknown fields", async () => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, desiredWith(), [
      RAW,
      { Id: "all", Filter: { Prefix: "x" }, SimulatedUnknownField: "u" },
    ]);
    expect(calls[0]?.input.MetricsConfiguration).toEqual({ Id: "all", SimulatedUnknownField: "u" });
  });

  test("with Remove, all others go", async () => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, desiredWith([], "Remove"), [ALL, RAW, THEIRS]);
    expect(calls.map(({ input }) => input.Id)).toEqual(["EntireBucket"]);
  });
});

test("desired: the ids on record that are no longer declared are part of it", () => {
  expect(desiredWith(["raw", "old"])).toMatchObject({ owned: { ids: ["all", "raw"], former: ["old"] } });
  expect(setting.desired({}, settingContextWith({ baseline: true }))).toBeUndefined();
});

test("report: which are ours, and which are not", () => {
  expect(setting.report?.(desiredWith(), [THEIRS, ALL])).toEqual({
    metrics: { appliedIds: ["all", "raw"], unmanagedIds: ["EntireBucket"] },
  });
});

describe("reset", () => {
  const context = settingContextWith({ appliedIds: { metrics: ["all"] } });

  test("removes the operator's, and keeps those of other writers", async () => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, setting.reset([ALL, THEIRS], context), [ALL, THEIRS]);
    expect(calls.map(({ command, input }) => [command, input.Id])).toEqual([
      ["DeleteBucketMetricsConfigurationCommand", "all"],
    ]);
  });

  test("is done when none of the operator's is there", () => {
    expect(setting.reset([THEIRS], context)).toBeUndefined();
    expect(setting.reset([ALL], settingContextWith())).toBeUndefined();
  });
});

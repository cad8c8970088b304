import { describe, expect, test } from "vitest";
import { fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { analytics as setting } from "./analytics.ts";

const DESTINATION = {
  Format: "CSV",
  Bucket: "arn:aws:s3:::reports",
  BucketAccountId: "444455556666",
  Prefix: "analytics/",
};

function exporting(destination: object) {
  const DataExport = { OutputSchemaVersion: "V_1", Destination: { S3BucketDestination: destination } };
  return { Id: "raw", Filter: { Prefix: "raw/" }, StorageClassAnalysis: { DataExport } };
}

const dataExport = { bucket: "arn:aws:s3:::reports", bucketAccountId: "444455556666", prefix: "analytics/" };
const desired = setting.desired(
  { analytics: { configurations: [{ id: "raw", filter: { prefix: "raw/" }, dataExport }, { id: "all" }] } },
  settingContextWith(),
);
const ALL = { Id: "all", StorageClassAnalysis: {} };

test("desired: the spec's configurations in S3's words; without an export, an empty analysis", () => {
  expect(desired).toMatchObject({ configurations: [exporting(DESTINATION), ALL] });
});

test("observe, write: the calls of analytics", async () => {
  const { bucket, calls } = fakeBucket(() => ({ AnalyticsConfigurationList: [ALL] }));
  expect(await setting.observe(bucket)).toEqual([ALL]);
  await setting.write(bucket, desired, [ALL]);
  const context = settingContextWith({ appliedIds: { analytics: ["all"] } });
  await setting.write(bucket, setting.reset([ALL], context), [ALL]);
  expect(calls).toEqual([
    { command: "ListBucketAnalyticsConfigurationsCommand", input: bucket.ref },
    {
      command: "PutBucketAnalyticsConfigurationCommand",
      input: { ...bucket.ref, Id: "raw", AnalyticsConfiguration: exporting(DESTINATION) },
    },
    { command: "DeleteBucketAnalyticsConfigurationCommand", input: { ...bucket.ref, Id: "all" } },
  ]);
});

test("diff finds nothing in an analysis that S3 leaves out", () => {
  expect(setting.diff(desired, [exporting(DESTINATION), { Id: "all" }])).toEqual([]);
});

describe("diff finds", () => {
  test.each([
    ["an export that is gone", { ...exporting(DESTINATION), StorageClassAnalysis: {} }, "dataExport"],
    ["another bucket", exporting({ ...DESTINATION, Bucket: "arn:aws:s3:::other" }), "dataExport"],
    ["another account", exporting({ ...DESTINATION, BucketAccountId: undefined }), "dataExport"],
    ["another prefix", exporting({ ...DESTINATION, Prefix: "" }), "dataExport"],
    ["another filter", { ...exporting(DESTINATION), Filter: undefined }, "prefix"],
  ])("%s", (_case, observed, field) => {
    expect(setting.diff(desired, [observed, ALL]).map(({ path }) => path)).toEqual([`configurations[raw].${field}`]);
  });
});

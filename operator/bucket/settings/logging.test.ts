import { describe, expect, test } from "vitest";
import { fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { logging as setting } from "./logging.ts";

const SIMPLE = { SimplePrefix: {} };
const BY_EVENT = { PartitionedPrefix: { PartitionDateSource: "EventTime" } };
const LOGS = { TargetBucket: "logs", TargetPrefix: "docs/", TargetObjectKeyFormat: BY_EVENT };
const GRANTS = { TargetGrants: [{ Permission: "READ" }] };

test("desired: the spec's target in S3's words, which always has a prefix and a format", () => {
  const targetObjectKeyFormat = { partitionedPrefix: { partitionDateSource: "EventTime" as const } };
  const logging = { targetBucket: "logs", targetPrefix: "docs/", targetObjectKeyFormat };
  expect(setting.desired({ logging }, settingContextWith())).toEqual(LOGS);
  const least = { TargetBucket: "logs", TargetPrefix: "", TargetObjectKeyFormat: SIMPLE };
  expect(setting.desired({ logging: { targetBucket: "logs" } }, settingContextWith())).toEqual(least);
  const simple = { targetBucket: "logs", targetObjectKeyFormat: { simplePrefix: {} } };
  expect(setting.desired({ logging: simple }, settingContextWith())).toEqual(least);
  expect(setting.desired({}, settingContextWith({ baseline: true }))).toBeUndefined();
});

test.each([
  [{ LoggingEnabled: LOGS }, LOGS],
  [{}, {}],
])("observe: %j", async (answer, observed) => {
  const { bucket, calls } = fakeBucket(() => answer);
  expect(await setting.observe(bucket)).toEqual(observed);
  expect(calls).toEqual([{ command: "GetBucketLoggingCommand", input: bucket.ref }]);
});

describe("diff", () => {
  test.each([
    ["the same", LOGS, LOGS],
    ["grants, which we do not know", LOGS, { ...LOGS, ...GRANTS }],
    [
      "the default format, left out",
      { ...LOGS, TargetObjectKeyFormat: SIMPLE },
      { ...LOGS, TargetObjectKeyFormat: undefined },
    ],
    ["no prefix and an empty one", { ...LOGS, TargetPrefix: "" }, { ...LOGS, TargetPrefix: undefined }],
    ["no logs where none are wanted", {}, {}],
  ])("finds nothing in %s", (_case, desired, observed) => {
    expect(setting.diff(desired, observed)).toEqual([]);
  });

  test.each([
    ["no logs", {}, ["targetBucket"]],
    ["another bucket", { ...LOGS, TargetBucket: "other" }, ["targetBucket"]],
    ["another prefix", { ...LOGS, TargetPrefix: "" }, ["targetPrefix"]],
    ["the other format", { ...LOGS, TargetObjectKeyFormat: SIMPLE }, ["targetObjectKeyFormat"]],
    [
      "the other date",
      { ...LOGS, TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource: "DeliveryTime" } } },
      ["targetObjectKeyFormat"],
    ],
  ])("finds %s", (_case, observed, paths) => {
    expect(setting.diff(LOGS, observed).map(({ path }) => path)).toEqual(paths);
  });
});

describe("write", () => {
  test.each([
    ["sends the target", LOGS, {}, { LoggingEnabled: LOGS }],
    [
      "keeps the grants of the same target",
      LOGS,
      { ...LOGS, TargetPrefix: "", ...GRANTS },
      { LoggingEnabled: { ...LOGS, ...GRANTS } },
    ],
    ["drops those of another one", LOGS, { ...LOGS, TargetBucket: "other", ...GRANTS }, { LoggingEnabled: LOGS }],
    ["switches it off", {}, LOGS, {}],
  ])("%s", async (_case, desired, observed, BucketLoggingStatus) => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, desired, observed);
    expect(calls).toEqual([{ command: "PutBucketLoggingCommand", input: { ...bucket.ref, BucketLoggingStatus } }]);
  });

  test("refuses to log to the bucket itself without a prefix", async () => {
    const { bucket, calls } = fakeBucket();
    const own = { ...LOGS, TargetBucket: bucket.name };
    const refusal = setting.write(bucket, { ...own, TargetPrefix: "" }, {});
    await expect(refusal).rejects.toMatchObject({ name: "SettingRefused", reason: "LoggingToItself" });
    expect(calls).toEqual([]);
    await setting.write(bucket, own, {});
    expect(calls).toHaveLength(1);
  });
});

test("reset disables it", () => {
  expect(setting.reset(LOGS, settingContextWith())).toEqual({});
  expect(setting.reset({}, settingContextWith())).toBeUndefined();
});

describe("toSpec", () => {
  const toSpec = (observed: object) => setting.toSpec(observed, settingContextWith());

  test("leaves out S3's defaults, and notes grants, which stay", () => {
    expect(toSpec({})).toEqual({});
    expect(toSpec({ TargetBucket: "logs", TargetPrefix: "", TargetObjectKeyFormat: SIMPLE })).toEqual({
      spec: { logging: { targetBucket: "logs" } },
    });
    const { spec, omitted } = toSpec({ ...LOGS, ...GRANTS });
    expect(setting.desired(spec ?? {}, settingContextWith())).toEqual(LOGS);
    expect(omitted).toEqual([expect.stringContaining("TargetGrants")]);
  });

  test("a bucket that logs to its own top is what the API refuses", () => {
    expect(toSpec({ TargetBucket: "docs", TargetPrefix: "" })).toEqual({
      omitted: [expect.stringContaining("logs to itself")],
    });
    expect(toSpec({ TargetBucket: "docs", TargetPrefix: "logs/" }).spec).toBeDefined();
  });
});

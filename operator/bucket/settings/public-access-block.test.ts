import { describe, expect, test } from "vitest";
import { failing, fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { publicAccessBlock as setting } from "./public-access-block.ts";

const ON = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };
const OFF = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
};

/** The same in S3's words. */
const ALL = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

describe("desired", () => {
  test("the spec goes before the baseline, which goes before nothing", () => {
    expect(setting.desired({ publicAccessBlock: OFF }, settingContextWith({ baseline: true }))).toEqual(OFF);
    expect(setting.desired({}, settingContextWith({ baseline: true }))).toEqual(ON);
    expect(setting.desired({}, settingContextWith())).toBeUndefined();
  });

  test("a switch that the spec omits keeps the baseline, and is left as it is without one", () => {
    const publicAccessBlock = { blockPublicPolicy: false };
    expect(setting.desired({ publicAccessBlock }, settingContextWith({ baseline: true }))).toEqual({
      ...ON,
      ...publicAccessBlock,
    });
    expect(setting.desired({ publicAccessBlock }, settingContextWith())).toEqual(publicAccessBlock);
  });
});

describe("observe", () => {
  test("the configuration", async () => {
    const PublicAccessBlockConfiguration = { BlockPublicAcls: true, IgnorePublicAcls: false };
    const { bucket, calls } = fakeBucket(() => ({ PublicAccessBlockConfiguration }));
    expect(await setting.observe(bucket)).toEqual(PublicAccessBlockConfiguration);
    expect(calls).toEqual([{ command: "GetPublicAccessBlockCommand", input: bucket.ref }]);
  });

  test("no configuration is all off", async () => {
    const { bucket } = fakeBucket(failing("NoSuchPublicAccessBlockConfiguration", 404));
    expect(setting.diff(OFF, await setting.observe(bucket))).toEqual([]);
  });
});

describe("diff", () => {
  test("equal switches", () => {
    expect(setting.diff(ON, ALL)).toEqual([]);
  });

  test("switches that S3 does not return are off", () => {
    expect(setting.diff({ ...OFF, blockPublicAcls: true }, { BlockPublicAcls: true })).toEqual([]);
  });

  test.each(Object.keys(ON))("%s", (name) => {
    const observed = { ...ALL, [name.replace(/^./, (first) => first.toUpperCase())]: false };
    expect(setting.diff(ON, observed)).toEqual([{ path: name, desired: "true", actual: "false" }]);
  });
});

test("a switch that is not desired is no difference, and a write keeps it", async () => {
  const partial = { blockPublicAcls: true };
  const observed = { RestrictPublicBuckets: true };
  expect(setting.diff(partial, observed)).toEqual([{ path: "blockPublicAcls", desired: "true", actual: "false" }]);
  const { bucket, calls } = fakeBucket();
  await setting.write(bucket, partial, observed);
  expect(calls[0]?.input).toHaveProperty("PublicAccessBlockConfiguration", {
    BlockPublicAcls: true,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: true,
  });
});

test("write sends all four, since S3 turns off those that are missing", async () => {
  const { bucket, calls } = fakeBucket();
  await setting.write(bucket, { ...OFF, blockPublicAcls: true }, ALL);
  expect(calls).toEqual([
    {
      command: "PutPublicAccessBlockCommand",
      input: {
        ...bucket.ref,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          IgnorePublicAcls: false,
          BlockPublicPolicy: false,
          RestrictPublicBuckets: false,
        },
      },
    },
  ]);
});

test("reset turns all on, if they are not", () => {
  expect(setting.reset({ ...ALL, IgnorePublicAcls: false }, settingContextWith())).toEqual(ON);
  expect(setting.reset(ALL, settingContextWith())).toBeUndefined();
});

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

describe("desired", () => {
  test("the spec goes before the baseline, which goes before nothing", () => {
    expect(setting.desired({ publicAccessBlock: OFF }, settingContextWith({ baseline: true }))).toEqual(OFF);
    expect(setting.desired({}, settingContextWith({ baseline: true }))).toEqual(ON);
    expect(setting.desired({}, settingContextWith())).toBeUndefined();
  });
});

describe("observe", () => {
  test("switches that S3 does not mention are off", async () => {
    const PublicAccessBlockConfiguration = { BlockPublicAcls: true, IgnorePublicAcls: false };
    const { bucket, calls } = fakeBucket(() => ({ PublicAccessBlockConfiguration }));
    expect(await setting.observe(bucket)).toEqual({ ...OFF, blockPublicAcls: true });
    expect(calls).toEqual([{ command: "GetPublicAccessBlockCommand", input: bucket.ref }]);
  });

  test("no configuration is all off", async () => {
    const { bucket } = fakeBucket(failing("NoSuchPublicAccessBlockConfiguration", 404));
    expect(await setting.observe(bucket)).toEqual(OFF);
  });
});

describe("diff", () => {
  test("equal switches", () => {
    expect(setting.diff(ON, { ...ON })).toEqual([]);
  });

  test.each(Object.keys(ON))("%s", (name) => {
    expect(setting.diff(ON, { ...ON, [name]: false })).toEqual([{ path: name, desired: "true", actual: "false" }]);
  });
});

test("write sends all four, since S3 turns off what it is not told", async () => {
  const { bucket, calls } = fakeBucket();
  await setting.write(bucket, { ...OFF, blockPublicAcls: true }, ON);
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
  expect(setting.reset({ ...ON, ignorePublicAcls: false }, settingContextWith())).toEqual(ON);
  expect(setting.reset(ON, settingContextWith())).toBeUndefined();
});

import { expect, test } from "vitest";
import { failing, fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { abac as setting } from "./abac.ts";

test("desired: what the spec says; there is no baseline for it", () => {
  expect(setting.desired({ abac: "Enabled" }, settingContextWith())).toBe("Enabled");
  expect(setting.desired({}, settingContextWith({ baseline: true }))).toBeUndefined();
});

test.each([
  [{ AbacStatus: { Status: "Enabled" } }, "Enabled"],
  [{ AbacStatus: {} }, "Disabled"],
  [{}, "Disabled"],
])("observe: %j is %s", async (answer, observed) => {
  const { bucket, calls } = fakeBucket(() => answer);
  expect(await setting.observe(bucket)).toBe(observed);
  expect(calls).toEqual([{ command: "GetBucketAbacCommand", input: bucket.ref }]);
});

test("diff", () => {
  expect(setting.diff("Enabled", "Enabled")).toEqual([]);
  expect(setting.diff("Enabled", "Disabled")).toEqual([{ path: "", desired: "Enabled", actual: "Disabled" }]);
});

test("write", async () => {
  const { bucket, calls } = fakeBucket();
  await setting.write(bucket, "Enabled", "Disabled");
  const input = { ...bucket.ref, AbacStatus: { Status: "Enabled" } };
  expect(calls).toEqual([{ command: "PutBucketAbacCommand", input }]);
});

test("reset", () => {
  expect(setting.reset("Enabled", settingContextWith())).toBe("Disabled");
  expect(setting.reset("Disabled", settingContextWith())).toBeUndefined();
});

test.each([
  ["MethodNotAllowed", 405],
  ["UnsupportedArgument", 400],
])(
  "in a region that answers %s, Disabled is in order and Enabled refused, with the region's name",
  async (name, code) => {
    const { bucket, calls } = fakeBucket(failing(name, code));
    const observed = await setting.observe(bucket);
    expect(setting.diff("Disabled", observed)).toEqual([]);
    expect(setting.diff("Enabled", observed)).toHaveLength(1);
    expect(setting.reset(observed, settingContextWith())).toBeUndefined();
    await expect(setting.write(bucket, "Enabled", observed)).rejects.toMatchObject({
      reason: "ABACNotSupported",
      message: expect.stringContaining(bucket.region),
    });
    expect(calls).toHaveLength(1);
  },
);

import { expect, test } from "vitest";
import { failing, fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { accelerate as setting } from "./accelerate.ts";

test("desired: what the spec says; there is no baseline for it", () => {
  expect(setting.desired({ accelerate: "Enabled" }, settingContextWith())).toBe("Enabled");
  expect(setting.desired({}, settingContextWith({ baseline: true }))).toBeUndefined();
});

test.each([
  [{ Status: "Enabled" }, "Enabled"],
  [{ Status: "Suspended" }, "Suspended"],
  [{}, "Suspended"],
])("observe: %j is %s", async (answer, observed) => {
  const { bucket, calls } = fakeBucket(() => answer);
  expect(await setting.observe(bucket)).toBe(observed);
  expect(calls).toEqual([{ command: "GetBucketAccelerateConfigurationCommand", input: bucket.ref }]);
});

test("observe: in a region that has no such thing, it is as if suspended", async () => {
  expect(await setting.observe(fakeBucket(failing("MethodNotAllowed", 405)).bucket)).toBe("Suspended");
  expect(await setting.observe(fakeBucket(failing("UnsupportedArgument", 400)).bucket)).toBe("Suspended");
});

test("diff", () => {
  expect(setting.diff("Enabled", "Enabled")).toEqual([]);
  expect(setting.diff("Enabled", "Suspended")).toEqual([{ path: "", desired: "Enabled", actual: "Suspended" }]);
});

test("write", async () => {
  const { bucket, calls } = fakeBucket();
  await setting.write(bucket, "Enabled", "Suspended");
  const AccelerateConfiguration = { Status: "Enabled" };
  expect(calls).toEqual([
    { command: "PutBucketAccelerateConfigurationCommand", input: { ...bucket.ref, AccelerateConfiguration } },
  ]);
});

test("reset", () => {
  expect(setting.reset("Enabled", settingContextWith())).toBe("Suspended");
  expect(setting.reset("Suspended", settingContextWith())).toBeUndefined();
});

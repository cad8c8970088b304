import { expect, test } from "vitest";
import { fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { versioning as setting } from "./versioning.ts";

test("desired: what the spec says; there is no baseline for it", () => {
  expect(setting.desired({ versioning: "Suspended" }, settingContextWith())).toBe("Suspended");
  expect(setting.desired({}, settingContextWith({ baseline: true }))).toBeUndefined();
});

test.each([
  [{ Status: "Enabled", MFADelete: "Enabled" }, "Enabled"],
  [{ Status: "Suspended" }, "Suspended"],
  [{}, undefined],
])("observe: %j is %s", async (answer, observed) => {
  const { bucket, calls } = fakeBucket(() => answer);
  expect(await setting.observe(bucket)).toBe(observed);
  expect(calls).toEqual([{ command: "GetBucketVersioningCommand", input: bucket.ref }]);
});

test.each([
  ["Enabled", "Enabled", []],
  ["Suspended", "Suspended", []],
  ["Enabled", "Suspended", [{ path: "", desired: "Enabled", actual: "Suspended" }]],
  ["Enabled", undefined, [{ path: "", desired: "Enabled", actual: "" }]],
  // Never enabled is not the same as suspended.
  ["Suspended", undefined, [{ path: "", desired: "Suspended", actual: "" }]],
])("diff: %s, found %s", (desired, observed, changes) => {
  expect(setting.diff(desired, observed)).toEqual(changes);
});

test("write sends the status, and never MFADelete, which only root may", async () => {
  const { bucket, calls } = fakeBucket();
  await setting.write(bucket, "Enabled", "Suspended");
  expect(calls).toStrictEqual([
    {
      command: "PutBucketVersioningCommand",
      input: { ...bucket.ref, VersioningConfiguration: { Status: "Enabled" } },
    },
  ]);
});

test.each([
  ["Enabled", "Suspended"],
  ["Suspended", undefined],
  [undefined, undefined],
])("reset: found %s, writes %s", (observed, desired) => {
  expect(setting.reset(observed)).toBe(desired);
});

import { expect, test } from "vitest";
import { fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { versioning as setting } from "./versioning.ts";

test("desired: what the spec says; there is no baseline for it", () => {
  expect(setting.desired({ versioning: "Suspended" }, settingContextWith())).toBe("Suspended");
  expect(setting.desired({}, settingContextWith({ baseline: true }))).toBeUndefined();
});

test.each([
  [
    { Status: "Enabled", MFADelete: "Enabled" },
    { status: "Enabled", mfaDelete: "Enabled" },
  ],
  [{ Status: "Suspended" }, { status: "Suspended" }],
  [{}, {}],
])("observe: %j is %j", async (answer, observed) => {
  const { bucket, calls } = fakeBucket(() => answer);
  expect(await setting.observe(bucket)).toEqual(observed);
  expect(calls).toEqual([{ command: "GetBucketVersioningCommand", input: bucket.ref }]);
});

test.each([
  ["Enabled", "Enabled", []],
  ["Suspended", "Suspended", []],
  ["Enabled", "Suspended", [{ path: "", desired: "Enabled", actual: "Suspended" }]],
  ["Enabled", undefined, [{ path: "", desired: "Enabled", actual: "" }]],
  // Never enabled is not the same as suspended.
  ["Suspended", undefined, [{ path: "", desired: "Suspended", actual: "" }]],
])("diff: %s, found %s", (desired, status, changes) => {
  expect(setting.diff(desired, { status })).toEqual(changes);
});

test("write sends the status, and never MFADelete, which only the root user may change", async () => {
  const { bucket, calls } = fakeBucket();
  await setting.write(bucket, "Enabled", { status: "Suspended", mfaDelete: "Disabled" });
  expect(calls).toStrictEqual([
    {
      command: "PutBucketVersioningCommand",
      input: { ...bucket.ref, VersioningConfiguration: { Status: "Enabled" } },
    },
  ]);
});

test("write refuses without a call if MFA delete is enabled", async () => {
  const { bucket, calls } = fakeBucket();
  const refusal = setting.write(bucket, "Enabled", { status: "Suspended", mfaDelete: "Enabled" });
  await expect(refusal).rejects.toMatchObject({ name: "SettingRefused", reason: "MFADeleteEnabled" });
  expect(calls).toEqual([]);
});

test.each([
  [{ status: "Enabled" }, "Suspended"],
  [{ status: "Enabled", mfaDelete: "Disabled" }, "Suspended"],
  // Only the root user can change it: the operator skips the reset instead of failing forever.
  [{ status: "Enabled", mfaDelete: "Enabled" }, undefined],
  [{ status: "Suspended" }, undefined],
  [{}, undefined],
])("reset: found %j, writes %s", (observed, desired) => {
  expect(setting.reset(observed, settingContextWith())).toBe(desired);
});

test.each([
  [{ status: "Enabled", mfaDelete: "Enabled" }, "Enabled"],
  [{ status: "Enabled", mfaDelete: "Disabled" }, "Disabled"],
  [{ status: "Enabled" }, "Disabled"],
])("report: found %j, MFA delete is %s", (observed, mfaDelete) => {
  expect(setting.report?.("Enabled", observed)).toEqual({ mfaDelete });
});

test("toSpec notes MFA delete; never enabled is not Suspended", () => {
  const context = settingContextWith();
  expect(setting.toSpec({ status: "Suspended" }, context)).toEqual({ spec: { versioning: "Suspended" } });
  expect(setting.toSpec({}, context)).toEqual({});
  const { spec, omitted } = setting.toSpec({ status: "Enabled", mfaDelete: "Enabled" }, context);
  expect(spec).toEqual({ versioning: "Enabled" });
  expect(omitted).toEqual([expect.stringContaining("MFA delete")]);
});

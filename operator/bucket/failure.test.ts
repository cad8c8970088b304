import { expect, test } from "vitest";
import { settingFailure } from "./failure.ts";
import { SettingRefused } from "./settings/setting.ts";
import { sdkError } from "./testing/fake-bucket.ts";

test("what we refuse ourselves, only a person can change", () => {
  expect(settingFailure(new SettingRefused("PolicyTooLarge", "too large"), "s3:PutBucketPolicy", "arn")).toEqual({
    reason: "PolicyTooLarge",
    message: "too large",
    terminal: true,
  });
});

test("a denial names the action and the bucket", () => {
  const { reason, message } = settingFailure(sdkError("AccessDenied", 403), "s3:PutBucketCORS", "arn:aws:s3:::docs");
  expect(reason).toBe("AccessDenied");
  expect(message).toContain("s3:PutBucketCORS on arn:aws:s3:::docs");
});

test("a bug is not taken for an answer of AWS", () => {
  expect(() => settingFailure(new TypeError("bug"), "s3:PutBucketCORS", "arn")).toThrow(TypeError);
});

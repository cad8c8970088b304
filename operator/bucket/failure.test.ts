import { describe, expect, test } from "vitest";
import { lastingFailure, principalFailure, settingFailure, SettingRefused } from "./failure.ts";
import { sdkError } from "./testing/fake-bucket.ts";

test("settingFailure: a refusal of a setting is terminal", () => {
  expect(settingFailure(new SettingRefused("PolicyTooLarge", "too large"), "s3:PutBucketPolicy", "arn")).toEqual({
    reason: "PolicyTooLarge",
    message: "too large",
    terminal: true,
  });
});

test("settingFailure: a refusal that may pass by itself is not terminal", () => {
  const refused = new SettingRefused("DestinationRefused", "no such queue", false);
  const failure = { reason: "DestinationRefused", message: "no such queue" } as const;
  expect(settingFailure(refused, "s3:PutBucketNotification", "arn")).toEqual(failure);
});

test.each([
  [0, 60_000],
  [300_000, 300_000],
  [86_400_000, 3_600_000],
])(
  "lastingFailure: a refusal that other systems notice is retried less and less often, after %d ms",
  (refusedForMs, retryAfterMs) => {
    const failure = { reason: "DestinationRefused", message: "no such queue" } as const;
    const refused = new SettingRefused("DestinationRefused", "no such queue", false);
    expect(lastingFailure(refused, failure, () => refusedForMs)).toEqual(failure);
    refused.isNoticed = true;
    expect(lastingFailure(refused, failure, () => refusedForMs)).toEqual({ ...failure, retryAfterMs });
  },
);

test("settingFailure: a denial names the action and the bucket", () => {
  const { reason, message } = settingFailure(sdkError("AccessDenied", 403), "s3:PutBucketCORS", "arn:aws:s3:::docs");
  expect(reason).toBe("AccessDenied");
  expect(message).toContain("s3:PutBucketCORS on arn:aws:s3:::docs");
});

test("settingFailure: an error that is not from AWS is rethrown", () => {
  expect(() => settingFailure(new TypeError("bug"), "s3:PutBucketCORS", "arn")).toThrow(TypeError);
});

describe("principalFailure", () => {
  const ROLE = "arn:aws:iam::111122223333:role/team/reader";
  const failure = { reason: "NotYetVisible", message: "a new one takes a minute", retryAfterMs: 10_000 } as const;
  const after = (ms: number, error: Error = sdkError("MalformedPolicy", 400)) => principalFailure(error, failure, ms);

  test("returns the failure for two minutes, and then an error of the spec", () => {
    expect(after(0)).toBe(failure);
    expect(after(119_999)).toBe(failure);
    expect(after(120_000)).toMatchObject({ reason: "InvalidPrincipal", terminal: true });
    expect(after(120_000)).not.toHaveProperty("retryAfterMs");
  });

  test.each([
    ["in the detail", sdkError("MalformedPolicy", 400, { Detail: `"AWS" : "${ROLE}"` }), ROLE],
    ["in the message", new Error(`Invalid principal in policy: "AWS":"${ROLE}"`), ROLE],
    [
      "by its unique id",
      sdkError("MalformedPolicy", 400, { Detail: "AROAEXAMPLEEXAMPLE123" }),
      "AROAEXAMPLEEXAMPLE123",
    ],
    ["by its account", sdkError("MalformedPolicy", 400, { Detail: '"AWS" : "444455556666"' }), "444455556666"],
  ])("names the principal that AWS names %s", (_case, error, principal) => {
    expect(after(120_000, error).message).toContain(`the principal '${principal}'`);
  });

  test("names no principal where AWS names none", () => {
    expect(after(120_000).message).toContain("a principal of the bucket policy");
  });
});

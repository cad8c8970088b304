import { describe, expect, test } from "vitest";
import { bucketMissing, observe } from "./observe.ts";
import { fakeBucket, sdkError } from "./testing/fake-bucket.ts";
import { fakeSetting } from "./testing/fixtures.ts";

test("observe reads all settings at once, and a failed read does not stop the others", async () => {
  const { bucket } = fakeBucket();
  const denied = sdkError("AccessDenied", 403);
  // Resolves only after the last setting is read.
  let release: (value: string) => void = () => undefined;
  const answer = new Promise<string>((resolve) => (release = resolve));
  const observations = await observe(bucket, [
    fakeSetting("cors", { observe: () => answer }),
    fakeSetting("policy", { observe: () => Promise.reject(denied) }),
    fakeSetting("versioning", { observe: async () => release("Enabled") }),
  ]);
  expect([...observations]).toEqual([
    ["cors", { value: "Enabled" }],
    ["policy", { error: denied }],
    ["versioning", { value: undefined }],
  ]);
});

describe("bucketMissing", () => {
  test.each([
    ["NoSuchBucket", 404, true],
    ["NotFound", 404, true],
    ["NoSuchBucketPolicy", 404, false],
    ["AccessDenied", 403, false],
    ["SlowDown", 503, false],
  ])("decides whether %s %i means that the bucket is missing", (name, status, missing) => {
    const observations = new Map([
      ["tags", { value: {} }],
      ["cors", { error: sdkError(name, status) }],
    ]);
    expect(bucketMissing(observations)).toBe(missing);
  });

  test("returns false when all settings were read", () => {
    expect(bucketMissing(new Map([["tags", { value: undefined }]]))).toBe(false);
  });
});

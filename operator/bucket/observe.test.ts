import { describe, expect, test } from "vitest";
import { bucketMissing, observe } from "./observe.ts";
import { fakeBucket, sdkError } from "./testing/fake-bucket.ts";
import { fakeSetting } from "./testing/fixtures.ts";

test("all at once, and a failed look does not stop the others", async () => {
  const { bucket } = fakeBucket();
  const denied = sdkError("AccessDenied", 403);
  // Answers only once the last one was asked.
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

describe("the bucket is missing", () => {
  test.each([
    ["NoSuchBucket", 404, true],
    ["NotFound", 404, true],
    ["NoSuchBucketPolicy", 404, false],
    ["AccessDenied", 403, false],
    ["SlowDown", 503, false],
  ])("%s: %s", (name, status, missing) => {
    const observations = new Map([
      ["tags", { value: {} }],
      ["cors", { error: sdkError(name, status) }],
    ]);
    expect(bucketMissing(observations)).toBe(missing);
  });

  test("not when all was read", () => {
    expect(bucketMissing(new Map([["tags", { value: undefined }]]))).toBe(false);
  });
});

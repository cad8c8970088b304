import { describe, expect, test } from "vitest";
import { unlessAbsent, unlessUnsupported } from "./subresource.ts";
import { failing, fakeBucket, sdkError } from "./testing/fake-bucket.ts";

describe("unlessAbsent", () => {
  test("is undefined if S3 answers that it is not configured", async () => {
    await expect(unlessAbsent(Promise.reject(sdkError("NoSuchCORSConfiguration", 404)))).resolves.toBeUndefined();
    await expect(unlessAbsent(Promise.resolve(1))).resolves.toBe(1);
  });

  test.each(["NoSuchBucket", "AccessDenied", "SlowDown"])("%s is an error", async (name) => {
    const { bucket } = fakeBucket(failing(name, 404));
    await expect(unlessAbsent(bucket.s3.send({} as never))).rejects.toThrow(name);
  });
});

describe("unlessUnsupported", () => {
  test.each(["MethodNotAllowed", "UnsupportedArgument", "NotImplemented"])("%s is undefined", async (name) => {
    await expect(unlessUnsupported(Promise.reject(sdkError(name, 405)))).resolves.toBeUndefined();
  });

  test("a list of objects in place of the setting is an error, because the effect of a PUT is unknown", async () => {
    const ignored = sdkError("SubresourceIgnored", 200);
    await expect(unlessUnsupported(Promise.reject(ignored))).rejects.toBe(ignored);
  });

  test("other errors are errors, and answers are answers", async () => {
    await expect(unlessUnsupported(Promise.reject(sdkError("NoSuchBucket", 404)))).rejects.toThrow("NoSuchBucket");
    await expect(unlessUnsupported(Promise.resolve(1))).resolves.toBe(1);
  });
});

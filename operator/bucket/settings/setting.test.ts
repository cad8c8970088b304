import { describe, expect, test } from "vitest";
import { failing, fakeBucket, sdkError } from "../testing/fake-bucket.ts";
import { compareNamed, unlessAbsent, unlessUnsupported } from "./setting.ts";

describe("compareNamed", () => {
  const named = (entries: Record<string, Record<string, unknown>>) => new Map(Object.entries(entries));

  test("an entry that one side lacks is one change, and does not shift the others", () => {
    const desired = named({ b: { days: 2 }, c: { days: 3 } });
    const actual = named({ a: { days: 1 }, b: { days: 2 }, c: { days: 3 } });
    expect(compareNamed("rules", desired, actual)).toEqual([{ path: "rules[a]", desired: "", actual: '{"days":1}' }]);
  });

  test("an entry of both is compared field by field, whichever side has the field", () => {
    const desired = named({ a: { days: 1, status: "Enabled" } });
    const actual = named({ a: { days: 1, prefix: "raw/" } });
    expect(compareNamed("rules", desired, actual).map(({ path }) => path)).toEqual([
      "rules[a].status",
      "rules[a].prefix",
    ]);
  });
});

describe("unlessAbsent", () => {
  test("what S3 says is not configured is undefined", async () => {
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

  test("the list of objects in place of the setting is an error: what the store does with a PUT of it is open", async () => {
    const ignored = sdkError("SubresourceIgnored", 200);
    await expect(unlessUnsupported(Promise.reject(ignored))).rejects.toBe(ignored);
  });

  test("other errors are errors, and answers are answers", async () => {
    await expect(unlessUnsupported(Promise.reject(sdkError("NoSuchBucket", 404)))).rejects.toThrow("NoSuchBucket");
    await expect(unlessUnsupported(Promise.resolve(1))).resolves.toBe(1);
  });
});

import { describe, expect, test } from "vitest";
import { failing, fakeBucket, sdkError } from "../testing/fake-bucket.ts";
import { compare, compareNamed, MAX_VALUE, show, unlessAbsent, unlessUnsupported } from "./setting.ts";

describe("show", () => {
  test.each([
    [undefined, ""],
    [null, ""],
    ["AES256", "AES256"],
    [false, "false"],
    [0, "0"],
    [["a"], '["a"]'],
    [{ days: 1 }, '{"days":1}'],
  ])("%j is %j", (value, text) => {
    expect(show(value)).toBe(text);
  });

  test("a long value is cut to the CRD's bound, and says so", () => {
    expect(show("a".repeat(MAX_VALUE))).toBe("a".repeat(MAX_VALUE));
    expect(show("a".repeat(MAX_VALUE + 1))).toBe(`${"a".repeat(MAX_VALUE - 1)}…`);
  });
});

describe("compare", () => {
  test("equal values are no change", () => {
    expect(compare("days", { a: [1] }, { a: [1] })).toEqual([]);
    expect(compare("days", undefined, undefined)).toEqual([]);
  });

  test("different ones are one change, which shows both", () => {
    expect(compare("days", 1, undefined)).toEqual([{ path: "days", desired: "1", actual: "" }]);
  });
});

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

test("a value is not cut through a character", () => {
  expect(show("𝒳".repeat(MAX_VALUE)).isWellFormed()).toBe(true);
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

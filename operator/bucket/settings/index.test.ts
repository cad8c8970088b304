import { describe, expect, test } from "vitest";
import { failing, fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { randomFrom } from "../testing/random.ts";
import { rewritingS3 } from "../testing/rewriting-s3.ts";
import { SETTINGS } from "./index.ts";

const names = SETTINGS.map(({ name }) => name);

test("each name stands once", () => {
  expect(new Set(names).size).toBe(names.length);
});

test("tags claim the bucket before anything else is written", () => {
  expect(names[0]).toBe("tags");
});

test("public access is tightened, and ACLs are off, before the policy is judged by them", () => {
  expect(names.indexOf("publicAccessBlock")).toBeLessThan(names.indexOf("objectOwnership"));
  expect(names.indexOf("objectOwnership")).toBeLessThan(names.indexOf("policy"));
});

test("what works on versions is written after versioning", () => {
  for (const name of ["objectLock", "replication"]) {
    expect(names.indexOf("versioning")).toBeLessThan(names.indexOf(name));
  }
});

describe.each(SETTINGS.map((setting) => [setting.name, setting] as const))("%s", (_name, setting) => {
  test("is read with one GET, which names the bucket's owner", async () => {
    const { bucket, calls } = fakeBucket();
    await setting.observe(bucket);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.command).toMatch(/^(Get|List)/);
    expect(Object.values(calls[0]?.input ?? {})).toContain(bucket.accountId);
  });

  test("names the actions that read and write it, which the operator's policies must have", () => {
    const { read, write } = setting.iamActions;
    expect(read).toHaveLength(1);
    expect(write.length).toBeGreaterThan(0);
    expect([...read, ...write].filter((action) => !/^s3:[A-Z][A-Za-z]+$/.test(action))).toEqual([]);
  });

  test("a missing or denied bucket is an error, and not an absent setting", async () => {
    await expect(setting.observe(fakeBucket(failing("NoSuchBucket", 404)).bucket)).rejects.toThrow("NoSuchBucket");
    await expect(setting.observe(fakeBucket(failing("AccessDenied", 403)).bucket)).rejects.toThrow("AccessDenied");
  });

  test("has a value under the baseline just if it says so", () => {
    const spec = {};
    const secure = setting.desired(spec, settingContextWith({ baseline: true }));
    expect(secure !== undefined).toBe(setting.inBaseline === true || setting.name === "tags");
    expect(setting.desired(spec, settingContextWith()) !== undefined).toBe(setting.name === "tags");
  });

  test("an empty answer differs from the baseline, without a crash", async () => {
    const observed = await setting.observe(fakeBucket().bucket);
    const secure = setting.desired({}, settingContextWith({ baseline: true }));
    const changes = secure === undefined ? [] : setting.diff(secure, observed);
    expect(changes.length > 0).toBe(setting.inBaseline === true);
  });

  test("a bucket with nothing set is reset only where S3 sets something by default", async () => {
    const reset = setting.reset(await setting.observe(fakeBucket().bucket), settingContextWith());
    expect(reset !== undefined).toBe(["publicAccessBlock", "objectOwnership", "encryption"].includes(setting.name));
  });

  test("of a bucket at S3's own defaults there is nothing to toSpec", async () => {
    const observed = await setting.observe(fakeBucket().bucket);
    const byDefault = setting.reset(observed, settingContextWith());
    const { bucket } = rewritingS3(randomFrom(0));
    if (byDefault !== undefined) await setting.write(bucket, byDefault, await setting.observe(bucket));
    expect(setting.toSpec(await setting.observe(bucket), settingContextWith()).spec).toBeUndefined();
  });

  test("names S3 actions", () => {
    for (const action of [...setting.iamActions.read, ...setting.iamActions.write]) {
      expect(action).toMatch(/^s3:[A-Z][A-Za-z]+$/);
    }
  });
});

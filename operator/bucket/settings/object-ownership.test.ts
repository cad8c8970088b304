import { describe, expect, test } from "vitest";
import { failing, fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { objectOwnership as setting } from "./object-ownership.ts";

test("desired: the spec goes before the baseline, which goes before nothing", () => {
  const spec = { objectOwnership: "ObjectWriter" } as const;
  expect(setting.desired(spec, settingContextWith({ baseline: true }))).toBe("ObjectWriter");
  expect(setting.desired({}, settingContextWith({ baseline: true }))).toBe("BucketOwnerEnforced");
  expect(setting.desired({}, settingContextWith())).toBeUndefined();
});

describe("observe", () => {
  test("the rule's value", async () => {
    const OwnershipControls = { Rules: [{ ObjectOwnership: "BucketOwnerPreferred" }] };
    const { bucket, calls } = fakeBucket(() => ({ OwnershipControls }));
    expect(await setting.observe(bucket)).toBe("BucketOwnerPreferred");
    expect(calls).toEqual([{ command: "GetBucketOwnershipControlsCommand", input: bucket.ref }]);
  });

  test("none on old buckets", async () => {
    const { bucket } = fakeBucket(failing("OwnershipControlsNotFoundError", 404));
    expect(await setting.observe(bucket)).toBeUndefined();
  });
});

test.each([
  ["BucketOwnerEnforced", "BucketOwnerEnforced", []],
  ["BucketOwnerEnforced", "ObjectWriter", [{ path: "", desired: "BucketOwnerEnforced", actual: "ObjectWriter" }]],
  ["ObjectWriter", undefined, [{ path: "", desired: "ObjectWriter", actual: "" }]],
])("diff: %s, found %s", (desired, observed, changes) => {
  expect(setting.diff(desired, observed)).toEqual(changes);
});

test("write sends one rule", async () => {
  const { bucket, calls } = fakeBucket();
  await setting.write(bucket, "ObjectWriter", undefined);
  const OwnershipControls = { Rules: [{ ObjectOwnership: "ObjectWriter" }] };
  expect(calls).toEqual([
    { command: "PutBucketOwnershipControlsCommand", input: { ...bucket.ref, OwnershipControls } },
  ]);
});

test.each([
  ["ObjectWriter", "BucketOwnerEnforced"],
  [undefined, "BucketOwnerEnforced"],
  ["BucketOwnerEnforced", undefined],
])("reset: found %s, writes %s", (observed, desired) => {
  expect(setting.reset(observed, settingContextWith())).toBe(desired);
});

test("toSpec: no controls are no word of the spec's", () => {
  const toSpec = (observed: unknown) => setting.toSpec(observed, settingContextWith());
  expect(toSpec("ObjectWriter")).toEqual({ spec: { objectOwnership: "ObjectWriter" } });
  expect(toSpec(undefined)).toEqual({ omitted: [expect.stringContaining("no ownership controls")] });
});

import { describe, expect, test } from "vitest";
import { ownershipTags } from "../api/ownership.ts";
import type { S3BucketSpec } from "../api/types.ts";
import { settingContext } from "./setting-context.ts";
import { awsAccount, CALLER_ARN, OWNER, s3Bucket, target } from "./testing/fixtures.ts";

describe("settingContext", () => {
  test.each<[S3BucketSpec["baseline"], "Created" | "Adopted", boolean]>([
    [undefined, "Created", true],
    [undefined, "Adopted", false],
    ["Secure", "Created", true],
    ["Secure", "Adopted", true],
    ["None", "Created", false],
    ["None", "Adopted", false],
  ])("applies the baseline for spec.baseline %s and a bucket that is %s: %s", (baseline, origin, expected) => {
    const object = s3Bucket({ ...(baseline && { baseline }) });
    expect(settingContext(object, target(), origin, undefined).baseline).toBe(expected);
  });
});

test("settingContext has the tags of owner and account, what was applied before, and the key", () => {
  const account = awsAccount({ tags: { env: "prod" } });
  const metrics = { appliedIds: ["all"], unmanagedIds: ["theirs"] };
  const object = s3Bucket({}, { status: { tagKeys: ["old"], metrics } });
  expect(settingContext(object, target({ account }), "Adopted", "arn:key")).toMatchObject({
    ownershipTags: ownershipTags(OWNER, "Adopted"),
    accountTags: { env: "prod" },
    appliedTagKeys: ["old"],
    appliedIds: { metrics: ["all"], lifecycle: [] },
    kmsKeyArn: "arn:key",
  });
});

test("settingContext has the caller and the actions that the bucket policy must not deny", () => {
  const { operator } = settingContext(s3Bucket(), target(), "Created", undefined);
  expect(operator.callerArn).toBe(CALLER_ARN);
  expect(operator.actions).toEqual(expect.arrayContaining(["s3:ListBucket", "s3:PutBucketPolicy", "s3:GetBucketCORS"]));
  expect(operator.actions).not.toContain("s3:DeleteBucket");
});

test("settingContext has empty lists when status is empty and the account has no tags", () => {
  const context = settingContext(s3Bucket(), target(), "Created", undefined);
  expect(context).toMatchObject({ accountTags: {}, appliedTagKeys: [] });
  expect(context).not.toHaveProperty("kmsKeyArn");
});

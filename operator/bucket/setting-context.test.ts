import { describe, expect, test } from "vitest";
import type { S3BucketSpec } from "../api/types.ts";
import { ownershipTags } from "../api/ownership.ts";
import { awsAccount, CALLER_ARN, OWNER, s3Bucket, target } from "./testing/fixtures.ts";
import { settingContext } from "./setting-context.ts";

describe("the baseline holds", () => {
  test.each<[S3BucketSpec["baseline"], "Created" | "Adopted", boolean]>([
    [undefined, "Created", true],
    [undefined, "Adopted", false],
    ["Secure", "Created", true],
    ["Secure", "Adopted", true],
    ["None", "Created", false],
    ["None", "Adopted", false],
  ])("spec %s, bucket %s: %s", (baseline, origin, expected) => {
    const object = s3Bucket({ ...(baseline && { baseline }) });
    expect(settingContext(object, target(), origin, undefined).baseline).toBe(expected);
  });
});

test("tags of owner and account, what was applied before, and the key", () => {
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

test("whom the policy must not lock out, and out of what", () => {
  const { operator } = settingContext(s3Bucket(), target(), "Created", undefined);
  expect(operator.callerArn).toBe(CALLER_ARN);
  expect(operator.actions).toEqual(expect.arrayContaining(["s3:ListBucket", "s3:PutBucketPolicy", "s3:GetBucketCORS"]));
  expect(operator.actions).not.toContain("s3:DeleteBucket");
});

test("a wiped status and an account without tags", () => {
  const context = settingContext(s3Bucket(), target(), "Created", undefined);
  expect(context).toMatchObject({ accountTags: {}, appliedTagKeys: [] });
  expect(context).not.toHaveProperty("kmsKeyArn");
});

import { describe, expect, test } from "vitest";
import { memoryOf, noteClaim, noteDeclaration, noteKey, notePlannedBucket, noteReports, noteTarget } from "./status.ts";
import type { S3BucketSpec, S3BucketStatus } from "../api/types.ts";
import type { KeyResolution } from "./key/resolution.ts";
import type { SettingContext } from "./settings/setting.ts";
import { tags } from "./settings/tags.ts";
import { fakeBucket } from "./testing/fake-bucket.ts";
import { fakeSetting, planOf, recordedContext, s3Bucket, settingContextWith, target } from "./testing/fixtures.ts";

describe("what is remembered", () => {
  test("nothing, of a wiped status", () => {
    expect(memoryOf(s3Bucket(), target())).toEqual({ recorded: new Map(), established: false });
  });

  test("settings that were applied, and not those that were only looked at", () => {
    const settings = [
      { name: "cors", source: "Spec", state: "InSync" },
      { name: "policy", source: "Baseline", state: "Failed" },
      { name: "encryption", source: "Unmanaged" },
      { name: "versioning", source: "Spec", state: "Drifted", reason: "ChangesPlanned" },
    ] as const;
    const status = { settings: [...settings], appliedSettings: ["cors", "policy"] };
    const { recorded } = memoryOf(s3Bucket({}, { status }), target());
    expect([...recorded.keys()]).toEqual(["cors", "policy"]);
  });

  test("the bucket, if it is the same one", () => {
    const established = (arn: string) => memoryOf(s3Bucket({}, { status: { arn } }), target()).established;
    expect(established("arn:aws:s3:::docs")).toBe(true);
    expect(established("arn:aws:s3:::other")).toBe(false);
  });
});

test("which bucket is meant", () => {
  const status: S3BucketStatus = {};
  noteTarget(status, target());
  expect(status).toEqual({ bucketName: "docs", region: "eu-central-1", accountId: "111122223333" });
});

describe("which key is meant", () => {
  const managed = { encryption: { kmsKey: { managed: {} } } };
  const noted = (spec: S3BucketSpec, before: S3BucketStatus, key: KeyResolution) => {
    const { context } = recordedContext(s3Bucket(spec, { status: before }));
    const types: Record<string, string> = {};
    noteKey({ ...context, setCondition: ({ type, status }) => void (types[type] = status) }, key);
    const { kmsKeyArn, managedKey, conditions } = context.status;
    return { kmsKeyArn, managedKey, conditions, types };
  };
  const begun: S3BucketStatus = { kmsKeyArn: "former", managedKey: { workBegun: true } };
  const failure = { reason: "KMSKeyNotUsable", message: "disabled", terminal: true };

  test("one that can be used: the work on it is over", () => {
    expect(noted(managed, begun, { arn: "arn:key" })).toEqual({ kmsKeyArn: "arn:key", types: { KeyUsable: "True" } });
  });

  test("one that cannot: nothing is forgotten", () => {
    expect(noted(managed, begun, { failure })).toEqual({ ...begun, types: { KeyUsable: "False" } });
  });

  test("one that is only planned, in Observe mode: the work that was begun is not forgotten", () => {
    const changes = [{ path: "kmsKey.managed.alias", desired: "alias/docs", actual: "" }];
    expect(noted(managed, begun, { arn: undefined, changes }).managedKey).toEqual({ workBegun: true });
  });

  test("none any more", () => {
    const lastTransitionTime = "2026-01-01T00:00:00Z";
    const usable = {
      type: "KeyUsable",
      status: "True",
      reason: "Succeeded",
      message: "m",
      lastTransitionTime,
    } as const;
    expect(noted({}, { ...begun, conditions: [usable] }, { arn: undefined })).toEqual({ conditions: [], types: {} });
  });
});

test("a bucket that would be made", () => {
  const status: S3BucketStatus = {};
  notePlannedBucket(status, "docs");
  expect(status).toEqual({ plan: [{ setting: "bucket", path: "", desired: "docs" }] });
});

test("a bucket that is there, and ours", () => {
  const status: S3BucketStatus = {};
  noteClaim(status, target(), { origin: "Created", isNew: false });
  expect(status).toEqual({
    arn: "arn:aws:s3:::docs",
    domainName: "docs.s3.eu-central-1.amazonaws.com",
    origin: "Created",
  });
});

test("a bucket of another partition is below that one's domain", () => {
  const status: S3BucketStatus = {};
  const { bucket } = fakeBucket(undefined, { partition: "aws-cn", region: "cn-north-1" });
  noteClaim(status, target({ bucket }), { origin: "Created", isNew: false });
  expect(status).toMatchObject({ arn: "arn:aws-cn:s3:::docs", domainName: "docs.s3.cn-north-1.amazonaws.com.cn" });
});

test("what settings tell of themselves, ours or not, if they were seen", () => {
  const reporting = (bytes: number, desired: unknown, value: unknown) =>
    planOf(fakeSetting("policy", { report: () => ({ policy: { bytes } }) }), { desired, observation: { value } });
  const status: S3BucketStatus = {};
  noteReports(status, [
    reporting(1, "a", {}),
    reporting(2, undefined, {}),
    reporting(3, "a", undefined),
    planOf(fakeSetting("cors")),
  ]);
  expect(status).toEqual({ policy: { bytes: 2 } });
});

test("another declaration has another hash; what is left to do of an earlier one does not matter", () => {
  const settings = [tags, fakeSetting("cors"), fakeSetting("versioning")];
  const hashOf = (spec: S3BucketSpec, context: Partial<SettingContext> = {}) => {
    const status: S3BucketStatus = {};
    noteDeclaration(status, settings, spec, settingContextWith(context));
    return status.declarationHash;
  };
  const spec: S3BucketSpec = { tags: { env: "prod" }, versioning: "Enabled" };
  expect(hashOf(spec)).toMatch(/^[\w-]{16}$/);
  expect(hashOf({ ...spec, versioning: "Suspended" })).not.toBe(hashOf(spec));
  expect(hashOf({ tags: { env: "prod" } })).not.toBe(hashOf(spec));
  expect(hashOf(spec, { accountTags: { owner: "platform" } })).not.toBe(hashOf(spec));
  expect(hashOf(spec, { appliedTagKeys: ["env", "former"] })).toBe(hashOf(spec));
});

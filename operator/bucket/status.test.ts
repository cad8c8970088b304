import { describe, expect, test } from "vitest";
import type { S3BucketSpec, S3BucketStatus } from "../api/types.ts";
import type { KeyResolution } from "./key/resolution.ts";
import type { SettingContext } from "./settings/setting.ts";
import { tags } from "./settings/tags.ts";
import { memoryOf, noteClaim, noteDeclaration, noteKey, notePlannedBucket, noteReports, noteTarget } from "./status.ts";
import { fakeBucket } from "./testing/fake-bucket.ts";
import { fakeSetting, planOf, recordedContext, s3Bucket, settingContextWith, target } from "./testing/fixtures.ts";

describe("memoryOf", () => {
  test("returns nothing when status is empty", () => {
    expect(memoryOf(s3Bucket(), target())).toEqual({ recorded: new Map(), established: false });
  });

  test("returns settings that were applied, and not those that were only observed", () => {
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

  test("returns that the bucket is established if it is the same one", () => {
    const established = (arn: string) => memoryOf(s3Bucket({}, { status: { arn } }), target()).established;
    expect(established("arn:aws:s3:::docs")).toBe(true);
    expect(established("arn:aws:s3:::other")).toBe(false);
  });
});

test("noteTarget records name, region and account of the bucket", () => {
  const status: S3BucketStatus = {};
  noteTarget(status, target());
  expect(status).toEqual({ bucketName: "docs", region: "eu-central-1", accountId: "111122223333" });
});

describe("noteKey", () => {
  const managed = { encryption: { kmsKey: { managed: {} } } };
  const noted = (spec: S3BucketSpec, before: S3BucketStatus, key: KeyResolution) => {
    const { context } = recordedContext(s3Bucket(spec, { status: before }));
    const types: Record<string, string> = {};
    noteKey({ ...context, setCondition: ({ type, status }) => void (types[type] = status) }, key);
    const { kmsKeyArn, managedKey, conditions } = context.status;
    return { kmsKeyArn, managedKey, conditions, types };
  };
  const begun: S3BucketStatus = { kmsKeyArn: "former", managedKey: { workBegun: true } };
  const failure = { reason: "KMSKeyNotUsable", message: "disabled", terminal: true } as const;

  test("records a usable key, and that the work on it has ended", () => {
    expect(noted(managed, begun, { arn: "arn:key" })).toEqual({ kmsKeyArn: "arn:key", types: { KeyUsable: "True" } });
  });

  test("keeps what is recorded when the key cannot be used", () => {
    expect(noted(managed, begun, { failure })).toEqual({ ...begun, types: { KeyUsable: "False" } });
  });

  test("keeps the record of work on a key that is only planned (mode: Observe)", () => {
    const changes = [{ path: "kmsKey.managed.alias", desired: "alias/docs", actual: "" }];
    expect(noted(managed, begun, { arn: undefined, changes }).managedKey).toEqual({ workBegun: true });
  });

  test("removes key and condition when the spec has no key", () => {
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

test("notePlannedBucket records the creation in the plan", () => {
  const status: S3BucketStatus = {};
  notePlannedBucket(status, "docs");
  expect(status).toEqual({ plan: [{ setting: "bucket", path: "", desired: "docs" }] });
});

test("noteClaim records ARN, domain name and origin", () => {
  const status: S3BucketStatus = {};
  noteClaim(status, target(), { origin: "Created", isNew: false });
  expect(status).toEqual({
    arn: "arn:aws:s3:::docs",
    domainName: "docs.s3.eu-central-1.amazonaws.com",
    origin: "Created",
  });
});

test("noteClaim records the domain name of the bucket's partition", () => {
  const status: S3BucketStatus = {};
  const { bucket } = fakeBucket(undefined, { partition: "aws-cn", region: "cn-north-1" });
  noteClaim(status, target({ bucket }), { origin: "Created", isNew: false });
  expect(status).toMatchObject({ arn: "arn:aws-cn:s3:::docs", domainName: "docs.s3.cn-north-1.amazonaws.com.cn" });
});

test("noteReports records the reports of observed settings, managed or not", () => {
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

test("noteDeclaration changes the hash with the declaration, not with leftovers of an earlier one", () => {
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

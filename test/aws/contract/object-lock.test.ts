/**
 * Object lock: FACTS.md#s3-object-lock.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html
 */

import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  type DefaultRetention,
  type ObjectLockConfiguration,
  type ObjectLockRetention,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulatorTest, startTarget, type Target } from "./target.ts";

let target: Target;
let Bucket: string;

beforeAll(async () => {
  target = await startTarget();
  Bucket = target.bucketName();
  await target.s3().send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
});
afterAll(() => target.stop());

const put = (configuration: ObjectLockConfiguration, name = Bucket) =>
  target.s3().send(new PutObjectLockConfigurationCommand({ Bucket: name, ObjectLockConfiguration: configuration }));
const get = async (name = Bucket) =>
  (await target.s3().send(new GetObjectLockConfigurationCommand({ Bucket: name }))).ObjectLockConfiguration;
const byDefault = (DefaultRetention: DefaultRetention): ObjectLockConfiguration => ({
  ObjectLockEnabled: "Enabled",
  Rule: { DefaultRetention },
});

describe("object lock of a bucket", () => {
  test("object lock enabled at creation has no rule", async () => {
    expect(await get()).toEqual({ ObjectLockEnabled: "Enabled" });
  });

  test("object lock can be enabled later, while versioning is enabled", async () => {
    const name = target.bucketName();
    await target.s3().send(new CreateBucketCommand({ Bucket: name }));
    const absent = { name: "ObjectLockConfigurationNotFoundError", $metadata: { httpStatusCode: 404 } };
    await expect(get(name)).rejects.toMatchObject(absent);
    const enable = () => put({ ObjectLockEnabled: "Enabled" }, name);
    const refused = { name: "InvalidBucketState", $metadata: { httpStatusCode: 409 } };
    await expect(enable()).rejects.toMatchObject(refused);
    const version = (Status: "Enabled" | "Suspended") =>
      target.s3().send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status } }));
    await version("Suspended");
    await expect(enable()).rejects.toMatchObject(refused);
    await version("Enabled");
    await enable();
    expect(await get(name)).toEqual({ ObjectLockEnabled: "Enabled" });
    await expect(version("Suspended")).rejects.toMatchObject(refused);
    await version("Enabled");
  });

  test("the default retention has days or years, and a Put without a rule removes it", async () => {
    for (const retention of [
      { Mode: "GOVERNANCE", Days: 30 },
      { Mode: "COMPLIANCE", Years: 2 },
    ] as const) {
      await put(byDefault(retention));
      expect((await get())?.Rule?.DefaultRetention).toEqual(retention);
    }
    await put({ ObjectLockEnabled: "Enabled" });
    expect((await get())?.Rule).toBeUndefined();
  });

  simulatorTest("the default event hold reads back as written, and a rule without it removes it", async () => {
    const hold = { DefaultEventHold: { Days: 90 } };
    await put(byDefault(hold));
    expect((await get())?.Rule?.DefaultRetention).toEqual(hold);
    const both = { Mode: "GOVERNANCE" as const, Days: 1, DefaultEventHold: { Years: 1 } };
    await put(byDefault(both));
    expect((await get())?.Rule?.DefaultRetention).toEqual(both);
    await put(byDefault({ Mode: "GOVERNANCE", Days: 1 }));
    expect((await get())?.Rule?.DefaultRetention).toEqual({ Mode: "GOVERNANCE", Days: 1 });
    const twice = put(byDefault({ DefaultEventHold: { Days: 1, Years: 1 } }));
    await expect(twice).rejects.toMatchObject({ name: "MalformedXML" });
    await put({ ObjectLockEnabled: "Enabled" });
  });

  test.for<[string, ObjectLockConfiguration]>([
    ["an empty document", {}],
    ["a rule without ObjectLockEnabled", { Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } } }],
    ["an empty rule", { ObjectLockEnabled: "Enabled", Rule: {} }],
    ["a mode without a period", byDefault({ Mode: "GOVERNANCE" })],
    ["a period without a mode", byDefault({ Days: 1 })],
    ["an unknown mode", byDefault({ Mode: "BAD" as never, Days: 1 })],
    ["days and years", byDefault({ Mode: "GOVERNANCE", Days: 1, Years: 1 })],
  ])("object lock with %s is refused with MalformedXML", async ([, configuration]) => {
    const refused = { name: "MalformedXML", $metadata: { httpStatusCode: 400 } };
    await expect(put(configuration)).rejects.toMatchObject(refused);
  });

  test.for([
    { Mode: "GOVERNANCE", Days: 0 },
    { Mode: "GOVERNANCE", Days: 36_501 },
    { Mode: "GOVERNANCE", Years: 101 },
  ] as const)("object lock refuses the default retention %j", async (retention) => {
    await expect(put(byDefault(retention))).rejects.toMatchObject({ name: "InvalidArgument" });
  });
});

// Not against AWS: objects under COMPLIANCE cannot be deleted and cost money.
describe("object lock of an object version", () => {
  const created = async () => {
    const name = target.bucketName();
    await target.s3().send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: true }));
    const { VersionId = "" } = await target.s3().send(new PutObjectCommand({ Bucket: name, Key: "a", Body: "a" }));
    return { Bucket: name, Key: "a", VersionId };
  };
  const tomorrow = (days = 1) => new Date(Math.ceil(Date.now() / 1000) * 1000 + days * 86_400_000);
  const retain = (version: object, Retention: ObjectLockRetention, BypassGovernanceRetention?: boolean) =>
    target.s3().send(
      new PutObjectRetentionCommand({
        ...(version as { Bucket: string; Key: string }),
        Retention,
        ...(BypassGovernanceRetention !== undefined && { BypassGovernanceRetention }),
      }),
    );
  const isProtected = {
    name: "AccessDenied",
    message: "Access Denied because object protected by object lock.",
    $metadata: { httpStatusCode: 403 },
  };

  simulatorTest("a retained version cannot be deleted, but gets delete markers", async () => {
    const s3 = target.s3();
    const version = await created();
    const RetainUntilDate = tomorrow();
    await retain(version, { Mode: "COMPLIANCE", RetainUntilDate });
    await expect(s3.send(new DeleteObjectCommand(version))).rejects.toMatchObject(isProtected);
    const bypassing = new DeleteObjectCommand({ ...version, BypassGovernanceRetention: true });
    await expect(s3.send(bypassing)).rejects.toMatchObject(isProtected);
    const { Bucket: name, Key, VersionId } = version;
    const { VersionId: other } = await s3.send(new PutObjectCommand({ Bucket: name, Key: "b", Body: "b" }));
    const Objects = [
      { Key, VersionId },
      { Key: "b", VersionId: other },
    ];
    const { Deleted, Errors, $metadata } = await s3.send(
      new DeleteObjectsCommand({ Bucket: name, Delete: { Objects } }),
    );
    expect($metadata.httpStatusCode).toBe(200);
    expect(Deleted).toEqual([{ Key: "b", VersionId: other }]);
    expect(Errors).toEqual([{ Key, VersionId, Code: "AccessDenied", Message: isProtected.message }]);
    const { DeleteMarker } = await s3.send(new DeleteObjectCommand({ Bucket: name, Key }));
    expect(DeleteMarker).toBe(true);
    const head = await s3.send(new HeadObjectCommand(version));
    expect([head.ObjectLockMode, head.ObjectLockRetainUntilDate]).toEqual(["COMPLIANCE", RetainUntilDate]);
  });

  simulatorTest("bypassing GOVERNANCE needs the header and s3:BypassGovernanceRetention", async () => {
    const s3 = target.s3();
    const version = await created();
    await retain(version, { Mode: "GOVERNANCE", RetainUntilDate: tomorrow() });
    await expect(s3.send(new DeleteObjectCommand(version))).rejects.toMatchObject(isProtected);
    const { Bucket: name, Key, VersionId } = version;
    const bypass = () =>
      s3.send(
        new DeleteObjectsCommand({
          Bucket: name,
          Delete: { Objects: [{ Key, VersionId }] },
          BypassGovernanceRetention: true,
        }),
      );
    const allow = target.simulator.faults.deny("s3:BypassGovernanceRetention");
    expect((await bypass()).Errors).toMatchObject([{ Key, VersionId, Code: "AccessDenied" }]);
    allow();
    expect((await bypass()).Deleted).toEqual([{ Key, VersionId }]);
    expect(target.simulator.calls.of(name).at(-1)?.actions).toEqual([
      "s3:DeleteObject",
      "s3:DeleteObjectVersion",
      "s3:BypassGovernanceRetention",
    ]);
  });

  simulatorTest("new objects get the default retention, which can be extended but not shortened", async () => {
    const name = target.bucketName();
    const s3 = target.s3();
    await s3.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: true }));
    await put(byDefault({ Mode: "GOVERNANCE", Days: 10 }), name);
    const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: name, Key: "a", Body: "a" }));
    const version = { Bucket: name, Key: "a", VersionId };
    const { Retention } = await s3.send(new GetObjectRetentionCommand(version));
    expect(Retention?.Mode).toBe("GOVERNANCE");
    expect(Retention?.RetainUntilDate?.getTime()).toBeGreaterThan(tomorrow(9).getTime());
    await retain(version, { Mode: "GOVERNANCE", RetainUntilDate: tomorrow(20) });
    const shorter = { Mode: "GOVERNANCE", RetainUntilDate: tomorrow(2) } as const;
    await expect(retain(version, shorter)).rejects.toMatchObject(isProtected);
    await expect(retain(version, {})).rejects.toMatchObject(isProtected);
    await retain(version, shorter, true);
    await retain(version, { Mode: "COMPLIANCE", RetainUntilDate: tomorrow(3) });
    await expect(retain(version, shorter, true)).rejects.toMatchObject(isProtected);
    const longer = { Mode: "GOVERNANCE", RetainUntilDate: tomorrow(9) } as const;
    await expect(retain(version, longer, true)).rejects.toMatchObject(isProtected);
  });

  simulatorTest("a legal hold protects a version until it is removed", async () => {
    const s3 = target.s3();
    const version = await created();
    const hold = (Status: "ON" | "OFF") =>
      s3.send(new PutObjectLegalHoldCommand({ ...version, LegalHold: { Status } }));
    const never = s3.send(new GetObjectLegalHoldCommand(version));
    await expect(never).rejects.toMatchObject({ name: "NoSuchObjectLockConfiguration" });
    await hold("ON");
    expect((await s3.send(new GetObjectLegalHoldCommand(version))).LegalHold).toEqual({ Status: "ON" });
    const bypassing = new DeleteObjectCommand({ ...version, BypassGovernanceRetention: true });
    await expect(s3.send(bypassing)).rejects.toMatchObject(isProtected);
    await hold("OFF");
    await s3.send(new DeleteObjectCommand(version));
  });

  simulatorTest("a retention needs a mode, a date in the future and a bucket with object lock", async () => {
    const s3 = target.s3();
    const version = await created();
    const { Bucket: name, Key } = version;
    const never = s3.send(new GetObjectRetentionCommand(version));
    await expect(never).rejects.toMatchObject({ name: "NoSuchObjectLockConfiguration" });
    const past = { Mode: "GOVERNANCE", RetainUntilDate: new Date("2020-01-01") } as const;
    await expect(retain(version, past)).rejects.toMatchObject({ name: "InvalidArgument" });
    await expect(retain(version, { Mode: "GOVERNANCE" })).rejects.toMatchObject({ name: "MalformedXML" });
    const { VersionId: markerId } = await s3.send(new DeleteObjectCommand({ Bucket: name, Key }));
    const ofMarker = retain(
      { Bucket: name, Key, VersionId: markerId },
      { Mode: "GOVERNANCE", RetainUntilDate: tomorrow() },
    );
    await expect(ofMarker).rejects.toMatchObject({ name: "MethodNotAllowed" });

    const plain = target.bucketName();
    await s3.send(new CreateBucketCommand({ Bucket: plain }));
    await s3.send(new PutObjectCommand({ Bucket: plain, Key, Body: "a" }));
    const ofPlain = retain({ Bucket: plain, Key }, { Mode: "GOVERNANCE", RetainUntilDate: tomorrow() });
    await expect(ofPlain).rejects.toMatchObject({ name: "InvalidRequest" });
    const Objects = [{ Key }];
    const bypassing = { Bucket: plain, Delete: { Objects }, BypassGovernanceRetention: false };
    await expect(s3.send(new DeleteObjectsCommand(bypassing))).rejects.toMatchObject({ name: "InvalidArgument" });
  });
});

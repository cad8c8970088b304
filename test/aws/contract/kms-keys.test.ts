/**
 * Rotation, tags and lists of keys, and their use by objects: FACTS.md#kms. Not against AWS: a key costs money until
 * its deletion is complete.
 */

import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyRotationStatusCommand,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  type CreateKeyCommandInput,
} from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { simulatorTest, startTarget, type Target } from "./target.ts";

let target: Target;

beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

async function created(input: CreateKeyCommandInput = {}) {
  const { KeyMetadata } = await target.kms().send(new CreateKeyCommand(input));
  return { KeyId: KeyMetadata?.KeyId ?? "", arn: KeyMetadata?.Arn ?? "" };
}

const scheduleDeletion = (KeyId: string) =>
  target.kms().send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
const badRequest = (name: string) => ({ name, $metadata: { httpStatusCode: 400 } });
const isDisabled = badRequest("DisabledException");
const isPending = badRequest("KMSInvalidStateException");

describe("rotation", () => {
  const enable = (KeyId: string, RotationPeriodInDays?: number) =>
    target
      .kms()
      .send(
        new EnableKeyRotationCommand({ KeyId, ...(RotationPeriodInDays !== undefined && { RotationPeriodInDays }) }),
      );
  const status = async (KeyId: string) => {
    const answer = await target.kms().send(new GetKeyRotationStatusCommand({ KeyId }));
    return [answer.KeyRotationEnabled, answer.RotationPeriodInDays];
  };

  simulatorTest("key rotation is off at first, and enabled with a period of 365 days or a given one", async () => {
    const { KeyId } = await created();
    expect(await status(KeyId)).toEqual([false, undefined]);
    await enable(KeyId);
    expect(await status(KeyId)).toEqual([true, 365]);
    await enable(KeyId, 90);
    expect(await status(KeyId)).toEqual([true, 90]);
    for (const days of [89, 2561])
      await expect(enable(KeyId, days)).rejects.toMatchObject(badRequest("ValidationException"));
    await target.kms().send(new DisableKeyRotationCommand({ KeyId }));
    expect(await status(KeyId)).toEqual([false, undefined]);
  });

  simulatorTest("key rotation is refused for disabled keys, keys pending deletion and AWS managed keys", async () => {
    const { KeyId } = await created();
    await enable(KeyId, 180);
    await target.kms().send(new DisableKeyCommand({ KeyId }));
    await expect(enable(KeyId)).rejects.toMatchObject(isDisabled);
    expect(await status(KeyId)).toEqual([true, 180]);
    await scheduleDeletion(KeyId);
    await expect(enable(KeyId)).rejects.toMatchObject(isPending);
    expect(await status(KeyId)).toEqual([false, undefined]);
    await expect(enable("alias/aws/s3")).rejects.toMatchObject(badRequest("UnsupportedOperationException"));
  });
});

describe("tags", () => {
  const tag = (KeyId: string, tags: Record<string, string>) =>
    target.kms().send(
      new TagResourceCommand({
        KeyId,
        Tags: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
      }),
    );
  const get = async (KeyId: string) => {
    const { Tags = [] } = await target.kms().send(new ListResourceTagsCommand({ KeyId }));
    return Object.fromEntries(Tags.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
  };

  simulatorTest("key tags are changed one by one", async () => {
    const { KeyId } = await created({ Tags: [{ TagKey: "a", TagValue: "1" }] });
    await tag(KeyId, { a: "2", b: "3" });
    expect(await get(KeyId)).toEqual({ a: "2", b: "3" });
    await target.kms().send(new UntagResourceCommand({ KeyId, TagKeys: ["a", "never-there"] }));
    expect(await get(KeyId)).toEqual({ b: "3" });
    await scheduleDeletion(KeyId);
    await expect(tag(KeyId, { c: "4" })).rejects.toMatchObject(isPending);
  });

  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, ""]));
  simulatorTest.for<[string, string, Record<string, string>]>([
    ["the prefix aws:", "TagException", { "AWS:mine": "" }],
    ["a key of 129 characters", "ValidationException", { ["k".repeat(129)]: "" }],
    ["a value of 257 characters", "ValidationException", { k: "v".repeat(257) }],
    ["51 tags", "TagException", many(51)],
  ])("key tags with %s are refused with %s", async ([, name, tags]) => {
    const { KeyId } = await created();
    await expect(tag(KeyId, tags)).rejects.toMatchObject(badRequest(name));
    expect(await get(KeyId)).toEqual({});
  });

  simulatorTest("a key has at most 50 tags, and a request names each tag key once", async () => {
    const { KeyId } = await created();
    await tag(KeyId, many(50));
    await expect(tag(KeyId, { more: "" })).rejects.toMatchObject(badRequest("TagException"));
    const twice = [1, 2].map((value) => ({ TagKey: "a", TagValue: String(value) }));
    await expect(created({ Tags: twice })).rejects.toMatchObject(badRequest("TagException"));
  });
});

describe("lists of keys and aliases", () => {
  simulatorTest("ListKeys continues at the marker", async () => {
    const { credentials } = target.simulator.account("777766665555");
    const kms = target.kms({ credentials });
    for (let count = 0; count < 3; count++) await kms.send(new CreateKeyCommand({}));
    const first = await kms.send(new ListKeysCommand({ Limit: 2 }));
    expect([first.Keys?.length, first.Truncated]).toEqual([2, true]);
    const second = await kms.send(new ListKeysCommand({ Limit: 2, Marker: first.NextMarker }));
    expect([second.Keys?.length, second.Truncated, second.NextMarker]).toEqual([1, false, undefined]);
    const ids = [...(first.Keys ?? []), ...(second.Keys ?? [])].map(({ KeyId }) => KeyId);
    expect(new Set(ids).size).toBe(3);
    await expect(kms.send(new ListKeysCommand({ Limit: 1001 }))).rejects.toMatchObject(
      badRequest("ValidationException"),
    );
    await expect(kms.send(new ListKeysCommand({ Marker: "?" }))).rejects.toMatchObject(
      badRequest("InvalidMarkerException"),
    );
    const elsewhere = target.kms({ credentials, region: "eu-west-1" });
    expect((await elsewhere.send(new ListKeysCommand({}))).Keys).toEqual([]);
  });

  simulatorTest("ListAliases filters by key, and an alias cannot be moved to a key pending deletion", async () => {
    const kms = target.kms();
    const [one, other, dying] = [await created(), await created(), await created()];
    const names = ["alias/b", "alias/a", "alias/c"].map((name) => `${name}-${one.KeyId}`);
    for (const AliasName of names) await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: one.KeyId }));
    const list = async (KeyId: string, Marker?: string) => {
      const page = new ListAliasesCommand({ KeyId, Limit: 2, ...(Marker !== undefined && { Marker }) });
      const { Aliases = [], NextMarker } = await kms.send(page);
      return { names: Aliases.map(({ AliasName }) => AliasName), next: NextMarker };
    };
    const first = await list(one.KeyId);
    const second = await list(one.KeyId, first.next);
    expect([...first.names, ...second.names]).toEqual(names.toSorted());
    const AliasName = names[0] ?? "";
    await kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: other.KeyId }));
    expect((await list(other.KeyId)).names).toEqual([AliasName]);
    await scheduleDeletion(dying.KeyId);
    const move = kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: dying.KeyId }));
    await expect(move).rejects.toMatchObject(isPending);
  });
});

simulatorTest("each KMS call needs the action of its name, and CreateKey with tags kms:TagResource", async () => {
  target.simulator.calls.clear();
  const { KeyId } = await created({ Tags: [{ TagKey: "a", TagValue: "b" }] });
  await target.kms().send(new GetKeyRotationStatusCommand({ KeyId }));
  await target.kms().send(new ListResourceTagsCommand({ KeyId }));
  expect(target.simulator.calls.byAction()).toEqual({
    "kms:CreateKey": 1,
    "kms:TagResource": 1,
    "kms:GetKeyRotationStatus": 1,
    "kms:ListResourceTags": 1,
  });
});

describe("objects with a KMS key", () => {
  simulatorTest("objects cannot be written or read while their key is not enabled", async () => {
    const s3 = target.s3();
    const { KeyId, arn } = await created();
    const object = { Bucket: target.bucketName(), Key: "a" };
    await s3.send(new CreateBucketCommand({ Bucket: object.Bucket }));
    const encryption = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: KeyId } as const;
    const Rules = [{ ApplyServerSideEncryptionByDefault: encryption }];
    const { Bucket } = object;
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    const put = () => s3.send(new PutObjectCommand({ ...object, Body: "x" }));
    const get = () => s3.send(new GetObjectCommand(object));
    expect((await put()).SSEKMSKeyId).toBe(arn);
    expect((await s3.send(new HeadObjectCommand(object))).ServerSideEncryption).toBe("aws:kms");

    await target.kms().send(new DisableKeyCommand({ KeyId }));
    for (const call of [put, get]) await expect(call()).rejects.toMatchObject(badRequest("KMS.DisabledException"));
    await target.kms().send(new EnableKeyCommand({ KeyId }));
    await get();
    await scheduleDeletion(KeyId);
    await expect(get()).rejects.toMatchObject(badRequest("KMS.KMSInvalidStateException"));
  });

  simulatorTest("a bucket accepts a missing key as its default, but objects cannot be written with it", async () => {
    const s3 = target.s3();
    const Bucket = target.bucketName();
    await s3.send(new CreateBucketCommand({ Bucket }));
    const byDefault = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "alias/nobody-has-it" } as const;
    const Rules = [{ ApplyServerSideEncryptionByDefault: byDefault }];
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    const put = s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x" }));
    await expect(put).rejects.toMatchObject(badRequest("KMS.NotFoundException"));
  });
});

/**
 * Accounts, sessions and keys: FACTS.md#s3-public-access-and-ownership, FACTS.md#error-codes and FACTS.md#kms.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */

import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  ListAliasesCommand,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { CreateBucketCommand, ListBucketsCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3-control";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Credentials } from "../index.ts";
import { simulatorTest, startTarget, type Target } from "./target.ts";

let target: Target;

beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

describe("Block Public Access of an account", () => {
  // Not against AWS: it would open the account for a moment.
  simulatorTest("account Block Public Access reads back as written and can be deleted", async () => {
    const AccountId = target.accountId;
    const control = target.s3control();
    const get = () => control.send(new GetPublicAccessBlockCommand({ AccountId }));
    const absent = { name: "NoSuchPublicAccessBlockConfiguration", $metadata: { httpStatusCode: 404 } };
    await expect(get()).rejects.toMatchObject(absent);
    const on = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    };
    await control.send(new PutPublicAccessBlockCommand({ AccountId, PublicAccessBlockConfiguration: on }));
    expect((await get()).PublicAccessBlockConfiguration).toEqual(on);
    await control.send(new DeletePublicAccessBlockCommand({ AccountId }));
    await expect(get()).rejects.toMatchObject(absent);
  });

  simulatorTest("account Block Public Access applies to buckets that do not block public access", async () => {
    const account = target.simulator.account(target.accountId);
    const Bucket = target.bucketName();
    account.createBucket(Bucket).publicAccessBlock = undefined;
    const block = { AccountId: target.accountId, PublicAccessBlockConfiguration: { BlockPublicPolicy: true } };
    await target.s3control().send(new PutPublicAccessBlockCommand(block));
    const everybody = { Effect: "Allow", Principal: "*", Action: "s3:ListBucket", Resource: `arn:aws:s3:::${Bucket}` };
    const put = new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Statement: everybody }) });
    await expect(target.s3().send(put)).rejects.toMatchObject({ name: "AccessDenied" });
  });

  simulatorTest("account Block Public Access cannot be written while the organization manages it", async () => {
    target.simulator.account("123412341234").publicAccessBlockManagedByOrganization = true;
    const { credentials } = target.simulator.account("123412341234");
    const put = new PutPublicAccessBlockCommand({ AccountId: "123412341234", PublicAccessBlockConfiguration: {} });
    await expect(target.s3control({ credentials }).send(put)).rejects.toMatchObject({ name: "AccessDenied" });
  });
});

describe("STS", () => {
  test("GetCallerIdentity answers the account of the credentials", async () => {
    const { Account, Arn } = await target.sts().send(new GetCallerIdentityCommand({}));
    expect(Account).toBe(target.accountId);
    expect(Arn).toContain(`::${target.accountId}:`);
  });

  const assume = (RoleArn: string, ExternalId?: string, from?: Credentials) =>
    target
      .sts(from === undefined ? {} : { credentials: from })
      .send(
        new AssumeRoleCommand({ RoleArn, RoleSessionName: "session", ...(ExternalId !== undefined && { ExternalId }) }),
      );

  const sessionOf = async (roleArn: string, externalId?: string): Promise<Credentials> => {
    const { Credentials: given } = await assume(roleArn, externalId);
    const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "", SessionToken } = given ?? {};
    return { accessKeyId, secretAccessKey, sessionToken: SessionToken ?? "" };
  };

  simulatorTest("AssumeRole returns credentials of the role's account", async () => {
    const trust = { externalId: "secret", trustedAccounts: [target.accountId] };
    const role = target.simulator.account("222233334444").addRole("operator", trust);
    const credentials = await sessionOf(role.arn, "secret");
    const { Account, Arn } = await target.sts({ credentials }).send(new GetCallerIdentityCommand({}));
    expect([Account, Arn]).toEqual(["222233334444", "arn:aws:sts::222233334444:assumed-role/operator/session"]);
    const Bucket = target.bucketName();
    await target.s3({ credentials }).send(new CreateBucketCommand({ Bucket }));
    expect(target.simulator.account("222233334444").buckets.has(Bucket)).toBe(true);
    expect(target.simulator.calls.of(Bucket)[0]?.account).toBe("222233334444");
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
  simulatorTest("AssumeRole answers 403 for a wrong external ID, a wrong account and a missing role", async () => {
    const role = target.simulator.account("222233334444").addRole("strict", {
      externalId: "secret",
      trustedAccounts: [target.accountId],
    });
    const denied = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };
    await expect(assume(role.arn)).rejects.toMatchObject(denied);
    await expect(assume(role.arn, "wrong")).rejects.toMatchObject(denied);
    await expect(assume(`${role.arn}-none`, "secret")).rejects.toMatchObject(denied);
    const { credentials } = target.simulator.account("555566667777");
    await expect(assume(role.arn, "secret", credentials)).rejects.toMatchObject(denied);
  });

  simulatorTest("S3 answers 400 ExpiredToken for expired sessions", async () => {
    const account = target.simulator.account("222233334444");
    const role = account.addRole("short", { trustedAccounts: [target.accountId] });
    const credentials = await sessionOf(role.arn);
    account.expireSessions();
    await expect(target.s3({ credentials }).send(new ListBucketsCommand({}))).rejects.toMatchObject({
      name: "ExpiredToken",
      $metadata: { httpStatusCode: 400 },
    });
  });

  simulatorTest("each service has its own error code for an unknown access key", async () => {
    const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" };
    const list = target.s3({ credentials }).send(new ListBucketsCommand({}));
    await expect(list).rejects.toMatchObject({ name: "InvalidAccessKeyId", $metadata: { httpStatusCode: 403 } });
    const identity = target.sts({ credentials }).send(new GetCallerIdentityCommand({}));
    await expect(identity).rejects.toMatchObject({ name: "InvalidClientTokenId" });
    const key = target.kms({ credentials }).send(new DescribeKeyCommand({ KeyId: "alias/x" }));
    await expect(key).rejects.toMatchObject({ name: "UnrecognizedClientException" });
  });
});

// Not against AWS: a key costs money until its deletion is complete.
describe("KMS keys", () => {
  const created = async () => {
    const { KeyMetadata } = await target.kms().send(new CreateKeyCommand({ Tags: [{ TagKey: "a", TagValue: "b" }] }));
    return { id: KeyMetadata?.KeyId ?? "", arn: KeyMetadata?.Arn ?? "" };
  };
  const describeKey = async (KeyId: string) => (await target.kms().send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;

  simulatorTest("a key is found by key ID, ARN, alias and alias ARN", async () => {
    const { id, arn } = await created();
    const AliasName = `alias/${id}`;
    await target.kms().send(new CreateAliasCommand({ AliasName, TargetKeyId: id }));
    for (const KeyId of [id, arn, AliasName, `arn:aws:kms:us-east-1:${target.accountId}:${AliasName}`]) {
      expect((await describeKey(KeyId))?.Arn).toBe(arn);
    }
    const { Aliases } = await target.kms().send(new ListAliasesCommand({ KeyId: id }));
    expect(Aliases?.map(({ AliasName: name }) => name)).toEqual([AliasName]);
    const again = target.kms().send(new CreateAliasCommand({ AliasName, TargetKeyId: id }));
    await expect(again).rejects.toMatchObject({ name: "AlreadyExistsException" });
    await target.kms().send(new DeleteAliasCommand({ AliasName }));
    await expect(describeKey(AliasName)).rejects.toMatchObject({ name: "NotFoundException" });
  });

  simulatorTest("the deletion of a key can be cancelled, which leaves the key disabled", async () => {
    const { id: KeyId } = await created();
    const state = async () => (await describeKey(KeyId))?.KeyState;
    await target.kms().send(new DisableKeyCommand({ KeyId }));
    expect(await state()).toBe("Disabled");
    const soon = target.kms().send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 3 }));
    await expect(soon).rejects.toMatchObject({ name: "ValidationException" });
    await target.kms().send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    expect(await state()).toBe("PendingDeletion");
    const enable = target.kms().send(new EnableKeyCommand({ KeyId }));
    await expect(enable).rejects.toMatchObject({ name: "KMSInvalidStateException" });
    await target.kms().send(new CancelKeyDeletionCommand({ KeyId }));
    expect(await state()).toBe("Disabled");
  });

  simulatorTest("a key can be used in its own region, and in its own account unless shared", async () => {
    const { arn } = await created();
    const elsewhere = target.kms({ region: "eu-west-1" }).send(new DescribeKeyCommand({ KeyId: arn }));
    await expect(elsewhere).rejects.toMatchObject({ name: "NotFoundException" });
    const { credentials } = target.simulator.account("999900001111");
    const foreign = () => target.kms({ credentials }).send(new DescribeKeyCommand({ KeyId: arn }));
    await expect(foreign()).rejects.toMatchObject({ name: "AccessDeniedException" });
    target.simulator.account(target.accountId).keys.get(arn)?.sharedWith.add("999900001111");
    expect((await foreign()).KeyMetadata?.AWSAccountId).toBe(target.accountId);
  });

  simulatorTest("the key of alias/aws/s3 is created on first use, and the alias is reserved", async () => {
    expect((await describeKey("alias/aws/s3"))?.KeyManager).toBe("AWS");
    const { id } = await created();
    const taken = target.kms().send(new CreateAliasCommand({ AliasName: "alias/aws/mine", TargetKeyId: id }));
    await expect(taken).rejects.toMatchObject({ name: "NotAuthorizedException" });
  });
});

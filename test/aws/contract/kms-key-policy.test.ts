/** Key policies: FACTS.md#kms. Not against AWS: a key costs money until its deletion is complete. */

import {
  CreateKeyCommand,
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  PutKeyPolicyCommand,
  type CreateKeyCommandInput,
} from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { simulatorTest, startTarget, type Target } from "./target.ts";

let target: Target;

beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

async function created(input: CreateKeyCommandInput = {}) {
  const { KeyMetadata } = await target.kms().send(new CreateKeyCommand(input));
  return { KeyId: KeyMetadata?.KeyId ?? "" };
}

const badRequest = (name: string) => ({ name, $metadata: { httpStatusCode: 400 } });

describe("key policies", () => {
  const root = () => ({ AWS: `arn:aws:iam::${target.accountId}:root` });
  const statement = (fields: object = {}) => ({
    Effect: "Allow",
    Principal: root(),
    Action: "kms:*",
    Resource: "*",
    ...fields,
  });
  const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
  const get = async (KeyId: string) => {
    const { Policy = "{}" } = await target.kms().send(new GetKeyPolicyCommand({ KeyId }));
    return JSON.parse(Policy) as { Statement: { Principal: unknown; Action: unknown }[] };
  };
  const put = (KeyId: string, Policy: string, bypass = false) =>
    target.kms().send(new PutKeyPolicyCommand({ KeyId, Policy, BypassPolicyLockoutSafetyCheck: bypass }));

  simulatorTest("the default key policy allows the account's root everything", async () => {
    const { KeyId } = await created();
    expect((await get(KeyId)).Statement).toMatchObject([{ Principal: root(), Action: "kms:*" }]);
    const role = target.simulator.account(target.accountId).addRole("reader");
    await put(KeyId, policy(statement(), statement({ Principal: { AWS: [role.arn] }, Action: ["kms:Decrypt"] })));
    expect((await get(KeyId)).Statement[1]).toMatchObject({ Principal: { AWS: [role.arn] }, Action: ["kms:Decrypt"] });
    target.simulator.account(target.accountId).roles.delete(role.arn);
    expect((await get(KeyId)).Statement[1]?.Principal).toEqual({ AWS: [role.uniqueId] });
  });

  simulatorTest("CreateKey accepts a key policy", async () => {
    const { KeyId } = await created({ Policy: policy(statement({ Sid: "mine" })), Description: "docs" });
    expect((await get(KeyId)).Statement).toMatchObject([{ Sid: "mine" }]);
    const { KeyMetadata } = await target.kms().send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata?.Description).toBe("docs");
  });

  simulatorTest.for<[string, string, () => string]>([
    ["text that is not JSON", "MalformedPolicyDocumentException", () => "hello"],
    ["no statement", "MalformedPolicyDocumentException", () => policy()],
    [
      "no principal",
      "MalformedPolicyDocumentException",
      () => policy(statement(), statement({ Principal: undefined })),
    ],
    [
      "a missing role",
      "MalformedPolicyDocumentException",
      () => policy(statement(), statement({ Principal: { AWS: `arn:aws:iam::${target.accountId}:role/nobody` } })),
    ],
    [
      "no permission for the caller to change the policy again",
      "MalformedPolicyDocumentException",
      () => policy(statement({ Action: "kms:Decrypt" })),
    ],
    [
      "a condition on the permission to change the policy again",
      "MalformedPolicyDocumentException",
      () => policy(statement({ Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } })),
    ],
    ["more than 32 KiB", "LimitExceededException", () => policy(statement({ Sid: "a".repeat(33_000) }))],
  ])("a key policy with %s is refused with %s", async ([, name, text]) => {
    const { KeyId } = await created();
    await expect(put(KeyId, text())).rejects.toMatchObject(badRequest(name));
    await expect(created({ Policy: text() })).rejects.toMatchObject(badRequest(name));
    expect((await get(KeyId)).Statement).toHaveLength(1);
  });

  simulatorTest("the lockout check can be bypassed; other policy names and AWS managed keys are refused", async () => {
    const { KeyId } = await created();
    await put(KeyId, policy(statement({ Action: "kms:Decrypt" })), true);
    const other = target.kms().send(new GetKeyPolicyCommand({ KeyId, PolicyName: "other" }));
    await expect(other).rejects.toMatchObject(badRequest("NotFoundException"));
    const ofAws = put("alias/aws/s3", policy(statement()));
    await expect(ofAws).rejects.toMatchObject(badRequest("UnsupportedOperationException"));
  });
});

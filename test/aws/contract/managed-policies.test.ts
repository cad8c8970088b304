/** Managed policies, and what the policies of a role allow together: FACTS.md#iam-roles. */

import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  DeletePolicyCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { simulatorTest, startTarget, type Target } from "./target.ts";
import { policyDocument, startWorkloads, type Workload, type Workloads } from "./workload.ts";

let target: Target;
let workloads: Workloads;
let bucket = "";
let counter = 0;

beforeAll(async () => {
  target = await startTarget();
  target.simulator.evaluatePolicies = true;
  workloads = await startWorkloads(target);
  bucket = target.bucketName();
  target.simulator.account(target.accountId).createBucket(bucket);
  await target.s3().send(new PutObjectCommand({ Bucket: bucket, Key: "a", Body: "a" }));
});
afterAll(() => target.stop());

const error = (name: string, status: number) => ({ name, $metadata: { httpStatusCode: status } });
const reading = () => policyDocument({ Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/*` });
const created = async (PolicyDocument = reading(), Path = "/") => {
  const PolicyName = `policy-${++counter}`;
  const { Policy } = await target.iam().send(new CreatePolicyCommand({ PolicyName, PolicyDocument, Path }));
  return { PolicyName, PolicyArn: Policy?.Arn ?? "" };
};

describe("managed policies", () => {
  simulatorTest("CreatePolicy makes a policy that is read, listed and deleted", async () => {
    const { PolicyName, PolicyArn } = await created(reading(), "/tenants/");
    expect(PolicyArn).toBe(`arn:aws:iam::${target.accountId}:policy/tenants/${PolicyName}`);
    const { Policy } = await target.iam().send(new GetPolicyCommand({ PolicyArn }));
    expect(Policy).toMatchObject({ PolicyName, Path: "/tenants/", AttachmentCount: 0, DefaultVersionId: "v1" });
    const version = await target.iam().send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
    expect(decodeURIComponent(version.PolicyVersion?.Document ?? "")).toBe(reading());
    const list = async (input: object) =>
      (await target.iam().send(new ListPoliciesCommand(input))).Policies?.map(({ Arn }) => Arn);
    expect(await list({ PathPrefix: "/tenants/" })).toEqual([PolicyArn]);
    expect(await list({ Scope: "AWS" })).toContain("arn:aws:iam::aws:policy/AmazonSQSFullAccess");
    expect(await list({ Scope: "Local", OnlyAttached: true })).toEqual([]);
    await target.iam().send(new DeletePolicyCommand({ PolicyArn }));
    await expect(target.iam().send(new GetPolicyCommand({ PolicyArn }))).rejects.toMatchObject(
      error("NoSuchEntityException", 404),
    );
  });

  simulatorTest.for<[string, string, number, () => Promise<unknown>]>([
    [
      "a name that is taken, in another letter case",
      "EntityAlreadyExistsException",
      409,
      async () => {
        const { PolicyName } = await created();
        const again = { PolicyName: PolicyName.toUpperCase(), PolicyDocument: reading() };
        return target.iam().send(new CreatePolicyCommand(again));
      },
    ],
    ["a document with a principal", "MalformedPolicyDocumentException", 400, () => created('{"Statement":[{}]}')],
    [
      "more than 6,144 characters",
      "LimitExceededException",
      409,
      () => created(policyDocument({ Sid: "a".repeat(6144), Effect: "Allow", Action: "s3:*", Resource: "*" })),
    ],
  ])("CreatePolicy refuses %s", async ([, name, status, create]) => {
    await expect(create()).rejects.toMatchObject(error(name, status));
  });
});

describe("policies of a role", () => {
  const get = ({ s3 }: Workload) => s3.send(new GetObjectCommand({ Bucket: bucket, Key: "a" }));

  simulatorTest("a role may what its inline and its attached policies allow, until they are detached", async () => {
    const { PolicyArn } = await created();
    const workload = await workloads.start({ Effect: "Allow", Action: "sqs:*", Resource: "*" });
    const RoleName = workload.roleName;
    await expect(get(workload)).rejects.toMatchObject({ name: "AccessDenied" });
    await target.iam().send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    await get(workload);
    await expect(target.iam().send(new DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject(
      error("DeleteConflictException", 409),
    );
    const { AttachedPolicies } = await target.iam().send(new ListAttachedRolePoliciesCommand({ RoleName }));
    expect(AttachedPolicies?.map(({ PolicyArn: arn }) => arn)).toEqual([PolicyArn]);
    await target.iam().send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    await expect(get(workload)).rejects.toMatchObject({ name: "AccessDenied" });
    const ofAws = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    await target.iam().send(new AttachRolePolicyCommand({ RoleName, PolicyArn: ofAws }));
    await get(workload);
  });

  simulatorTest("a policy of another account cannot be attached", async () => {
    const foreign = target.simulator.account("222233334444").addManagedPolicy("theirs", {});
    const { roleName: RoleName } = await workloads.start();
    const attach = target.iam().send(new AttachRolePolicyCommand({ RoleName, PolicyArn: foreign }));
    await expect(attach).rejects.toMatchObject(error("NoSuchEntityException", 404));
  });

  simulatorTest("one of several inline policies is deleted alone, and names have up to 128 characters", async () => {
    const { roleName: RoleName } = await workloads.start();
    const put = (PolicyName: string) =>
      target.iam().send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: reading() }));
    const names = async () => (await target.iam().send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames;
    await put("b".repeat(128));
    await put("a");
    await expect(put("b".repeat(129))).rejects.toMatchObject(error("ValidationError", 400));
    expect(await names()).toEqual(["a", "b".repeat(128)]);
    await target.iam().send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "a" }));
    expect(await names()).toEqual(["b".repeat(128)]);
  });
});

/** Roles: FACTS.md#iam-roles. */

import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  type CreateRoleCommandInput,
} from "@aws-sdk/client-iam";
import { PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { simulatorTest, startTarget, type Target } from "./target.ts";

let target: Target;
let counter = 0;

beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

const POD_TRUST = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "pods.eks.amazonaws.com" }, Action: ["sts:AssumeRole", "sts:TagSession"] },
  ],
};
const trustOf = (Principal: object, fields: object = {}) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...fields }] });
const policy = (fields: object = {}) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::docs/a/*", ...fields }],
  });

const created = async (input: Partial<CreateRoleCommandInput> = {}) => {
  const RoleName = input.RoleName ?? `role-${++counter}`;
  const AssumeRolePolicyDocument = JSON.stringify(POD_TRUST);
  const { Role } = await target.iam().send(new CreateRoleCommand({ AssumeRolePolicyDocument, ...input, RoleName }));
  return { RoleName, arn: Role?.Arn ?? "", id: Role?.RoleId ?? "" };
};
const read = async (RoleName: string) => (await target.iam().send(new GetRoleCommand({ RoleName }))).Role;
const error = (name: string, status: number) => ({ name, $metadata: { httpStatusCode: status } });
const NO_SUCH_ENTITY = error("NoSuchEntityException", 404);
const account = () => target.simulator.account(target.accountId);

describe("CreateRole and GetRole", () => {
  simulatorTest("CreateRole and GetRole return the role with its trust policy percent-encoded", async () => {
    const boundary = account().addManagedPolicy("boundary", JSON.parse(policy()) as object);
    const { RoleName, arn } = await created({
      Path: "/s3op/prod/",
      Description: "docs",
      MaxSessionDuration: 7200,
      PermissionsBoundary: boundary,
      Tags: [{ Key: "owner", Value: "s3-operator" }],
    });
    expect(arn).toBe(`arn:aws:iam::${target.accountId}:role/s3op/prod/${RoleName}`);
    const role = await read(RoleName);
    expect(role).toMatchObject({
      RoleName,
      Path: "/s3op/prod/",
      Description: "docs",
      MaxSessionDuration: 7200,
      PermissionsBoundary: { PermissionsBoundaryArn: boundary, PermissionsBoundaryType: "Policy" },
      Tags: [{ Key: "owner", Value: "s3-operator" }],
    });
    expect(role?.AssumeRolePolicyDocument).not.toContain("{");
    expect(JSON.parse(decodeURIComponent(role?.AssumeRolePolicyDocument ?? ""))).toEqual(POD_TRUST);
  });

  simulatorTest("role names are unique regardless of letter case, and a new role has a new unique ID", async () => {
    const { RoleName, id } = await created({ RoleName: "Taken" });
    await expect(created({ RoleName: "taken" })).rejects.toMatchObject(error("EntityAlreadyExistsException", 409));
    await target.iam().send(new DeleteRoleCommand({ RoleName }));
    await expect(read(RoleName)).rejects.toMatchObject(NO_SUCH_ENTITY);
    expect((await created({ RoleName })).id).not.toBe(id);
  });

  simulatorTest.for<[string, string, number, Partial<CreateRoleCommandInput>]>([
    ["a name of 65 characters", "ValidationError", 400, { RoleName: "a".repeat(65) }],
    ["a name with a slash", "ValidationError", 400, { RoleName: "a/b" }],
    ["a path without a trailing slash", "ValidationError", 400, { Path: "/a" }],
    ["a session of more than 12 hours", "ValidationError", 400, { MaxSessionDuration: 43_201 }],
    ["a description of 1,001 characters", "ValidationError", 400, { Description: "a".repeat(1001) }],
    [
      "51 tags",
      "LimitExceededException",
      409,
      { Tags: Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: "" })) },
    ],
    [
      "tag keys that differ in letter case only",
      "InvalidInputException",
      400,
      { Tags: ["a", "A"].map((Key) => ({ Key, Value: "" })) },
    ],
    ["a tag key with the prefix aws:", "InvalidInputException", 400, { Tags: [{ Key: "aws:x", Value: "" }] }],
    ["a tag key with invalid characters", "ValidationError", 400, { Tags: [{ Key: "a*", Value: "" }] }],
    [
      "a missing permissions boundary",
      "NoSuchEntityException",
      404,
      { PermissionsBoundary: "arn:aws:iam::111122223333:policy/none" },
    ],
    ["a trust policy that is not JSON", "MalformedPolicyDocumentException", 400, { AssumeRolePolicyDocument: "hello" }],
    ["no statement", "MalformedPolicyDocumentException", 400, { AssumeRolePolicyDocument: '{"foo":1}' }],
    [
      "trust in a missing role",
      "MalformedPolicyDocumentException",
      400,
      { AssumeRolePolicyDocument: trustOf({ AWS: "arn:aws:iam::111122223333:role/nobody" }) },
    ],
    [
      "trust in an unknown service",
      "MalformedPolicyDocumentException",
      400,
      { AssumeRolePolicyDocument: trustOf({ Service: "pods" }) },
    ],
    [
      "a trust policy with a resource",
      "MalformedPolicyDocumentException",
      400,
      { AssumeRolePolicyDocument: trustOf({ Service: "ec2.amazonaws.com" }, { Resource: "*" }) },
    ],
    [
      "a trust policy for an action of another service",
      "MalformedPolicyDocumentException",
      400,
      { AssumeRolePolicyDocument: trustOf({ Service: "ec2.amazonaws.com" }, { Action: "s3:*" }) },
    ],
    [
      "a trust policy of more than 2,048 characters",
      "LimitExceededException",
      409,
      { AssumeRolePolicyDocument: trustOf({ Service: "ec2.amazonaws.com" }, { Sid: "a".repeat(2048) }) },
    ],
  ])("CreateRole refuses %s with %s", async ([, name, status, input]) => {
    await expect(created(input)).rejects.toMatchObject(error(name, status));
  });

  simulatorTest("the quota of a trust policy ignores white space and can be raised", async () => {
    await created({ AssumeRolePolicyDocument: `${JSON.stringify(POD_TRUST)}${" ".repeat(4000)}` });
    account().iamQuotas.trustPolicySize = 4096;
    await created({ AssumeRolePolicyDocument: trustOf({ Service: "ec2.amazonaws.com" }, { Sid: "a".repeat(2048) }) });
    account().iamQuotas.trustPolicySize = 2048;
  });
});

describe("changes of a role", () => {
  simulatorTest("UpdateRole does not change fields that are absent", async () => {
    const { RoleName } = await created({ Description: "before", MaxSessionDuration: 7200 });
    await target.iam().send(new UpdateRoleCommand({ RoleName, Description: "after" }));
    expect(await read(RoleName)).toMatchObject({ Description: "after", MaxSessionDuration: 7200 });
  });

  simulatorTest("a trust policy stores roles by unique ID, and accounts by root ARN", async () => {
    const reader = await created();
    const { RoleName } = await created();
    const PolicyDocument = trustOf({ AWS: [reader.arn, target.accountId] });
    await target.iam().send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    const principals = async () => {
      const { Statement } = JSON.parse(decodeURIComponent((await read(RoleName))?.AssumeRolePolicyDocument ?? "")) as {
        Statement: { Principal: unknown }[];
      };
      return Statement[0]?.Principal;
    };
    const root = `arn:aws:iam::${target.accountId}:root`;
    expect(await principals()).toEqual({ AWS: [reader.arn, root] });
    await target.iam().send(new DeleteRoleCommand({ RoleName: reader.RoleName }));
    await created({ RoleName: reader.RoleName });
    expect(await principals()).toEqual({ AWS: [reader.id, root] });
  });

  simulatorTest("role tags are changed one by one, and their keys ignore letter case", async () => {
    const { RoleName } = await created({ Tags: [{ Key: "Team", Value: "a" }] });
    const tags = async () => (await target.iam().send(new ListRoleTagsCommand({ RoleName }))).Tags;
    const Tags = [
      { Key: "team", Value: "b" },
      { Key: "x", Value: "" },
    ];
    await target.iam().send(new TagRoleCommand({ RoleName, Tags }));
    expect(await tags()).toEqual(Tags);
    await target.iam().send(new UntagRoleCommand({ RoleName, TagKeys: ["TEAM", "never"] }));
    expect(await tags()).toEqual([{ Key: "x", Value: "" }]);
  });

  simulatorTest("a permissions boundary must exist, and is set and deleted", async () => {
    const { RoleName } = await created();
    const PermissionsBoundary = account().addManagedPolicy("limits", JSON.parse(policy()) as object);
    await target.iam().send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
    const none = new PutRolePermissionsBoundaryCommand({
      RoleName,
      PermissionsBoundary: `${PermissionsBoundary}-none`,
    });
    await expect(target.iam().send(none)).rejects.toMatchObject(NO_SUCH_ENTITY);
    expect((await read(RoleName))?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(PermissionsBoundary);
    await target.iam().send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
    const again = target.iam().send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
    await expect(again).rejects.toMatchObject(NO_SUCH_ENTITY);
  });
});

describe("policies of a role", () => {
  const put = (RoleName: string, PolicyName: string, PolicyDocument: string) =>
    target.iam().send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  const names = async (RoleName: string) =>
    (await target.iam().send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames;

  simulatorTest("inline policies are written, read back as written, listed and deleted", async () => {
    const { RoleName } = await created();
    const document = JSON.stringify(JSON.parse(policy({ Resource: "arn:aws:s3:::docs/ü (1)/*" })), undefined, 2);
    await put(RoleName, "access", document);
    const get = new GetRolePolicyCommand({ RoleName, PolicyName: "access" });
    const { PolicyDocument = "" } = await target.iam().send(get);
    expect(PolicyDocument).not.toMatch(/[{ ()*]/);
    expect(decodeURIComponent(PolicyDocument)).toBe(document);
    expect(await names(RoleName)).toEqual(["access"]);
    await target.iam().send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "access" }));
    await expect(target.iam().send(get)).rejects.toMatchObject(NO_SUCH_ENTITY);
    const again = target.iam().send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "access" }));
    await expect(again).rejects.toMatchObject(NO_SUCH_ENTITY);
  });

  simulatorTest("inline policies have at most 10,240 characters together, without white space", async () => {
    const { RoleName } = await created();
    const filler = (length: number) => policy({ Sid: "a".repeat(length) });
    await put(RoleName, "first", `${filler(5000)}${" ".repeat(9000)}`);
    await expect(put(RoleName, "second", filler(5200))).rejects.toMatchObject(error("LimitExceededException", 409));
    await put(RoleName, "first", filler(9900));
    expect(await names(RoleName)).toEqual(["first"]);
  });

  simulatorTest.for<[string, string]>([
    ["text that is not JSON", "hello"],
    ["no statement", JSON.stringify({ Version: "2012-10-17", Statement: [] })],
    ["an unknown version", policy().replace("2012-10-17", "2026-01-01")],
    ["a principal", policy({ Principal: "*" })],
    ["no resource", policy({ Resource: undefined })],
    ["a resource that is not an ARN", policy({ Resource: "docs" })],
    ["an action without a service", policy({ Action: "GetObject" })],
    ["an unknown operator", policy({ Condition: { StringIs: { "s3:prefix": "a" } } })],
    ["a condition key without a service", policy({ Condition: { StringLike: { prefix: "a" } } })],
    ["a Sid with a space", policy({ Sid: "a b" })],
    ["a character beyond U+00FF", policy({ Resource: "arn:aws:s3:::docs/\u4f60/*" })],
  ])("an inline policy with %s is refused with MalformedPolicyDocument", async ([, document]) => {
    const { RoleName } = await created();
    await expect(put(RoleName, "p", document)).rejects.toMatchObject(error("MalformedPolicyDocumentException", 400));
    expect(await names(RoleName)).toEqual([]);
  });

  simulatorTest("at most ten managed policies are attached, and a role with policies cannot be deleted", async () => {
    const { RoleName } = await created();
    const arns = Array.from({ length: 11 }, (_, n) => account().addManagedPolicy(`p${n}`, {}));
    const attach = (PolicyArn: string) => target.iam().send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    for (const arn of arns.slice(0, 10)) await attach(arn);
    await attach(arns[0] ?? "");
    await expect(attach(arns[10] ?? "")).rejects.toMatchObject(error("LimitExceededException", 409));
    await expect(attach(`${arns[0]}-none`)).rejects.toMatchObject(NO_SUCH_ENTITY);
    const { AttachedPolicies = [] } = await target.iam().send(new ListAttachedRolePoliciesCommand({ RoleName }));
    expect(AttachedPolicies.map(({ PolicyArn }) => PolicyArn)).toEqual(arns.slice(0, 10));
    const conflict = error("DeleteConflictException", 409);
    await expect(target.iam().send(new DeleteRoleCommand({ RoleName }))).rejects.toMatchObject(conflict);
    for (const PolicyArn of arns.slice(0, 10))
      await target.iam().send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    const again = target.iam().send(new DetachRolePolicyCommand({ RoleName, PolicyArn: arns[0] }));
    await expect(again).rejects.toMatchObject(NO_SUCH_ENTITY);
    await put(RoleName, "inline", policy());
    await expect(target.iam().send(new DeleteRoleCommand({ RoleName }))).rejects.toMatchObject(conflict);
    await target.iam().send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "inline" }));
    await target.iam().send(new DeleteRoleCommand({ RoleName }));
  });
});

describe("ListRoles", () => {
  simulatorTest("ListRoles has pages and filters by path prefix", async () => {
    const names = await Promise.all(
      ["a", "b", "c"].map((name) => created({ RoleName: `listed-${name}`, Path: "/listed/" })),
    );
    await created({ Path: "/listed-not/" });
    const first = await target.iam().send(new ListRolesCommand({ PathPrefix: "/listed/", MaxItems: 2 }));
    expect([first.IsTruncated, first.Roles?.length]).toEqual([true, 2]);
    const rest = await target.iam().send(new ListRolesCommand({ PathPrefix: "/listed/", Marker: first.Marker }));
    const seen = [...(first.Roles ?? []), ...(rest.Roles ?? [])].map(({ RoleName }) => RoleName);
    expect([rest.IsTruncated, seen]).toEqual([false, names.map(({ RoleName }) => RoleName)]);
  });
});

describe("calls to IAM", () => {
  // https://docs.aws.amazon.com/general/latest/gr/iam-service.html
  simulatorTest("IAM requests are signed for us-east-1", async () => {
    const list = target.iam({ region: "eu-west-1" }).send(new ListRolesCommand({}));
    await expect(list).rejects.toMatchObject(error("SignatureDoesNotMatch", 403));
  });

  simulatorTest("a denial names action and role, and concurrent changes answer ConcurrentModification", async () => {
    const { RoleName, arn } = await created({ Path: "/s3op/" });
    const removeDenial = target.simulator.faults.deny("iam:PutRolePolicy", { account: target.accountId });
    const put = new PutRolePolicyCommand({ RoleName, PolicyName: "p", PolicyDocument: policy() });
    const denied = {
      ...error("AccessDenied", 403),
      message: expect.stringContaining(`iam:PutRolePolicy on resource: "${arn}"`) as string,
    };
    await expect(target.iam().send(put)).rejects.toMatchObject(denied);
    removeDenial();
    target.simulator.faults.operationAborted({ action: "iam:PutRolePolicy", times: 1 });
    await expect(target.iam().send(put)).rejects.toMatchObject(error("ConcurrentModificationException", 409));
    await target.iam().send(put);
  });

  simulatorTest("CreateRole with tags also needs iam:TagRole", async () => {
    const remove = target.simulator.faults.deny("iam:TagRole");
    await expect(created({ Tags: [{ Key: "a", Value: "b" }] })).rejects.toMatchObject(error("AccessDenied", 403));
    remove();
  });

  simulatorTest("other services do not find a new role at once", async () => {
    account().newRolesUnknownFor = 2;
    const { arn } = await created();
    account().newRolesUnknownFor = 0;
    const Bucket = target.bucketName();
    account().createBucket(Bucket);
    const statement = {
      Effect: "Allow",
      Principal: { AWS: arn },
      Action: "s3:ListBucket",
      Resource: `arn:aws:s3:::${Bucket}`,
    };
    const put = new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Statement: statement }) });
    await expect(target.s3().send(put)).rejects.toMatchObject({ name: "MalformedPolicy" });
    await expect(target.s3().send(put)).rejects.toMatchObject({ name: "MalformedPolicy" });
    await target.s3().send(put);
  });
});

/**
 * Bucket policies. Sources: API_PutBucketPolicy.html, reference_policies_grammar.html,
 * access-control-block-public-access.html ("the meaning of public"), aws.md 2.6.
 */

import {
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { afterAll, describe, expect, test } from "vitest";
import { createBucket, simulatorTest, startTarget } from "./target.ts";

const target = await startTarget();
afterAll(() => target.stop());
const Bucket = await createBucket(target);

const arn = (suffix = "") => `arn:aws:s3:::${Bucket}${suffix}`;
const root = () => `arn:aws:iam::${target.accountId}:root`;

/** Lets the account list the bucket, but for what the test says. */
const statement = (fields: Record<string, unknown> = {}) => ({
  Effect: "Allow",
  Principal: { AWS: root() },
  Action: "s3:ListBucket",
  Resource: arn(),
  ...fields,
});
const put = (...statements: object[]) => putText(JSON.stringify({ Version: "2012-10-17", Statement: statements }));
const putText = (Policy: string) => target.s3().send(new PutBucketPolicyCommand({ Bucket, Policy }));
const get = async () => {
  const { Policy = "" } = await target.s3().send(new GetBucketPolicyCommand({ Bucket }));
  return JSON.parse(Policy) as { Statement: Record<string, unknown>[] };
};

describe("reads back rewritten", () => {
  test("account ids as root ARNs, lists of one as the one, booleans as strings", async () => {
    const tls = statement({
      Sid: "tls",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:*"],
      Resource: [arn(), arn("/*")],
      Condition: { Bool: { "aws:SecureTransport": false } },
    });
    await put(tls, statement({ Principal: { AWS: [target.accountId] } }));
    const { Statement } = await get();
    expect(Statement).toHaveLength(2);
    expect(Statement.find(({ Sid }) => Sid === "tls")).toMatchObject({
      Principal: "*",
      Action: "s3:*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
    expect(Statement.find(({ Sid }) => Sid === undefined)).toMatchObject({ Principal: { AWS: root() } });
  });

  simulatorTest("in another order from read to read", async () => {
    const actions = ["s3:ListBucket", "s3:GetBucketPolicy", "s3:GetBucketCORS"];
    await put(statement({ Sid: "a", Action: actions }), statement({ Sid: "b" }));
    target.simulator.normalise.set({ reorderPolicy: true }, Bucket);
    const reads = [];
    for (let read = 0; read < 6; read++) reads.push(await get());
    expect(new Set(reads.map((each) => JSON.stringify(each))).size).toBeGreaterThan(1);
    for (const { Statement } of reads) {
      expect(Statement.map(({ Sid }) => Sid).toSorted()).toEqual(["a", "b"]);
      expect(Statement.find(({ Sid }) => Sid === "a")?.["Action"]).toHaveLength(3);
    }
    target.simulator.normalise.clear();
  });

  simulatorTest(
    "roles by their ARN, or by their unique id once they are gone, a namesake notwithstanding",
    async () => {
      const account = target.simulator.account(target.accountId);
      const role = account.addRole("reader");
      await put(statement({ Principal: { AWS: role.arn } }));
      expect((await get()).Statement[0]?.["Principal"]).toEqual({ AWS: role.arn });
      account.roles.delete(role.arn);
      account.addRole("reader");
      expect((await get()).Statement[0]?.["Principal"]).toEqual({ AWS: role.uniqueId });
      expect(role.uniqueId).toMatch(/^AROA\w{17}$/);
    },
  );
});

describe("refuses as MalformedPolicy", () => {
  test.for<[string, () => object]>([
    ["a role that is not there", () => statement({ Principal: { AWS: `${root().replace(":root", "")}:role/none` } })],
    ["a wildcard in a principal's ARN", () => statement({ Principal: { AWS: root().replace("root", "role/*") } })],
    ["an unknown kind of principal", () => statement({ Principal: { People: "*" } })],
    ["a resource of another bucket", () => statement({ Resource: "arn:aws:s3:::another-bucket" })],
    ["a bucket whose name only begins like this one", () => statement({ Resource: arn("2") })],
    ["an action of another service", () => statement({ Action: "ec2:RunInstances" })],
    ["an object action without objects", () => statement({ Action: "s3:GetObject" })],
    ["a bucket action on objects only", () => statement({ Resource: arn("/*") })],
    ["an unknown condition operator", () => statement({ Condition: { Equals: { "aws:SourceIp": "10.0.0.0/8" } } })],
    ["an unknown condition key", () => statement({ Condition: { Bool: { SecureTransport: "true" } } })],
    ["a field of its own", () => statement({ Comment: "hello" })],
    ["no effect", () => statement({ Effect: undefined })],
    ["no principal", () => statement({ Principal: undefined })],
  ])("%s", async ([, bad]) => {
    await expect(put(bad())).rejects.toMatchObject({ name: "MalformedPolicy", $metadata: { httpStatusCode: 400 } });
  });

  test.for<[string, () => string]>([
    ["text that is not JSON", () => "hello"],
    ["leading white space", () => ` ${JSON.stringify({ Version: "2012-10-17", Statement: [statement()] })}`],
    ["no statement", () => JSON.stringify({ Version: "2012-10-17" })],
    ["an unknown version", () => JSON.stringify({ Version: "2020-01-01", Statement: [statement()] })],
    ["more than 20,480 bytes", () => JSON.stringify({ Statement: [statement({ Sid: "x".repeat(20_480) })] })],
  ])("%s", async ([, text]) => {
    await expect(putText(text())).rejects.toMatchObject({ name: "MalformedPolicy" });
  });
});

describe("public policies", () => {
  const everybody = (fields: Record<string, unknown> = {}) =>
    statement({ Principal: "*", Action: "s3:GetObject", Resource: arn("/*"), ...fields });

  test("are refused with 403 while BlockPublicPolicy is on, and told by policyStatus otherwise", async () => {
    const s3 = target.s3();
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    const block = { BlockPublicPolicy: true };
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: block }));
    await expect(put(everybody())).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining("BlockPublicPolicy") as string,
      $metadata: { httpStatusCode: 403 },
    });
    await put(statement());
    const isPublic = async (): Promise<boolean | undefined> =>
      (await s3.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic;
    expect(await isPublic()).toBe(false);
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    await put(everybody());
    expect(await isPublic()).toBe(true);
  });

  test.for<[string, boolean, () => object]>([
    ["anybody of one organization", false, () => everybody({ Condition: equals("aws:PrincipalOrgID", "o-1") })],
    ["anybody of an organization like this", true, () => everybody({ Condition: like("aws:PrincipalOrgID", "o-*") })],
    ["anybody from one distribution", false, () => everybody({ Condition: equals("aws:SourceArn", "arn:aws:x") })],
    ["anybody with a referer", true, () => everybody({ Condition: equals("aws:Referer", "https://me") })],
    ["a service", false, () => everybody({ Principal: { Service: "cloudfront.amazonaws.com" } })],
    ["a denial for anybody", false, () => everybody({ Effect: "Deny" })],
    ["anybody, written as an AWS principal", true, () => everybody({ Principal: { AWS: "*" } })],
  ])("%s: %s", async ([, expected, given]) => {
    await target.s3().send(new DeletePublicAccessBlockCommand({ Bucket }));
    await put(given());
    const { PolicyStatus } = await target.s3().send(new GetBucketPolicyStatusCommand({ Bucket }));
    expect(PolicyStatus?.IsPublic).toBe(expected);
  });

  const equals = (key: string, value: string) => ({ StringEquals: { [key]: value } });
  const like = (key: string, value: string) => ({ StringLike: { [key]: value } });
});

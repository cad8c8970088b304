/** Bucket policies: FACTS.md#s3-bucket-policies. */

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

/** A statement that lets the account list the bucket, with the fields of the test. */
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

describe("policies that S3 rewrites", () => {
  test("a policy reads back with root ARNs, without lists of one element, and with booleans as strings", async () => {
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

  simulatorTest("reorderPolicy returns another order from read to read", async () => {
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

  simulatorTest("a policy shows a deleted role by unique ID, also after a new role gets its name", async () => {
    const account = target.simulator.account(target.accountId);
    const role = account.addRole("reader");
    await put(statement({ Principal: { AWS: role.arn } }));
    expect((await get()).Statement[0]?.["Principal"]).toEqual({ AWS: role.arn });
    account.roles.delete(role.arn);
    account.addRole("reader");
    expect((await get()).Statement[0]?.["Principal"]).toEqual({ AWS: role.uniqueId });
    expect(role.uniqueId).toMatch(/^AROA\w{17}$/);
  });
});

describe("malformed policies", () => {
  test.for<[string, () => object]>([
    ["a missing role", () => statement({ Principal: { AWS: `${root().replace(":root", "")}:role/none` } })],
    ["a wildcard in a principal's ARN", () => statement({ Principal: { AWS: root().replace("root", "role/*") } })],
    ["an unknown principal type", () => statement({ Principal: { People: "*" } })],
    ["a resource of another bucket", () => statement({ Resource: "arn:aws:s3:::another-bucket" })],
    ["a bucket name that begins with this one", () => statement({ Resource: arn("2") })],
    ["an action of another service", () => statement({ Action: "ec2:RunInstances" })],
    ["an object action without an object resource", () => statement({ Action: "s3:GetObject" })],
    ["a bucket action without a bucket resource", () => statement({ Resource: arn("/*") })],
    ["an unknown condition operator", () => statement({ Condition: { Equals: { "aws:SourceIp": "10.0.0.0/8" } } })],
    ["an unknown condition key", () => statement({ Condition: { Bool: { SecureTransport: "true" } } })],
    ["an unknown field", () => statement({ Comment: "hello" })],
    ["no effect", () => statement({ Effect: undefined })],
    ["no principal", () => statement({ Principal: undefined })],
  ])("a policy with %s is refused with MalformedPolicy", async ([, bad]) => {
    await expect(put(bad())).rejects.toMatchObject({ name: "MalformedPolicy", $metadata: { httpStatusCode: 400 } });
  });

  test.for<[string, () => string]>([
    ["text that is not JSON", () => "hello"],
    ["leading white space", () => ` ${JSON.stringify({ Version: "2012-10-17", Statement: [statement()] })}`],
    ["no statement", () => JSON.stringify({ Version: "2012-10-17" })],
    ["an unknown version", () => JSON.stringify({ Version: "2020-01-01", Statement: [statement()] })],
    ["more than 20,480 bytes", () => JSON.stringify({ Statement: [statement({ Sid: "x".repeat(20_480) })] })],
  ])("a policy document with %s is refused with MalformedPolicy", async ([, text]) => {
    await expect(putText(text())).rejects.toMatchObject({ name: "MalformedPolicy" });
  });
});

describe("public policies", () => {
  const everybody = (fields: Record<string, unknown> = {}) =>
    statement({ Principal: "*", Action: "s3:GetObject", Resource: arn("/*"), ...fields });

  test("BlockPublicPolicy refuses public policies, which GetBucketPolicyStatus reports otherwise", async () => {
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
    ["all principals of one organization", false, () => everybody({ Condition: equals("aws:PrincipalOrgID", "o-1") })],
    ["an organization with a wildcard", true, () => everybody({ Condition: like("aws:PrincipalOrgID", "o-*") })],
    ["all principals from one source ARN", false, () => everybody({ Condition: equals("aws:SourceArn", "arn:aws:x") })],
    ["all principals with a referer", true, () => everybody({ Condition: equals("aws:Referer", "https://me") })],
    ["a service", false, () => everybody({ Principal: { Service: "cloudfront.amazonaws.com" } })],
    ["a Deny for all principals", false, () => everybody({ Effect: "Deny" })],
    ["the AWS principal *", true, () => everybody({ Principal: { AWS: "*" } })],
  ])("a policy for %s: public is %s", async ([, expected, given]) => {
    await target.s3().send(new DeletePublicAccessBlockCommand({ Bucket }));
    await put(given());
    const { PolicyStatus } = await target.s3().send(new GetBucketPolicyStatusCommand({ Bucket }));
    expect(PolicyStatus?.IsPublic).toBe(expected);
  });

  const equals = (key: string, value: string) => ({ StringEquals: { [key]: value } });
  const like = (key: string, value: string) => ({ StringLike: { [key]: value } });
});

describe("principals", () => {
  const role = (name: string) => `${root().replace(":root", "")}:role/${name}`;

  test("the error for an invalid principal names it, one at a time", async () => {
    const missing = [role("none-1"), role("none-2")];
    const both = put(statement({ Principal: { AWS: [target.accountId, ...missing] } }));
    const error = await both.catch((caught: unknown) => caught as { name: string; Detail?: string });
    expect(error).toMatchObject({ name: "MalformedPolicy", message: "Invalid principal in policy" });
    const named = missing.filter((each) => error && "Detail" in error && error.Detail?.includes(each));
    expect(named).toHaveLength(1);
  });

  simulatorTest.for<[string, () => string]>([
    ["an account", () => "222233334444"],
    ["an account's root", () => "arn:aws:iam::222233334444:root"],
    ["a user", () => "arn:aws:iam::222233334444:user/ann"],
    ["a role in a path", () => "arn:aws:iam::222233334444:role/apps/reader"],
    ["a role session", () => "arn:aws:sts::222233334444:assumed-role/reader/session-1"],
    ["a federated user", () => "arn:aws:sts::222233334444:federated-user/ann"],
    ["an origin access identity", () => "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EH1HDMB1FH2TC"],
  ])("a principal can be %s", async ([, principal]) => {
    const other = target.simulator.account("222233334444");
    other.addUser("ann");
    if (other.roles.size === 0) other.addRole("reader", { path: "/apps/" });
    await put(statement({ Principal: { AWS: principal() } }));
    const shown = principal().replace(/^(\d+)$/, "arn:aws:iam::$1:root");
    expect((await get()).Statement[0]?.["Principal"]).toEqual({ AWS: shown });
  });

  simulatorTest("a canonical user ID reads back as the account, or as an origin access identity", async () => {
    target.simulator.account("222233334444");
    const shown = async (CanonicalUser: string[], AWS: string[] = []) => {
      await put(statement({ Principal: { CanonicalUser, ...(AWS.length > 0 && { AWS }) } }));
      return (await get()).Statement[0]?.["Principal"];
    };
    const account = "222233334444".padStart(64, "0");
    const identity = "0a".repeat(48);
    const arn = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E0A0A0A0A0A0A0";
    expect(await shown([account])).toEqual({ AWS: "arn:aws:iam::222233334444:root" });
    expect(await shown([identity], ["222233334444"])).toEqual({
      AWS: [arn, "arn:aws:iam::222233334444:root"],
    });
    expect(await shown([account], ["222233334444"])).toEqual({ AWS: "arn:aws:iam::222233334444:root" });
  });

  simulatorTest("a role's unique ID reads back as its ARN", async () => {
    const other = target.simulator.account("222233334444");
    const { arn, uniqueId } = other.addRole("by-id", {});
    await put(statement({ Principal: { AWS: uniqueId } }));
    expect((await get()).Statement[0]?.["Principal"]).toEqual({ AWS: arn });
  });

  simulatorTest.for([
    "arn:aws:iam::555566667777:root",
    "arn:aws:iam::222233334444:user/nobody",
    "arn:aws:sts::222233334444:assumed-role/nobody/session",
    "arn:aws:iam::cloudfront:user/nobody",
  ])("the principal %s does not exist", async (principal) => {
    const refused = { name: "MalformedPolicy", Detail: `"AWS" : "${principal}"` };
    await expect(put(statement({ Principal: { AWS: principal } }))).rejects.toMatchObject(refused);
  });
});

describe("actions", () => {
  test.for<[string, string[]]>([
    ["s3:ObjectOwnerOverrideToBucketOwner", ["/*"]],
    ["s3:ReplicateTags", ["/*"]],
    ["s3:ListMultipartUploadParts", ["/*"]],
    ["s3:RestoreObject", ["/*"]],
    ["s3:GetObject*", ["/*"]],
    ["s3:Get*", ["/*"]],
    ["s3:Get*", [""]],
    ["s3:*", ["/*"]],
    ["s3:ListBucketMultipartUploads", [""]],
    ["s3:GetBucketLocation", [""]],
    ["s3:GetBucketObjectLockConfiguration", [""]],
    ["s3:PutLifecycleConfiguration", ["", "/*"]],
  ])("%s applies to resources that end in %j", async ([Action, suffixes]) => {
    await put(statement({ Action, Resource: suffixes.map(arn) }));
  });

  test.for<[string, string[], string]>([
    ["s3:ListBucketMultipartUploads", ["/*"], "Action does not apply to any resource(s) in statement"],
    ["s3:ListBucket*", ["/*"], "Action does not apply to any resource(s) in statement"],
    ["s3:RestoreObject", [""], "Action does not apply to any resource(s) in statement"],
    ["s3:ListAllMyBuckets", ["", "/*"], "Action does not apply to any resource(s) in statement"],
    ["s3:GetObjects", ["/*"], "Policy has invalid action"],
    ["s3:Fetch*", ["/*"], "Policy has invalid action"],
  ])("%s is refused on resources that end in %j: %s", async ([Action, suffixes, message]) => {
    const refused = { name: "MalformedPolicy", message };
    await expect(put(statement({ Action, Resource: suffixes.map(arn) }))).rejects.toMatchObject(refused);
  });
});

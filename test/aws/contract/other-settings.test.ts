/**
 * Transfer Acceleration, Requester Pays, website, ABAC (FACTS.md#s3-tags) and ACLs.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAccelerateConfiguration.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketRequestPayment.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html
 */

import {
  CreateBucketCommand,
  DeleteBucketTaggingCommand,
  DeleteBucketWebsiteCommand,
  GetBucketAbacCommand,
  GetBucketAccelerateConfigurationCommand,
  GetBucketAclCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketWebsiteCommand,
  PutBucketAbacCommand,
  PutBucketAccelerateConfigurationCommand,
  PutBucketRequestPaymentCommand,
  PutBucketTaggingCommand,
  PutBucketWebsiteCommand,
  type WebsiteConfiguration,
} from "@aws-sdk/client-s3";
import { TagResourceCommand } from "@aws-sdk/client-s3-control";
import { afterAll, describe, expect, test } from "vitest";
import { createBucket, simulatorTest, startTarget } from "./target.ts";

const target = await startTarget();
afterAll(() => target.stop());
const Bucket = await createBucket(target);

describe("Transfer Acceleration", () => {
  const put = (Status: string, name = Bucket) => {
    const AccelerateConfiguration = { Status: Status as "Enabled" };
    return target.s3().send(new PutBucketAccelerateConfigurationCommand({ Bucket: name, AccelerateConfiguration }));
  };
  const get = async () => (await target.s3().send(new GetBucketAccelerateConfigurationCommand({ Bucket }))).Status;

  test("Transfer Acceleration is absent at first, then Enabled or Suspended", async () => {
    expect(await get()).toBeUndefined();
    for (const status of ["Enabled", "Suspended"]) {
      await put(status);
      expect(await get()).toBe(status);
    }
    await expect(put("enabled")).rejects.toMatchObject({ name: "MalformedXML" });
  });

  test("Transfer Acceleration is refused for bucket names with dots", async () => {
    const dotted = `${target.bucketName()}.com`;
    await target.s3().send(new CreateBucketCommand({ Bucket: dotted }));
    await expect(put("Enabled", dotted)).rejects.toMatchObject({ name: "InvalidRequest" });
  });
});

test("requests are paid by the bucket owner until Requester Pays is set", async () => {
  const s3 = target.s3();
  const put = (Payer: string) =>
    s3.send(
      new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration: { Payer: Payer as "Requester" } }),
    );
  const get = async () => (await s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer;
  expect(await get()).toBe("BucketOwner");
  for (const payer of ["Requester", "BucketOwner"]) {
    await put(payer);
    expect(await get()).toBe(payer);
  }
  await expect(put("Unclaimed")).rejects.toMatchObject({ name: "MalformedXML" });
});

describe("website", () => {
  const put = (WebsiteConfiguration: WebsiteConfiguration) =>
    target.s3().send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }));
  const get = async () => {
    const { $metadata: _, ...rest } = await target.s3().send(new GetBucketWebsiteCommand({ Bucket }));
    return rest;
  };
  const index = { IndexDocument: { Suffix: "index.html" } };

  test("a website is absent at first, reads back as written, and is absent after deletion", async () => {
    const absent = { name: "NoSuchWebsiteConfiguration", $metadata: { httpStatusCode: 404 } };
    await expect(get()).rejects.toMatchObject(absent);
    const rules = {
      ...index,
      ErrorDocument: { Key: "error.html" },
      RoutingRules: [
        {
          Condition: { KeyPrefixEquals: "docs/" },
          Redirect: { ReplaceKeyPrefixWith: "documents/", HttpRedirectCode: "301" },
        },
      ],
    };
    for (const configuration of [
      index,
      rules,
      { RedirectAllRequestsTo: { HostName: "example.com", Protocol: "https" as const } },
    ]) {
      await put(configuration);
      expect(await get()).toEqual(configuration);
    }
    for (let count = 0; count < 2; count++) await target.s3().send(new DeleteBucketWebsiteCommand({ Bucket }));
    await expect(get()).rejects.toMatchObject(absent);
  });

  test.for<[string, string, WebsiteConfiguration]>([
    ["a slash in the index suffix", "InvalidArgument", { IndexDocument: { Suffix: "/index.html" } }],
    ["an empty index suffix", "InvalidArgument", { IndexDocument: { Suffix: "" } }],
    ["an index and a redirect", "InvalidArgument", { ...index, RedirectAllRequestsTo: { HostName: "test" } }],
    ["no index document", "InvalidArgument", { ErrorDocument: { Key: "error.html" } }],
    ["an unknown protocol", "InvalidRequest", { ...index, RoutingRules: [{ Redirect: { Protocol: "ftp" as never } }] }],
    [
      "two replacements in one redirect",
      "InvalidRequest",
      { ...index, RoutingRules: [{ Redirect: { ReplaceKeyPrefixWith: "a", ReplaceKeyWith: "b" } }] },
    ],
    [
      "an empty condition",
      "InvalidRequest",
      { ...index, RoutingRules: [{ Condition: {}, Redirect: { ReplaceKeyPrefixWith: "a" } }] },
    ],
    ["an empty list of routing rules", "MalformedXML", { ...index, RoutingRules: [] }],
    [
      "51 routing rules",
      "InvalidRequest",
      { ...index, RoutingRules: Array.from({ length: 51 }, () => ({ Redirect: { HostName: "a" } })) },
    ],
  ])("a website with %s is refused with %s", async ([, name, configuration]) => {
    await expect(put(configuration)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });
});

describe("ABAC", () => {
  const put = (Status: string) =>
    target.s3().send(new PutBucketAbacCommand({ Bucket, AbacStatus: { Status: Status as "Enabled" } }));
  const get = async () => (await target.s3().send(new GetBucketAbacCommand({ Bucket }))).AbacStatus?.Status;

  test("ABAC is disabled at first, and while it is enabled only S3 Control changes tags", async () => {
    const s3 = target.s3();
    expect(await get()).toBe("Disabled");
    await put("Enabled");
    expect(await get()).toBe("Enabled");
    const tag = [{ Key: "env", Value: "prod" }];
    // The documentation does not name the error code.
    const refused = {
      $metadata: { httpStatusCode: expect.toSatisfy((status) => status >= 400 && status < 500) as number },
    };
    const classic = new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tag } });
    await expect(s3.send(classic)).rejects.toMatchObject(refused);
    await expect(s3.send(new DeleteBucketTaggingCommand({ Bucket }))).rejects.toMatchObject(refused);
    const ResourceArn = `arn:aws:s3:::${Bucket}`;
    await target.s3control().send(new TagResourceCommand({ AccountId: target.accountId, ResourceArn, Tags: tag }));
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(tag);
    await put("Disabled");
    await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
    await expect(put("On")).rejects.toMatchObject({ name: "MalformedXML" });
  });

  simulatorTest("some regions do not have the ABAC calls", async () => {
    const { regionsWithoutAbac } = target.simulator.account(target.accountId);
    regionsWithoutAbac.add("us-east-1");
    const missing = { name: "MethodNotAllowed", $metadata: { httpStatusCode: 405 } };
    await expect(get()).rejects.toMatchObject(missing);
    await expect(put("Enabled")).rejects.toMatchObject(missing);
    regionsWithoutAbac.clear();
  });
});

describe("ACL", () => {
  const grants = async () => {
    const { Grants = [], Owner } = await target.s3().send(new GetBucketAclCommand({ Bucket }));
    return { owner: Owner?.ID, grants: Grants.map(({ Grantee, Permission }) => [Grantee?.Type, Permission, Grantee]) };
  };

  test("GetBucketAcl shows full control for the owner", async () => {
    const { owner, grants: all } = await grants();
    expect(owner).toMatch(/^[0-9a-f]{64}$/);
    expect(all).toEqual([["CanonicalUser", "FULL_CONTROL", { Type: "CanonicalUser", ID: owner }]]);
  });

  simulatorTest("GetBucketAcl shows the grants of a canned ACL", async () => {
    const bucket = target.simulator.account(target.accountId).buckets.get(Bucket);
    Object.assign(bucket ?? {}, { acl: "public-read-write", ownershipControls: undefined });
    const everybody = { Type: "Group", URI: "http://acs.amazonaws.com/groups/global/AllUsers" };
    expect((await grants()).grants.slice(1)).toEqual([
      ["Group", "READ", everybody],
      ["Group", "WRITE", everybody],
    ]);
    Object.assign(bucket ?? {}, { acl: "private" });
  });
});

/**
 * CORS and tags: FACTS.md#s3-tags.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
 */

import {
  CreateBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketTaggingCommand,
  GetBucketCorsCommand,
  GetBucketTaggingCommand,
  PutBucketCorsCommand,
  PutBucketTaggingCommand,
  type CORSRule,
} from "@aws-sdk/client-s3";
import { ListTagsForResourceCommand, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-s3-control";
import { afterAll, describe, expect, test } from "vitest";
import { createBucket, simulatorTest, startTarget } from "./target.ts";

const target = await startTarget();
afterAll(() => target.stop());
const Bucket = await createBucket(target);

describe("CORS", () => {
  const put = (CORSRules: CORSRule[]) =>
    target.s3().send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
  const rule = (fields: Partial<CORSRule> = {}): CORSRule => ({
    AllowedMethods: ["PUT"],
    AllowedOrigins: ["https://*.example.com"],
    ...fields,
  });

  test("CORS rules read back in order, and are absent after deletion", async () => {
    const rules = [
      rule({ ID: "web", AllowedHeaders: ["*"], ExposeHeaders: ["ETag", "x-amz-id-2"], MaxAgeSeconds: 3000 }),
      rule({ AllowedMethods: ["GET", "HEAD"], AllowedOrigins: ["*"] }),
    ];
    await put(rules);
    expect((await target.s3().send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual(rules);
    await target.s3().send(new DeleteBucketCorsCommand({ Bucket }));
    const gone = target.s3().send(new GetBucketCorsCommand({ Bucket }));
    await expect(gone).rejects.toMatchObject({ name: "NoSuchCORSConfiguration" });
  });

  test.for<[string, string, CORSRule[]]>([
    ["a method that S3 does not have", "InvalidRequest", [rule({ AllowedMethods: ["PATCH"] })]],
    ["two wildcards in an origin", "InvalidRequest", [rule({ AllowedOrigins: ["https://*.*"] })]],
    ["a wildcard in an exposed header", "InvalidRequest", [rule({ ExposeHeaders: ["x-*"] })]],
    ["a rule without origins", "MalformedXML", [rule({ AllowedOrigins: [] })]],
    ["101 rules", "MalformedXML", Array.from({ length: 101 }, () => rule())],
  ])("CORS rules with %s are refused", async ([, name, rules]) => {
    await expect(put(rules)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });
});

describe("tags", () => {
  const resource = () => ({ AccountId: target.accountId, ResourceArn: `arn:aws:s3:::${Bucket}` });
  const put = (TagSet: { Key: string; Value: string }[]) =>
    target.s3().send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  const get = async () => (await target.s3().send(new GetBucketTaggingCommand({ Bucket }))).TagSet;

  test("PutBucketTagging replaces all tags, and TagResource changes single tags of the same bucket", async () => {
    const control = target.s3control();
    await put([{ Key: "env", Value: "prod" }]);
    await control.send(new TagResourceCommand({ ...resource(), Tags: [{ Key: "owner", Value: "a + b" }] }));
    const { Tags } = await control.send(new ListTagsForResourceCommand(resource()));
    expect(Tags).toEqual([
      { Key: "env", Value: "prod" },
      { Key: "owner", Value: "a + b" },
    ]);
    await control.send(new UntagResourceCommand({ ...resource(), TagKeys: ["env", "never-there"] }));
    expect(await get()).toEqual([{ Key: "owner", Value: "a + b" }]);
    await target.s3().send(new DeleteBucketTaggingCommand({ Bucket }));
    await expect(get()).rejects.toMatchObject({ name: "NoSuchTagSet" });
    expect((await control.send(new ListTagsForResourceCommand(resource()))).Tags).toEqual([]);
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: "" }));

  test("a bucket has at most 50 tags", async () => {
    await put(many(50));
    await expect(put(many(51))).rejects.toMatchObject({ name: "BadRequest" });
    const oneMore = new TagResourceCommand({ ...resource(), Tags: [{ Key: "one-more", Value: "" }] });
    await expect(target.s3control().send(oneMore)).rejects.toMatchObject({ name: "BadRequest" });
  });

  test.for([
    ["the prefix aws:", [{ Key: "aws:mine", Value: "" }]],
    ["a repeated key", [...many(1), ...many(1)]],
    ["a key of 129 characters", [{ Key: "k".repeat(129), Value: "" }]],
    ["a value of 257 characters", [{ Key: "k", Value: "v".repeat(257) }]],
    ["invalid characters", [{ Key: "k", Value: "a<b" }]],
  ] as const)("tags with %s are refused", async ([, tags]) => {
    await expect(put([...tags])).rejects.toMatchObject({ name: "InvalidTag", $metadata: { httpStatusCode: 400 } });
  });

  simulatorTest("PutBucketTagging must include the tags that AWS has set", async () => {
    const system = { Key: "aws:cloudformation:stack-name", Value: "s" };
    target.simulator.account(target.accountId).buckets.get(Bucket)?.tags.set(system.Key, system.Value);
    const user = { Key: "env", Value: "prod" };
    const message = "System Tags cannot be removed by requester";
    await expect(put([user])).rejects.toMatchObject({ name: "InvalidTag", message });
    await expect(put([user, { ...system, Value: "other" }])).rejects.toMatchObject({ name: "InvalidTag" });
    await put([user, system]);
    expect(await get()).toEqual([user, system]);
    await target.s3().send(new DeleteBucketTaggingCommand({ Bucket }));
    expect(await get()).toEqual([system]);
  });

  simulatorTest("some regions have the classic tag calls only", async () => {
    const { regionsWithoutResourceTags: without } = target.simulator.account(target.accountId);
    without.add("eu-west-1");
    const region = { region: "eu-west-1" };
    const create = (Tags?: { Key: string; Value: string }[]) => {
      const configuration = { LocationConstraint: "eu-west-1" as const, ...(Tags && { Tags }) };
      const command = new CreateBucketCommand({ Bucket: "classic-only", CreateBucketConfiguration: configuration });
      return target.s3(region).send(command);
    };
    await expect(create([{ Key: "a", Value: "b" }])).rejects.toMatchObject({
      name: "UnsupportedArgument",
      $metadata: { httpStatusCode: 400 },
    });
    await create();
    const resource = { AccountId: target.accountId, ResourceArn: "arn:aws:s3:::classic-only" };
    const list = target.s3control(region).send(new ListTagsForResourceCommand(resource));
    await expect(list).rejects.toMatchObject({ name: "MethodNotAllowed", $metadata: { httpStatusCode: 405 } });
    const tags = target.s3(region).send(new GetBucketTaggingCommand({ Bucket: "classic-only" }));
    await expect(tags).rejects.toMatchObject({ name: "NoSuchTagSet" });
    without.clear();
  });

  simulatorTest("a store without S3 Control takes its tag calls for object requests", async () => {
    target.simulator.store.withoutS3Control = true;
    const list = target.s3control().send(new ListTagsForResourceCommand(resource()));
    await expect(list).rejects.toMatchObject({ name: "NoSuchBucket", BucketName: "v20180820" });
    target.simulator.store.withoutS3Control = false;
  });

  simulatorTest("awsTags adds tags of AWS to every bucket", async () => {
    target.simulator.normalise.set({ awsTags: { "aws:createdBy": "cloudtrail" } });
    expect(await get()).toContainEqual({ Key: "aws:createdBy", Value: "cloudtrail" });
    const { Tags } = await target.s3control().send(new ListTagsForResourceCommand(resource()));
    expect(Tags).toContainEqual({ Key: "aws:createdBy", Value: "cloudtrail" });
    target.simulator.normalise.clear();
  });
});

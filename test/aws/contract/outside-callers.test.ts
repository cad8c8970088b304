/**
 * Requests without a signature, and those of a service of AWS: FACTS.md#s3-permissions.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */

import {
  GetObjectCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { send } from "../signed-request.ts";
import { createBucket, simulatorTest, startTarget, type Target } from "./target.ts";

let target: Target;
let Bucket: string;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());
beforeEach(async () => {
  Bucket = await createBucket(target);
  await block({});
});

const block = (PublicAccessBlockConfiguration: object) =>
  target.s3().send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
const put = (more: object = {}) => target.s3().send(new PutObjectCommand({ Bucket, Key: "a", Body: "text", ...more }));
const allow = (Principal: unknown, Action: string, more: object = {}) => ({
  Effect: "Allow",
  Principal,
  Action,
  Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
  ...more,
});
const policy = (...Statement: object[]) =>
  target
    .s3()
    .send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }));
const status = async (path: string, method = "GET") =>
  (await send(target.simulator.url, { method, path: `/${Bucket}/${path}` })).status;

describe("an unsigned request", () => {
  simulatorTest("reads what a public policy allows, and nothing else", async () => {
    await put();
    expect(await status("a")).toBe(403);
    await policy(allow("*", "s3:GetObject"));
    expect(await send(target.simulator.url, { path: `/${Bucket}/a` })).toMatchObject({ status: 200, body: "text" });
    expect(await status("missing"), "without s3:ListBucket").toBe(403);
    expect(await status("a", "PUT")).toBe(403);
    expect(await status("")).toBe(403);
    await policy(allow("*", "s3:GetObject"), allow("*", "s3:ListBucket"));
    expect(await status("missing")).toBe(404);
    await policy(allow("*", "s3:GetObject"), allow("*", "s3:GetObject", { Effect: "Deny" }));
    expect(await status("a")).toBe(403);
    await policy(allow("*", "s3:GetObject"));
    await block({ RestrictPublicBuckets: true });
    expect(await status("a")).toBe(403);
  });

  simulatorTest("reads objects that an ACL opens, where ACLs are enabled and not ignored", async () => {
    const OwnershipControls = { Rules: [{ ObjectOwnership: "ObjectWriter" as const }] };
    await target.s3().send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
    await put({ ACL: "public-read" });
    expect(await status("a")).toBe(200);
    await block({ IgnorePublicAcls: true });
    expect(await status("a")).toBe(403);
  });

  simulatorTest("answers 404 for a missing bucket, and 403 without one", async () => {
    const { url } = target.simulator;
    expect((await send(url, { path: "/no-such-bucket/a" })).status).toBe(404);
    expect((await send(url, { path: "/" })).status).toBe(403);
  });
});

simulatorTest("a policy allows a service to act for one resource", async () => {
  await put();
  const [ours, theirs] = ["E1", "E2"].map((id) => `arn:aws:cloudfront::${target.accountId}:distribution/${id}`);
  const forUs = { Condition: { StringEquals: { "aws:SourceArn": ours } } };
  await policy(allow({ Service: "cloudfront.amazonaws.com" }, "s3:GetObject", forUs));
  const read = async (service: string, sourceArn = "", Key = "a") => {
    const credentials = target.simulator.serviceCredentials(service, sourceArn);
    await target.s3({ credentials }).send(new GetObjectCommand({ Bucket, Key }));
  };
  await read("cloudfront.amazonaws.com", ours);
  const denied = { name: "AccessDenied", message: "Access Denied" };
  await expect(read("cloudfront.amazonaws.com", theirs)).rejects.toMatchObject(denied);
  await expect(read("logging.s3.amazonaws.com", ours)).rejects.toMatchObject(denied);
  await expect(read("cloudfront.amazonaws.com", ours, "missing")).rejects.toMatchObject(denied);
});

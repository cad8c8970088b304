/**
 * Uploads with forms: FACTS.md#s3-uploads-with-forms.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */

import { GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand, PutBucketCorsCommand } from "@aws-sdk/client-s3";
import { createPresignedPost, type PresignedPostOptions } from "@aws-sdk/s3-presigned-post";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send, sendSigned } from "../signed-request.ts";
import { createBucket, simulatorTest, startTarget, type Target } from "./target.ts";
import { startWorkloads } from "./workload.ts";

let target: Target;
let Bucket: string;
beforeAll(async () => {
  target = await startTarget();
  Bucket = await createBucket(target);
});
afterAll(() => target.stop());

interface Sent {
  file?: string;
  /** Fields that replace those of the form. Undefined removes one. */
  fields?: Record<string, string | undefined>;
  headers?: Record<string, string>;
}

async function sign(options: Partial<PresignedPostOptions> = {}) {
  return createPresignedPost(target.s3(), { Bucket, Key: "in/a", Expires: 60, ...options });
}

async function submit(
  { url, fields }: Awaited<ReturnType<typeof sign>>,
  { file, fields: changed, headers = {} }: Sent,
) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, ...changed })) {
    if (value !== undefined) form.append(name, value);
  }
  form.append("file", new File([file ?? "a photo"], "photo.jpg"));
  const answer = await fetch(url, { method: "POST", body: form, headers, redirect: "manual" });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const post = async (options: Partial<PresignedPostOptions> = {}, sent: Sent = {}) => submit(await sign(options), sent);
const content = async (Key: string) =>
  (await target.s3().send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
const refused = (why: string) => ({ status: 403, text: expect.stringContaining(why) as string });

describe("a form", () => {
  test("stores the file, and answers 204", async () => {
    const answer = await post();
    expect(answer).toMatchObject({ status: 204, text: "" });
    expect(answer.headers.get("etag")).toMatch(/^"[0-9a-f]{32}"$/);
    expect(answer.headers.get("location")).toContain("/in/a");
    expect(await content("in/a")).toBe("a photo");
  });

  test("puts the name of the file into the key", async () => {
    await post({ Key: "in/${filename}" });
    expect(await content("in/photo.jpg")).toBe("a photo");
  });

  test("sets properties and tags by fields that its policy allows", async () => {
    const tagging = "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>";
    const Fields = { "Content-Type": "image/jpeg", "x-amz-meta-by": "page", tagging };
    expect((await post({ Key: "in/b", Fields })).status).toBe(204);
    const head = await target.s3().send(new HeadObjectCommand({ Bucket, Key: "in/b" }));
    expect(head).toMatchObject({ ContentType: "image/jpeg", Metadata: { by: "page" } });
    const { TagSet } = await target.s3().send(new GetObjectTaggingCommand({ Bucket, Key: "in/b" }));
    expect(TagSet).toEqual([{ Key: "k", Value: "v" }]);
  });

  test("answers as its fields ask", async () => {
    const created = await post({ Fields: { success_action_status: "201" } });
    expect(created).toMatchObject({ status: 201, text: expect.stringContaining("<Key>in/a</Key>") as string });
    const redirected = await post({ Fields: { success_action_redirect: "https://example.com/done?x=1" } });
    expect(redirected.status).toBe(303);
    expect(redirected.headers.get("location")).toMatch(/^https:\/\/example\.com\/done\?x=1&bucket=.+&key=in%2Fa&etag=/);
  });
});

describe("the policy of a form", () => {
  test("limits the size of the file", async () => {
    const Conditions: PresignedPostOptions["Conditions"] = [["content-length-range", 3, 8]];
    expect((await post({ Conditions })).status).toBe(204);
    const [large, small] = [
      await post({ Conditions }, { file: "123456789" }),
      await post({ Conditions }, { file: "1" }),
    ];
    expect(large).toMatchObject({ status: 400, text: expect.stringContaining("EntityTooLarge") as string });
    expect(large.text).toContain("<MaxSizeAllowed>8</MaxSizeAllowed>");
    expect(small).toMatchObject({ status: 400, text: expect.stringContaining("EntityTooSmall") as string });
  });

  test("limits each field, and allows no other", async () => {
    const Conditions: PresignedPostOptions["Conditions"] = [["starts-with", "$Content-Type", "image/"]];
    const typed = (type: string) => post({ Conditions }, { fields: { "Content-Type": type } });
    expect((await typed("image/png")).status).toBe(204);
    expect(await typed("text/html")).toMatchObject(
      refused(
        "Invalid according to Policy: Policy Condition failed: [&quot;starts-with&quot;, &quot;$Content-Type&quot;, &quot;image/&quot;]",
      ),
    );
    expect(await post({}, { fields: { key: "in/other" } })).toMatchObject(refused("Policy Condition failed"));
    expect(await post({}, { fields: { "x-amz-meta-by": "page" } })).toMatchObject(refused("Extra input fields"));
    expect((await post({}, { fields: { "x-ignore-me": "page" } })).status).toBe(204);
  });

  test("expires, and cannot be changed", async () => {
    expect(await post({ Expires: -1 })).toMatchObject(refused("Invalid according to Policy: Policy expired."));
  });
});

test("a POST without the fields of a signature is refused, and one that is no form", async () => {
  const [unsigned, half] = [
    await post({}, { fields: WITHOUT_SIGNATURE }),
    await post({}, { fields: { Policy: undefined } }),
  ];
  expect(unsigned).toMatchObject(refused("Access Denied"));
  expect(half).toMatchObject({ status: 400, text: expect.stringContaining("Bucket POST must contain") as string });
  const { url } = await sign();
  const answer = await fetch(url, { method: "POST", body: "a=b", headers: { "content-type": "text/plain" } });
  expect([answer.status, await answer.text()]).toEqual([412, expect.stringContaining("PreconditionFailed")]);
});

const NAMES = ["Policy", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature"];
const WITHOUT_SIGNATURE = Object.fromEntries(NAMES.map((name) => [name, undefined]));

describe("permissions", () => {
  simulatorTest("a form can do what its signer can, and a statement can limit its age and its kind", async () => {
    const { simulator } = target;
    simulator.evaluatePolicies = true;
    const workloads = await startWorkloads(target);
    const allow = { Effect: "Allow", Action: "s3:PutObject", Resource: `arn:aws:s3:::${Bucket}/in/*` };
    const young = { NumericLessThan: { "s3:signatureAge": "600000" }, StringEquals: { "s3:authType": "POST" } };
    const { s3 } = await workloads.start({ ...allow, Condition: young });
    const by = (Key: string) => createPresignedPost(s3, { Bucket, Key, Expires: 60 });
    expect((await submit(await by("in/c"), {})).status).toBe(204);
    expect(await submit(await by("out/c"), {})).toMatchObject(refused("not authorized to perform: s3:PutObject"));
    const forged = { fields: { "X-Amz-Signature": "0".repeat(64) } };
    expect(await submit(await by("in/c"), forged)).toMatchObject(refused("SignatureDoesNotMatch"));
    simulator.evaluatePolicies = false;
  });

  test("CORS decides who may read the answer, not who may send the form", async () => {
    const rule = { AllowedMethods: ["PUT"], AllowedOrigins: ["https://app.example.com"] };
    await target.s3().send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }));
    const answer = await post({ Key: "in/cors" }, { headers: { origin: "https://app.example.com" } });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([204, null]);
    expect(await content("in/cors")).toBe("a photo");
    const allowed = { ...rule, AllowedMethods: ["POST"] };
    await target.s3().send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [allowed] } }));
    const readable = await post({ Expires: -1 }, { headers: { origin: "https://app.example.com" } });
    expect([readable.status, readable.headers.get("access-control-allow-origin")]).toEqual([
      403,
      "https://app.example.com",
    ]);
  });
});

simulatorTest("a preflight request without an origin answers 400, and for no bucket 403", async () => {
  const options = (path: string, headers = {}) => send(target.simulator.url, { method: "OPTIONS", path, headers });
  expect(await options(`/${Bucket}/a`)).toMatchObject({
    status: 400,
    body: expect.stringContaining("BadRequest") as string,
  });
  const headers = { origin: "https://example.com", "access-control-request-method": "PUT" };
  expect(await options("/no-such-bucket/a", headers)).toMatchObject({
    status: 403,
    body: expect.stringContaining("CORSResponse: Bucket not found") as string,
  });
});

simulatorTest("the bucket may be in the host, with the names of AWS", async () => {
  await post();
  const { credentials } = target.simulator.account(target.accountId);
  for (const endpoint of ["s3.us-east-1", "s3", "s3-us-west-2", "s3.dualstack.us-east-1", "s3-accelerate"]) {
    const headers = { host: `${Bucket}.${endpoint}.amazonaws.com` };
    const { body } = await sendSigned(target.simulator.url, credentials, { path: "/in/a", headers });
    expect(body, endpoint).toBe("a photo");
  }
});

/**
 * Website endpoints of S3. The simulator finds them by the Host header.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
 */

import { request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import {
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketRequestPaymentCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type PutObjectCommandInput,
  type WebsiteConfiguration,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { createBucket, simulatorTest, startTarget, type Target } from "./target.ts";

let target: Target;
let Bucket: string;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

interface Answer {
  status: number;
  location?: string | undefined;
  type?: string | undefined;
  body: string;
}

/** One request without credentials. */
async function get(path = "/", { method = "GET", host = `${Bucket}.s3-website-us-east-1.amazonaws.com` } = {}) {
  const { hostname, port } = new URL(target.simulator.url);
  return new Promise<Answer>((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method, headers: { host } }, (answer) => {
      const { location, "content-type": type } = answer.headers;
      text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, location, type, body }), reject);
    });
    request.on("error", reject).end();
  });
}

const serve = (WebsiteConfiguration: WebsiteConfiguration) =>
  target.s3().send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }));
const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
  target.s3().send(new PutObjectCommand({ Bucket, Key, Body: Key, ContentType: "text/html", ...more }));
const open = (PublicAccessBlockConfiguration = {}) =>
  target.s3().send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
const policy = (...Statement: object[]) =>
  target.s3().send(
    new PutBucketPolicyCommand({
      Bucket,
      Policy: JSON.stringify({ Version: "2012-10-17", Statement: Statement.map((each) => ({ ...ALLOW(), ...each })) }),
    }),
  );
const ALLOW = () => ({
  Effect: "Allow",
  Principal: "*",
  Action: "s3:GetObject",
  Resource: `arn:aws:s3:::${Bucket}/*`,
});
const DENY_HTTP = { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } };
const SITE = { IndexDocument: { Suffix: "index.html" } };

beforeEach(async () => {
  if (process.env["S3_OPERATOR_CONTRACT_REAL"] === "1") return;
  Bucket = await createBucket(target);
});

describe("a public website", () => {
  beforeEach(async () => {
    await open();
    await policy({});
    await serve({ ...SITE, ErrorDocument: { Key: "error.html" } });
    for (const key of ["index.html", "page.html", "docs/index.html", "error.html"]) await put(key);
  });

  simulatorTest("serves objects, and the index document of the root and of folders", async () => {
    const page = { status: 200, type: "text/html" };
    expect(await get("/")).toMatchObject({ ...page, body: "index.html" });
    expect(await get("/page.html")).toMatchObject({ ...page, body: "page.html" });
    expect(await get("/docs/")).toMatchObject({ ...page, body: "docs/index.html" });
    expect(await get("/", { method: "HEAD" })).toMatchObject({ ...page, body: "" });
    expect(await get("/", { host: `${Bucket}.s3-website.us-east-1.amazonaws.com` })).toMatchObject(page);
  });

  simulatorTest("redirects to a folder without its slash", async () => {
    expect(await get("/docs")).toMatchObject({ status: 302, location: "/docs/" });
  });

  simulatorTest("answers 404 with the error document for a missing object or index document", async () => {
    expect(await get("/missing")).toMatchObject({ status: 404, body: "error.html" });
    expect(await get("/empty/")).toMatchObject({ status: 404, body: "error.html" });
  });

  simulatorTest("answers an HTML page with the code, without an error document", async () => {
    await serve(SITE);
    const { status, type, body } = await get("/missing");
    expect({ status, type }).toEqual({ status: 404, type: "text/html; charset=utf-8" });
    expect(body).toContain("<h1>404 Not Found</h1>");
    expect(body).toContain("<li>Code: NoSuchKey</li>");
  });

  simulatorTest("follows the redirect of an object", async () => {
    await put("old.html", { WebsiteRedirectLocation: "/page.html" });
    expect(await get("/old.html")).toMatchObject({ status: 301, location: "/page.html" });
  });

  simulatorTest("refuses other methods", async () => {
    expect(await get("/", { method: "DELETE" })).toMatchObject({ status: 405 });
  });

  simulatorTest("answers 403 with Requester Pays", async () => {
    const RequestPaymentConfiguration = { Payer: "Requester" } as const;
    await target.s3().send(new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration }));
    expect(await get("/")).toMatchObject({ status: 403 });
  });
});

describe("permissions", () => {
  beforeEach(async () => {
    await serve(SITE);
    await put("index.html");
  });

  simulatorTest("a private bucket answers 403", async () => {
    const { status, body } = await get("/");
    expect(status).toBe(403);
    expect(body).toContain("<li>Code: AccessDenied</li>");
    expect(await get("/missing"), "the status tells whether an object exists").toMatchObject({ status: 404 });
  });

  simulatorTest("a policy that denies requests without TLS denies all requests", async () => {
    await open();
    await policy({}, DENY_HTTP);
    expect(await get("/")).toMatchObject({ status: 403 });
    await policy({});
    expect(await get("/")).toMatchObject({ status: 200 });
  });

  simulatorTest("RestrictPublicBuckets ignores a public policy", async () => {
    await open();
    await policy({});
    await open({ RestrictPublicBuckets: true });
    expect(await get("/")).toMatchObject({ status: 403 });
  });

  simulatorTest("a public ACL allows reading where ACLs are enabled and not ignored", async () => {
    await open();
    const OwnershipControls = { Rules: [{ ObjectOwnership: "ObjectWriter" }] } as const;
    await target
      .s3()
      .send(
        new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [...OwnershipControls.Rules] } }),
      );
    await put("index.html", { ACL: "public-read" });
    expect(await get("/")).toMatchObject({ status: 200 });
    await open({ IgnorePublicAcls: true });
    expect(await get("/")).toMatchObject({ status: 403 });
  });
});

describe("redirects of a private bucket", () => {
  simulatorTest("RedirectAllRequestsTo needs no permission, and no policy concerns it", async () => {
    await policy(DENY_HTTP);
    await serve({ RedirectAllRequestsTo: { HostName: "www.example.com", Protocol: "https" } });
    expect(await get("/a/b")).toMatchObject({ status: 301, location: "https://www.example.com/a/b" });
  });

  simulatorTest("routing rules replace keys and prefixes, before and after an error", async () => {
    await serve({
      ...SITE,
      RoutingRules: [
        { Condition: { KeyPrefixEquals: "docs/" }, Redirect: { ReplaceKeyPrefixWith: "documents/" } },
        { Condition: { KeyPrefixEquals: "gone" }, Redirect: { ReplaceKeyWith: "", HttpRedirectCode: "307" } },
        { Condition: { HttpErrorCodeReturnedEquals: "404" }, Redirect: { HostName: "old.example.com" } },
      ],
    });
    const host = `${Bucket}.s3-website-us-east-1.amazonaws.com`;
    expect(await get("/docs/a")).toMatchObject({ status: 301, location: `http://${host}/documents/a` });
    expect(await get("/gone/b")).toMatchObject({ status: 307, location: `http://${host}/` });
    expect(await get("/missing")).toMatchObject({ status: 301, location: "http://old.example.com/missing" });
  });
});

describe("what is no website", () => {
  simulatorTest("answers 404 without a configuration and without a bucket, and 400 in another region", async () => {
    expect((await get("/")).body).toContain("NoSuchWebsiteConfiguration");
    expect(await get("/")).toMatchObject({ status: 404 });
    expect(await get("/", { host: "none-0.s3-website-us-east-1.amazonaws.com" })).toMatchObject({ status: 404 });
    await serve(SITE);
    expect(await get("/", { host: `${Bucket}.s3-website-eu-west-1.amazonaws.com` })).toMatchObject({ status: 400 });
  });

  simulatorTest("the endpoint itself redirects to the page of S3", async () => {
    const host = "s3-website-us-east-1.amazonaws.com";
    expect(await get("/", { host })).toMatchObject({ status: 301, location: "https://aws.amazon.com/s3/" });
  });
});

/**
 * examples/direct-upload, applied as it is: requests of a browser with URLs that a workload signed with its own
 * credentials. The simulator evaluates policies, checks signatures and applies the bucket's CORS rules.
 */

import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { presign, type PresignOptions } from "../../aws/index.ts";
import { runExample, type Pod, type Stage } from "../support/world/workloads.ts";

const APP = "https://app.example.com";
const KEY = "uploads/7f3a/photo ä.jpg";

test("a browser uploads with a presigned URL, and the intake workload moves the object", async () => {
  await using stage = await runExample("direct-upload", "IRSA");
  using signer = await stage.pod("upload-signer");
  using intake = await stage.pod("upload-intake");
  const url = signedBy(stage, signer, { key: KEY });
  const preflight = await send(url, {
    method: "OPTIONS",
    headers: {
      origin: APP,
      "access-control-request-method": "PUT",
      "access-control-request-headers": "content-type",
    },
  });
  expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([200, APP]);
  const put = await send(url, { body: "a photo", headers: { origin: APP, "content-type": "image/jpeg" } });
  expect([put.status, put.headers.get("access-control-expose-headers")]).toEqual([200, "ETag"]);
  const names = { Bucket: intake.bucket, Key: KEY };
  // The signer itself cannot read the upload.
  await expect(signer.s3.send(new GetObjectCommand(names))).rejects.toMatchObject({ name: "AccessDenied" });
  expect(await move(intake, KEY, "accepted/7f3a.jpg")).toBe("a photo");
  const atAws = stage.world.account.buckets.get(intake.bucket);
  expect([...(atAws?.objects.keys() ?? [])]).toEqual(["accepted/7f3a.jpg"]);
});

test("a URL is valid for its key, method and time only, and never beyond the permissions of its signer", async () => {
  await using stage = await runExample("direct-upload", "IRSA");
  using signer = await stage.pod("upload-signer");
  const sign = (options: Partial<PresignOptions>) => signedBy(stage, signer, { key: KEY, ...options });
  const refused = (text: string) => ({ status: 403, text: expect.stringContaining(text) as string });
  for (const key of ["accepted/x", "uploads", "uploads-2/x", "x/uploads/x"]) {
    expect(await send(sign({ key })), key).toMatchObject(refused("is not authorized to perform: s3:PutObject"));
  }
  expect(await send(sign({ method: "GET" }), { method: "GET" })).toMatchObject(refused("s3:GetObject"));
  expect(await send(sign({ method: "DELETE" }), { method: "DELETE" })).toMatchObject(refused("s3:DeleteObject"));
  const tampered = [sign({}).replace("photo", "other"), sign({}).replace("X-Amz-Expires=900", "X-Amz-Expires=9000")];
  for (const url of tampered) expect(await send(url)).toMatchObject(refused("SignatureDoesNotMatch"));
  expect(await send(sign({}), { method: "DELETE" })).toMatchObject(refused("SignatureDoesNotMatch"));
  const expired = sign({ expiresInSeconds: 60, now: Date.now() - 62_000 });
  expect(await send(expired)).toMatchObject(refused("Request has expired"));
});

test("the bucket policy limits the lifetime of presigned URLs", async () => {
  await using stage = await runExample("direct-upload", "IRSA");
  using signer = await stage.pod("upload-signer");
  const minutesAgo = (minutes: number) =>
    signedBy(stage, signer, { expiresInSeconds: 3600, now: Date.now() - minutes * 60_000 });
  expect(await send(minutesAgo(9))).toMatchObject({ status: 200 });
  const tooOld = await send(minutesAgo(11));
  expect(tooOld.status).toBe(403);
  expect(tooOld.text).toContain("s3:PutObject");
  expect(tooOld.text).toContain("with an explicit deny in a resource-based policy");
});

test("CORS refuses other origins, methods and headers", async () => {
  await using stage = await runExample("direct-upload", "PodIdentity");
  using signer = await stage.pod("upload-signer");
  const url = signedBy(stage, signer, { key: KEY });
  for (const [origin, method, header] of [
    ["https://evil.example.com", "PUT", "content-type"],
    [APP, "GET", "content-type"],
    [APP, "PUT", "x-other"],
  ] as const) {
    const headers = {
      origin,
      "access-control-request-method": method,
      "access-control-request-headers": header,
    };
    const answer = await send(url, { method: "OPTIONS", headers });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([403, null]);
  }
});

/** A URL for PUT, valid for 15 minutes unless `options` say otherwise. */
function signedBy({ world }: Stage, { credentials, bucket }: Pod, options: Partial<PresignOptions> = {}): string {
  const put = { method: "PUT", bucket, key: KEY, region: "eu-central-1" } as const;
  return presign(world.simulator.url, credentials, { ...put, ...options });
}

/** Sends a request as a browser: with the URL and no credentials. */
async function send(url: string, init: RequestInit = {}): Promise<{ status: number; headers: Headers; text: string }> {
  const method = init.method ?? "PUT";
  const response = await fetch(url, { method, ...(method === "PUT" && { body: "a photo" }), ...init });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Moves an object as the intake workload. @returns its content */
async function move({ s3, bucket: Bucket }: Pod, from: string, to: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: from }));
  const content = (await Body?.transformToString()) ?? "";
  await s3.send(new PutObjectCommand({ Bucket, Key: to, Body: content }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: from }));
  return content;
}

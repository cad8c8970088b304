/** Uploads and downloads in parts: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html */

import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  type CompletedPart,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect, test } from "vitest";
import { APP, changeRules, exampleRules, expectBlocked, send, startUpload } from "./upload.ts";

const KEY = "uploads/video";
/** The smallest part that is not the last. */
const PART = "x".repeat(5 * 1024 * 1024);

test("a page uploads parts, whose ETags complete the object", async () => {
  await using upload = await startUpload();
  const named = { Bucket: upload.bucket, Key: KEY };
  const { s3 } = upload.pods.signer;
  const { page, errors } = await upload.browser.open(APP);
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(named));
  const Parts: CompletedPart[] = [];
  for (const [index, body] of [PART, "the end"].entries()) {
    const PartNumber = index + 1;
    const command = new UploadPartCommand({ ...named, UploadId, PartNumber });
    const url = await getSignedUrl(upload.signer, command, { expiresIn: 300 });
    const answer = await send(page, url, { method: "PUT", body });
    expect(answer.status).toBe(200);
    Parts.push({ PartNumber, ETag: answer.headers["etag"] ?? "not exposed" });
  }
  await s3.send(new CompleteMultipartUploadCommand({ ...named, UploadId, MultipartUpload: { Parts } }));
  expect(upload.stored(KEY)).toBe(`${PART}the end`);
  expect(errors).toEqual([]);
});

test("a person follows a presigned link, and a script reads a range only where a rule allows GET", async () => {
  await using upload = await startUpload();
  const named = { Bucket: upload.bucket, Key: "accepted/report.txt" };
  const { s3 } = upload.pods.intake;
  await s3.send(new PutObjectCommand({ ...named, Body: "0123456789", ContentType: "text/plain" }));
  const url = await getSignedUrl(upload.intake, new GetObjectCommand(named), { expiresIn: 300 });
  const range = { method: "GET", headers: { range: "bytes=2-5" } };

  const link = await upload.browser.open(url);
  expect([link.status, await link.page.textContent("body")]).toEqual([200, "0123456789"]);
  await expectBlocked(await upload.browser.open(APP), url, range, "No 'Access-Control-Allow-Origin' header");

  const download = { allowedOrigins: [APP], allowedMethods: ["GET" as const], exposeHeaders: ["Content-Range"] };
  await changeRules(upload, [...exampleRules(), { id: "download", ...download }]);
  const { page } = await upload.browser.open(APP);
  const answer = await send(page, url, range);
  expect([answer.status, answer.text, answer.headers["content-range"]]).toEqual([206, "2345", "bytes 2-5/10"]);
  const behind = await send(page, url, { method: "GET", headers: { range: "bytes=10-" } });
  expect([behind.status, behind.text]).toEqual([416, expect.stringContaining("InvalidRange")]);
});

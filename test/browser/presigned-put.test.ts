/** Uploads with presigned URLs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/PresignedUrlUploadObject.html */

import { PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect, test } from "vitest";
import { APP, changeRules, exampleRules, expectBlocked, send, startUpload, type Upload } from "./upload.ts";

const KEY = "uploads/7f3a/photo ä.jpg";
const PUT = { method: "PUT", headers: { "content-type": "image/jpeg" }, body: "a photo" };

/** A URL for one upload, as in the README of the example. */
function sign({ signer, bucket }: Upload, key = KEY): Promise<string> {
  return getSignedUrl(signer, new PutObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: 300 });
}

test("a page of the application uploads, and reads the headers that the rule exposes", async () => {
  await using upload = await startUpload();
  const { page, errors } = await upload.browser.open(APP);
  const url = await sign(upload);
  expect(url, "a checksum would be that of an empty file").not.toContain("checksum");
  const answer = await send(page, url, PUT);
  expect(answer.status).toBe(200);
  expect(Object.keys(answer.headers)).toContain("etag");
  expect(Object.keys(answer.headers)).not.toContain("x-amz-request-id");
  expect(upload.stored(KEY)).toBe("a photo");
  expect(errors).toEqual([]);

  // The browser keeps the answer to the preflight request.
  expect((await send(page, await sign(upload, "uploads/2"), PUT)).status).toBe(200);
  expect((await send(page, url, { ...PUT, body: "another" })).status, "also for the same key").toBe(200);
  expect(upload.stored(KEY)).toBe("another");
  expect(upload.requests("Preflight"), "one for each URL").toBe(2);

  // So it still sends the request when the rules are gone, and S3 stores the file.
  await changeRules(upload, []);
  await expectBlocked({ page, errors }, url, { ...PUT, body: "the last" }, "No 'Access-Control-Allow-Origin' header");
  expect(upload.requests("Preflight")).toBe(2);
  expect(upload.stored(KEY)).toBe("the last");
});

test("the browser sends no upload that the rules do not allow", async () => {
  await using upload = await startUpload();
  const url = await sign(upload);
  const noAnswer = "Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin'";
  const app = await upload.browser.open(APP);
  await expectBlocked(app, url, { ...PUT, headers: { "x-other": "1" } }, noAnswer);
  await expectBlocked(app, url, { ...PUT, method: "DELETE" }, noAnswer);
  for (const origin of ["https://evil.example.com", "https://app.example.com:8443", "https://example.com"]) {
    await expectBlocked(await upload.browser.open(origin), url, PUT, noAnswer);
  }
  await changeRules(upload, []);
  await expectBlocked(await upload.browser.open(APP), url, PUT, noAnswer);
  expect(upload.requests("Preflight")).toBe(6);
  expect(upload.requests("PutObject") + upload.requests("DeleteObject")).toBe(0);
  expect(upload.stored(KEY)).toBeUndefined();
});

test("a page reads why S3 denies an upload that the rules allow", async () => {
  await using upload = await startUpload();
  const { page } = await upload.browser.open(APP);
  const denied = await send(page, await sign(upload, "accepted/x"), PUT);
  expect(denied.status).toBe(403);
  expect(denied.text).toContain("is not authorized to perform: s3:PutObject");
  const changed = await send(page, `${await sign(upload)}0`, PUT);
  expect(changed.text).toContain("SignatureDoesNotMatch");
});

test("a page cannot read the ETag if no rule exposes it", async () => {
  await using upload = await startUpload();
  await changeRules(
    upload,
    exampleRules().map((rule) => ({ ...rule, exposeHeaders: ["x-amz-request-id"] })),
  );
  const { page } = await upload.browser.open(APP);
  const answer = await send(page, await sign(upload), PUT);
  expect(answer.status).toBe(200);
  expect(Object.keys(answer.headers)).toContain("x-amz-request-id");
  expect(Object.keys(answer.headers)).not.toContain("etag");
});

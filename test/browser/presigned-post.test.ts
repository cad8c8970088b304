/** Uploads with forms: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html */

import { createPresignedPost, type PresignedPost, type PresignedPostOptions } from "@aws-sdk/s3-presigned-post";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { APP, changeRules, exampleRules, expectBlocked, send, startUpload, type Upload } from "./upload.ts";

const KEY = "uploads/7f3a/photo.jpg";
const OTHER_SITE = "https://evil.example.com";
const UNREADABLE = "No 'Access-Control-Allow-Origin' header is present on the requested resource";

function sign({ signer, bucket }: Upload, options: Partial<PresignedPostOptions> = {}): Promise<PresignedPost> {
  return createPresignedPost(signer, { Bucket: bucket, Key: KEY, Expires: 300, ...options });
}

const asSent = ({ fields }: PresignedPost, body = "a photo") => ({ method: "POST", form: fields, body });

test("the page reads the answer to its form if a rule allows POST", async () => {
  await using upload = await startUpload();
  await changeRules(
    upload,
    exampleRules().map((rule) => ({ ...rule, allowedMethods: ["PUT", "POST"] })),
  );
  const { page, errors } = await upload.browser.open(APP);
  const form = await sign(upload, { Conditions: [["content-length-range", 1, 10]] });
  const answer = await send(page, form.url, asSent(form));
  expect(answer.status).toBe(204);
  expect(Object.keys(answer.headers)).toContain("etag");
  expect(upload.stored(KEY)).toBe("a photo");

  const large = await send(page, form.url, asSent(form, "a large photo"));
  expect([large.status, large.text]).toEqual([400, expect.stringContaining("EntityTooLarge")]);
  const denied = await sign(upload, { Key: "accepted/x" });
  expect((await send(page, denied.url, asSent(denied))).text).toContain("not authorized to perform: s3:PutObject");
  const elsewhere = { ...form, fields: { ...form.fields, key: "uploads/other" } };
  expect((await send(page, form.url, asSent(elsewhere))).text).toContain("Policy Condition failed");
  expect(upload.stored(KEY)).toBe("a photo");
  expect(errors.filter((text) => text.includes("CORS"))).toEqual([]);
  expect(upload.requests("Preflight"), "a form needs none").toBe(0);
});

test("CORS is no access control: S3 stores the form of any page, which only cannot read the answer", async () => {
  await using upload = await startUpload();
  const [own, leaked] = [await sign(upload), await sign(upload, { Key: "uploads/leaked" })];
  await expectBlocked(await upload.browser.open(APP), own.url, asSent(own), UNREADABLE);
  expect(upload.stored(KEY), "the rule of the example does not allow POST").toBe("a photo");
  await expectBlocked(await upload.browser.open(OTHER_SITE), leaked.url, asSent(leaked), UNREADABLE);
  expect(upload.stored("uploads/leaked")).toBe("a photo");
  expect(upload.requests("Preflight")).toBe(0);

  const expired = await sign(upload, { Key: "uploads/late", Expires: -1 });
  await expectBlocked(await upload.browser.open(OTHER_SITE), expired.url, asSent(expired), UNREADABLE);
  expect(upload.stored("uploads/late"), "the policy of the form is access control").toBeUndefined();
});

test("a page without a script submits a form, and S3 sends the browser back", async () => {
  await using upload = await startUpload();
  const { page } = await upload.browser.open(APP);
  const form = await sign(upload, { Fields: { success_action_redirect: `${APP}/done` } });
  await submit(page, form);
  await page.waitForURL(`${APP}/done?**`);
  expect(new URL(page.url()).searchParams.get("key")).toBe(KEY);
  expect(upload.stored(KEY)).toBe("a photo");
});

/** Fills in the form as a person does. */
async function submit(page: Page, { url, fields }: PresignedPost): Promise<void> {
  const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
  await page.setContent(
    `<form action="${url}" method="post" enctype="multipart/form-data">${inputs.join("")}
    <input type="file" name="file"><button>Upload</button></form>`,
  );
  const file = { name: "photo.jpg", mimeType: "image/jpeg", buffer: Buffer.from("a photo") };
  await page.setInputFiles("input[type=file]", file);
  await page.click("button");
}

/** The website endpoint, and the bucket behind CloudFront, as a visitor sees them. */

import { readFileSync } from "node:fs";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { load } from "js-yaml";
import { expect, test } from "vitest";
import type { S3BucketSpec } from "../../operator/api/types.ts";
import { isReady } from "../integration/support/expect/states.ts";
import { startOperator } from "../integration/support/process/operator.ts";
import { createWorld, type World } from "../integration/support/world/world.ts";
import { startBrowser, type Browser } from "./browser.ts";

interface Site extends AsyncDisposable {
  world: World;
  browser: Browser;
  bucket: string;
  /** The website endpoint, without a slash at the end. */
  url: string;
}

/** A bucket with this spec, and what a site has. */
async function startSite(spec: S3BucketSpec): Promise<Site> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await createWorld());
  stack.use(startOperator(world));
  const bucket = world.bucketName("site");
  await world.applyAccount();
  await world.applyBucket("site", { bucketName: bucket, ...spec });
  await world.bucketWhen("site", isReady);
  for (const key of ["index.html", "error.html", "docs/index.html", "documents/a.html"]) {
    const Body = `<title>${key}</title><script src="/seen.js"></script>`;
    await world.person.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType: "text/html" }));
  }
  const browser = stack.use(await startBrowser(world.simulator.url));
  const url = `http://${bucket}.s3-website.eu-central-1.amazonaws.com`;
  const end = stack.move();
  return { world, browser, bucket, url, [Symbol.asyncDispose]: () => end.disposeAsync() };
}

/** The spec of the page that contains this text. */
function documented(page: string, text: string): S3BucketSpec {
  const content = readFileSync(new URL(`../../docs/${page}`, import.meta.url), "utf8");
  const blocks = [...content.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = ""]) => block);
  return (load(blocks.find((block) => block.includes(text)) ?? "") as { spec: S3BucketSpec }).spec;
}

/** Where the browser arrives, and what it shows. */
async function visit(browser: Browser, url: string) {
  const { page, status } = await browser.open(url);
  return { status, title: await page.title(), url: page.url() };
}

test("the documented website shows its pages, folders, errors and redirects", async () => {
  const { website, ...rest } = documented("public-access.md", "indexDocument");
  const routingRules = [
    { condition: { keyPrefixEquals: "old/" }, redirect: { replaceKeyPrefixWith: "documents/" } },
    { condition: { httpErrorCodeReturnedEquals: "404", keyPrefixEquals: "app/" }, redirect: { replaceKeyWith: "" } },
  ];
  await using site = await startSite({ ...rest, website: { ...website, routingRules } });
  const { browser, url } = site;
  expect(await visit(browser, url)).toEqual({ status: 200, title: "index.html", url: `${url}/` });
  expect(await visit(browser, `${url}/docs`)).toEqual({ status: 200, title: "docs/index.html", url: `${url}/docs/` });
  expect(await visit(browser, `${url}/no`)).toEqual({ status: 404, title: "error.html", url: `${url}/no` });
  const moved = { status: 200, title: "documents/a.html", url: `${url}/documents/a.html` };
  expect(await visit(browser, `${url}/old/a.html`)).toEqual(moved);
  expect(await visit(browser, `${url}/app/page`)).toEqual({ status: 200, title: "index.html", url: `${url}/` });
});

test("a website under the baseline shows 403, and the documented redirect leads away", async () => {
  const { website } = documented("public-access.md", "indexDocument");
  await using site = await startSite({ ...(website && { website }) });
  const { browser, url, world } = site;
  expect(await visit(browser, url)).toMatchObject({ status: 403, title: "403 Forbidden" });
  await world.editSpec("site", { website: null });
  const redirect = documented("other-settings.md", "redirectAllRequestsTo");
  const { metadata } = await world.editSpec("site", { website: { ...redirect.website } });
  await world.bucketWhen("site", ({ status }) => status?.observedGeneration === metadata.generation);
  expect(await visit(browser, `${url}/a/b`)).toMatchObject({ status: 200, url: "https://www.example.com/a/b" });
});

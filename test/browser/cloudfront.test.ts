/** examples/cloudfront-site, applied as it is, and a distribution that is configured as its README says. */

import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { S3Bucket } from "../../operator/api/types.ts";
import { isReady } from "../integration/support/expect/states.ts";
import { startOperator } from "../integration/support/process/operator.ts";
import {
  applyAsItStands,
  manifestsOf,
  objectsIn,
  showToOperator,
  worldOfExamples,
} from "../integration/support/world/examples.ts";
import { PERSON, type World } from "../integration/support/world/world.ts";
import { startBrowser, type Sites } from "./browser.ts";

const FOLDER = "cloudfront-site";

test("visitors see the site by its distribution, and neither the bucket nor another distribution shows it", async () => {
  await using world = await worldOfExamples("quickstart/account.yaml");
  await using _operator = startOperator(world);
  const [bucket] = manifestsOf(FOLDER).flatMap(objectsIn) as S3Bucket[];
  await showToOperator(world, await applyAsItStands(world, manifestsOf(FOLDER)));
  const { status } = await world.bucketWhen("site", isReady);
  const { bucketName: Bucket = "", domainName = "" } = status ?? {};
  await fill(world, Bucket);
  const [distribution = ""] = bucket?.spec.policy?.cloudFrontDistributions ?? [];
  await using browser = await startBrowser(world.simulator.url, {
    "d1.cloudfront.net": serve(world, Bucket, distribution),
    "d2.cloudfront.net": serve(world, Bucket, `${distribution}X`),
  });
  const visit = async (url: string) => {
    const { page, status: answered } = await browser.open(url);
    return [answered, await page.title()];
  };
  expect(await visit("https://d1.cloudfront.net/")).toEqual([200, "index.html"]);
  expect(await visit("https://d1.cloudfront.net/page.html")).toEqual([200, "page.html"]);
  expect(await visit("https://d1.cloudfront.net/route/of/the/app"), "403 of S3").toEqual([200, "index.html"]);
  expect(await visit("https://d2.cloudfront.net/page.html")).toEqual([403, "denied"]);
  for (const host of [domainName, `${Bucket}.s3.amazonaws.com`]) {
    expect(await visit(`https://${host}/page.html`)).toEqual([403, ""]);
  }
  const website = `http://${Bucket}.s3-website.${status?.region}.amazonaws.com`;
  expect(await visit(`${website}/page.html`)).toEqual([404, "404 Not Found"]);
});

async function fill({ simulator, account }: World, Bucket: string): Promise<void> {
  const s3 = clientOf(simulator.url, account.addUser(PERSON).credentials);
  for (const Key of ["index.html", "page.html"]) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: `<title>${Key}</title>`, ContentType: "text/html" }));
  }
  s3.destroy();
}

/** CloudFront: signed requests, a default root object, and a custom response to 403. */
function serve({ simulator }: World, Bucket: string, distribution: string): Sites[string] {
  const s3 = clientOf(simulator.url, simulator.serviceCredentials("cloudfront.amazonaws.com", distribution));
  const read = async (Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
  return async (path) => {
    const key = path === "/" ? "index.html" : path.slice(1);
    try {
      return { status: 200, body: (await read(key).catch(() => read("index.html"))) ?? "" };
    } catch {
      return { status: 403, body: "<title>denied</title>" };
    }
  };
}

function clientOf(endpoint: string, credentials: { accessKeyId: string; secretAccessKey: string }): S3Client {
  return new S3Client({ endpoint, region: "eu-central-1", credentials, forcePathStyle: true });
}

import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { load } from "js-yaml";
import { expect, test } from "vitest";
import type { S3BucketSpec } from "../../../operator/api/types.ts";
import { eventsOf, eventWhen } from "../support/expect/events.ts";
import { expectInvariants } from "../support/expect/invariants.ts";
import { condition, isReady, settingMessage } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { createWorld, type World } from "../support/world/world.ts";

/** The spec of a website that works, from the documentation. */
function documentedSite(): Required<Pick<S3BucketSpec, "website" | "policy" | "publicAccessBlock">> {
  const page = readFileSync(new URL("../../../docs/public-access.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = ""]) => block);
  const block = blocks.find((each) => each.includes("indexDocument"));
  return (load(block ?? "") as { spec: ReturnType<typeof documentedSite> }).spec;
}

/** Status of the website's root, for a request without credentials. */
async function status({ simulator }: World, bucketName: string): Promise<number | undefined> {
  const { hostname, port } = new URL(simulator.url);
  const host = `${bucketName}.s3-website.eu-central-1.amazonaws.com`;
  return new Promise((resolve, reject) => {
    httpRequest({ hostname, port, headers: { host } }, (answer) => resolve(answer.resume().statusCode))
      .on("error", reject)
      .end();
  });
}

const isUseless = (bucket: Parameters<typeof isReady>[0]) =>
  isReady(bucket) && condition(bucket, "Ready")?.message?.includes("without effect: website") === true;

test("a website under the baseline answers 403, says so, and serves with the settings that the messages advise", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("site");
  const { policy, ...site } = documentedSite();
  await world.applyAccount();
  await world.applyBucket("site", { bucketName, website: site.website });
  const hidden = await world.bucketWhen("site", isUseless);
  const Body = "<h1>hello</h1>";
  await world.person.send(new PutObjectCommand({ Bucket: bucketName, Key: "index.html", Body }));
  expect(await status(world, bucketName)).toBe(403);
  for (const advice of ["minimumTLSVersion to None", "turn off blockPublicPolicy", "add a statement"]) {
    expect(settingMessage(hidden, "website")).toContain(advice);
  }
  expect((await eventWhen(world, "site", "SettingWithoutEffect")).type).toBe("Warning");

  await world.editSpec("site", { ...site, policy: { statements: policy.statements ?? [] } });
  const deaf = await world.bucketWhen(
    "site",
    (bucket) => isUseless(bucket) && !settingMessage(bucket, "website")?.includes("blockPublicPolicy"),
  );
  expect(settingMessage(deaf, "website")).toContain("minimumTLSVersion to None");
  expect(await status(world, bucketName), "public, and the endpoint has no TLS").toBe(403);

  await world.editSpec("site", { policy });
  await world.bucketWhen("site", (bucket) => isReady(bucket) && !isUseless(bucket));
  expect(await status(world, bucketName)).toBe(200);
  await expectInvariants(world);
  const told = (await eventsOf(world, "site")).filter(({ reason }) => reason === "SettingWithoutEffect");
  expect(new Set(told.map(({ note }) => note)).size, "once for each message").toBe(told.length);
});

test("a website that only redirects works under the baseline, without a word", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("moved");
  await world.applyAccount();
  const website = { redirectAllRequestsTo: { hostName: "www.example.com" } };
  const { status: found } = await world
    .applyBucket("moved", { bucketName, website })
    .then(() => world.bucketWhen("moved", isReady));
  expect(found?.settings?.find(({ name }) => name === "website")).not.toHaveProperty("reason");
  expect(await status(world, bucketName)).toBe(301);
  await expectInvariants(world);
});

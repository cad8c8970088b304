import { expect, test } from "vitest";
import { S3_BUCKETS } from "../../../operator/api/names.ts";
import { expectInvariants, reconcileAgain } from "../support/expect/invariants.ts";
import { condition, isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { tagsAt } from "../support/world/buckets.ts";
import { createWorld } from "../support/world/world.ts";

test("a bucket is named by the account's template, and keeps its name when the template changes", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount({ naming: { template: "{account}-{region}-{namespace}-{name}" } });
  await world.applyBucket("docs", {});
  const { status } = await world.bucketWhen("docs", isReady);
  const bucketName = `${world.account.id}-eu-central-1-${world.name}-docs`;
  expect(status?.bucketName).toBe(bucketName);
  await world.applyAccount({ naming: { template: "new-{name}-{hash}" }, region: "eu-west-1", tags: { later: "x" } });
  await world.bucketWhen("docs", ({ status: next }) => next?.tagKeys?.includes("later") === true);
  const after = await world.bucketWhen("docs", isReady);
  expect(after.status).toMatchObject({ bucketName, region: "eu-central-1" });
  expect([...world.account.buckets.keys()]).toEqual([bucketName]);
  await expectInvariants(world);
});

test("without a template the name consists of namespace, name and a hash; a long name is cut to S3's limit", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount();
  const long = `a${"-long".repeat(12)}`;
  await world.applyBucket("docs", {});
  await world.applyBucket(long, {});
  const plain = await world.bucketWhen("docs", isReady);
  const cut = await world.bucketWhen(long, isReady);
  expect(plain.status?.bucketName).toMatch(new RegExp(`^${world.name}-docs-[0-9a-f]{8}$`));
  expect(cut.status?.bucketName).toMatch(new RegExp(`^${world.name}-a-long.*-[0-9a-f]{8}$`));
  expect(cut.status?.bucketName?.length).toBeLessThanOrEqual(63);
  await world.kube.mergePatch(
    S3_BUCKETS,
    { namespace: world.name, name: "docs" },
    { status: null },
    { subresource: "status" },
  );
  await reconcileAgain(world, "docs");
  const again = await world.bucketWhen("docs", isReady);
  expect(again.status?.bucketName, "found again without a record").toBe(plain.status?.bucketName);
  await expectInvariants(world);
});

test("a changed tag of the account reaches its buckets, and the bucket's own tag of the same key overrides it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount({ tags: { owner: "platform", unit: "a" } });
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), tags: { unit: "mine" } });
  await world.bucketWhen("docs", isReady);
  expect(tagsAt(world, world.bucketName("docs"))).toMatchObject({ owner: "platform", unit: "mine" });
  await world.applyAccount({ tags: { owner: "security", unit: "b" } });
  await eventually(
    () => tagsAt(world, world.bucketName("docs")),
    (tags) => tags["owner"] === "security",
  );
  const ready = await world.bucketWhen("docs", isReady);
  expect(tagsAt(world, world.bucketName("docs"))["unit"]).toBe("mine");
  expect(ready.status?.drift, "a change in Kubernetes is not drift").toBeUndefined();
  expect(condition(ready, "Stalled")).toBeUndefined();
  await expectInvariants(world);
});

test("tags of the account that change while no operator runs are changes in Kubernetes, not drift", async () => {
  await using world = await createWorld();
  await world.applyAccount({ tags: { owner: "platform" } });
  const bucketName = world.bucketName("docs");
  await world.applyBucket("docs", { bucketName });
  const before = startOperator(world);
  await world.bucketWhen("docs", isReady);
  await before.stop();
  await world.applyAccount({ tags: { owner: "security" } });
  await using _after = startOperator(world);
  await eventually(
    () => tagsAt(world, bucketName),
    (tags) => tags["owner"] === "security",
  );
  expect((await world.bucketWhen("docs", isReady)).status?.drift).toBeUndefined();
  await expectInvariants(world);
});

import { expect, test } from "vitest";
import type { S3Bucket, S3BucketSpec } from "../../../operator/api/types.ts";
import { expectInvariants, operatorWrites } from "../support/expect/invariants.ts";
import { condition, isReady } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { createWorld, type World } from "../support/world/world.ts";
import { corpusIn } from "./corpus.ts";
import { applyManifests, exported } from "./exported.ts";

/** Why S3 refuses a spec of the corpus, and so would real S3. */
const REFUSED_BY_S3 = [
  // Two configurations for the same events and overlapping keys.
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
  "Configuration is ambiguously defined",
];
/** Calls with which another S3Bucket takes over a released bucket. */
const ADOPTION = ["TagResource", "UntagResource"];

test("the buckets of the corpus are exported, and adopted by other S3Buckets without a write of a setting", async () => {
  await using world = await createWorld();
  const specs = await corpusIn(world);
  await using _operator = startOperator(world, { concurrency: specs.length });
  await world.applyAccount({ allowAdoption: true });
  const names = await applyAll(world, specs);

  const manifests: string[] = [];
  for (const name of names) {
    await world.deleteBucket(name);
    await world.statuses.whenGone(name);
    const { stdout } = await exported(world, world.bucketName(name), `--name=${name}-again`);
    manifests.push(stdout.replace("  mode: Observe\n", ""));
  }
  const before = operatorWrites(world).length;
  await applyManifests(world, manifests);
  await Promise.all(names.map((name) => world.statuses.when(`${name}-again`, isReady)));
  const writes = operatorWrites(world).slice(before);
  const others = writes.filter(({ operation }) => !ADOPTION.includes(operation));
  expect(others.map(({ operation, bucket }) => `${operation} ${bucket}`)).toEqual([]);
  await expectInvariants(world);
}, 240_000);

/** @returns the names of the S3Buckets that are Ready */
async function applyAll(world: World, specs: readonly S3BucketSpec[]): Promise<string[]> {
  const isSettled = (bucket: S3Bucket) => isReady(bucket) || condition(bucket, "Stalled") !== undefined;
  const settled = await Promise.all(
    specs.map(async (spec, index) => {
      const name = `corpus-${index}`;
      await world.applyBucket(name, spec);
      return world.statuses.when(name, isSettled);
    }),
  );
  const stalled = settled.filter((bucket) => !isReady(bucket));
  for (const bucket of stalled) {
    const { message = "" } = condition(bucket, "Stalled") ?? {};
    expect(
      REFUSED_BY_S3.some((refusal) => message.includes(refusal)),
      message,
    ).toBe(true);
    await world.deleteBucket(bucket.metadata.name);
  }
  return settled.filter(isReady).map(({ metadata }) => metadata.name);
}

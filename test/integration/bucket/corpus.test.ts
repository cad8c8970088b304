import { expect, test } from "vitest";
import type { S3Bucket, S3BucketSpec } from "../../../operator/api/types.ts";
import { expectInvariants, operatorWrites } from "../support/expect/invariants.ts";
import { condition, isReady } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { createWorld, type World } from "../support/world/world.ts";
import { corpusIn } from "./corpus.ts";
import { exported } from "./exported.ts";

/** Why S3 refuses a spec of the corpus, and so would real S3. */
const REFUSED_BY_S3 = [
  // Two configurations for the same events and overlapping keys.
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
  "Configuration is ambiguously defined",
];
/** Calls with which another S3Bucket takes over a released bucket. */
const ADOPTION = new Set(["TagResource", "UntagResource"]);
/** S3Buckets at a time. */
const CONCURRENCY = 24;

test("the buckets of the corpus are exported, and adopted by other S3Buckets without a write of a setting", async () => {
  await using world = await createWorld();
  const specs = await corpusIn(world);
  await using _operator = startOperator(world, { concurrency: CONCURRENCY });
  await world.applyAccount({ allowAdoption: true });
  const waiting = specs.entries();
  const work = async () => {
    for (const [index, spec] of waiting) await passOn(world, `corpus-${index}`, spec);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  await expectInvariants(world);
}, 180_000);

/** Applies a spec, and adopts its bucket with the export as it is, under another name. */
async function passOn(world: World, name: string, spec: S3BucketSpec): Promise<void> {
  const isSettled = (bucket: S3Bucket) => isReady(bucket) || condition(bucket, "Stalled") !== undefined;
  await world.applyBucket(name, spec);
  const settled = await world.statuses.when(name, isSettled);
  await world.deleteBucket(name);
  await world.statuses.whenGone(name);
  if (!isReady(settled)) {
    const { message = "" } = condition(settled, "Stalled") ?? {};
    expect(
      REFUSED_BY_S3.some((refusal) => message.includes(refusal)),
      `${name}: ${message}`,
    ).toBe(true);
    return;
  }
  const { manifest } = await exported(world, world.bucketName(name));
  const { mode: _, ...adopting } = manifest.spec;
  const released = writesTo(world, name).length;
  await world.applyBucket(`${name}-again`, adopting);
  await world.statuses.when(`${name}-again`, isReady);
  const others = writesTo(world, name)
    .slice(released)
    .filter((operation) => !ADOPTION.has(operation));
  expect(others, JSON.stringify(spec)).toEqual([]);
}

function writesTo(world: World, name: string): string[] {
  const bucketName = world.bucketName(name);
  return operatorWrites(world).flatMap(({ bucket, operation }) => (bucket === bucketName ? [operation] : []));
}

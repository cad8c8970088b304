import { S3ServiceException } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketArn } from "../../../operator/aws/arn.ts";
import { SETTINGS } from "../../../operator/bucket/settings/index.ts";
import { expectInvariants, operatorWrites } from "../support/expect/invariants.ts";
import { isReady } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { prerequisites } from "../support/world/prerequisites.ts";
import { createWorld, type World } from "../support/world/world.ts";
import { arbitraryDocuments, PUTS, type Documents } from "./arbitrary-documents.ts";
import { applyManifests, exported } from "./exported.ts";

/** All buckets are adopted concurrently, in one world. */
const BUCKETS = 48;

/** How often S3 took the document of each setting. */
type Taken = Map<string, number>;

test("the export of any bucket passes a strict dry run, and its adoption writes ownership tags only", async () => {
  await using world = await createWorld();
  const many = fc.array(arbitraryDocuments(await prerequisites(world)), { minLength: BUCKETS, maxLength: BUCKETS });
  const property = fc.asyncProperty(many, (buckets) => holds(world, buckets));
  const { failed, seed, errorInstance } = await fc.check(property, { numRuns: 1, endOnFailure: true });
  // Not by fc.assert, which prints all the documents.
  if (failed) throw new Error(`With { seed: ${seed} }`, { cause: errorInstance });
});

async function holds(world: World, buckets: readonly Documents[]): Promise<void> {
  const taken: Taken = new Map();
  const names = buckets.map((_, index) => `any-${index}`);
  await Promise.all(buckets.map((documents, index) => create(world, names[index] ?? "", documents, taken)));
  // Each setting was tried.
  for (const { name } of SETTINGS) expect(taken.get(name) ?? 0, name).toBeGreaterThan(0);
  const manifests: string[] = [];
  for (const name of names) {
    const { stdout } = await exported(world, world.bucketName(name), `--name=${name}`);
    manifests.push(stdout.replace("  mode: Observe\n", ""));
  }
  await applyManifests(world, manifests);
  await using _operator = startOperator(world, { concurrency: BUCKETS });
  await world.applyAccount({ allowAdoption: true });
  await Promise.all(
    names.map(async (name, index) => {
      await world.statuses.when(name, isReady).catch((cause: unknown) => {
        throw new Error(`Not ready: ${manifests[index]}\n${JSON.stringify(buckets[index])}`, { cause });
      });
    }),
  );
  const writes = operatorWrites(world).filter(({ operation }) => operation !== "TagResource");
  expect(writes.map(({ operation, bucket }) => `${operation} ${bucket}`)).toEqual([]);
  await expectInvariants(world);
}

/** Creates a bucket with those of the documents that S3 takes. */
async function create(world: World, name: string, documents: Documents, taken: Taken): Promise<void> {
  const Bucket = world.bucketName(name);
  world.account.createBucket(Bucket, "eu-central-1");
  for (const { name: setting } of SETTINGS) {
    const document = documents[setting];
    const Put = PUTS[setting];
    if (document === undefined || Put === undefined) continue;
    const input = { Bucket, ...document };
    if ("Policy" in input) input.Policy = String(input.Policy).replaceAll("BUCKET", bucketArn("aws", Bucket));
    try {
      await world.person.send(new Put(input as never) as never);
      taken.set(setting, (taken.get(setting) ?? 0) + 1);
    } catch (error) {
      if (!(error instanceof S3ServiceException) || (error.$metadata.httpStatusCode ?? 500) >= 500) throw error;
    }
  }
}

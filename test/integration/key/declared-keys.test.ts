import { expect, test } from "vitest";
import type { S3BucketSpec } from "../../../operator/api/types.ts";
import { expectInvariants, reconcileAgain } from "../support/expect/invariants.ts";
import { condition, isReady, isStalled, outOfSync, settingState } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket } from "../support/world/buckets.ts";
import { createWorld, type World } from "../support/world/world.ts";

type KeySpec = NonNullable<NonNullable<S3BucketSpec["encryption"]>["kmsKey"]>;

interface KeyProblem {
  what: string;
  /** Prepares the key and returns the spec that names it. */
  key: (world: World, arn: string) => KeySpec;
  reason: string;
  says: string;
  mend: (world: World, arn: string) => unknown;
}

const REGION = "eu-central-1";
const idOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

function keyOf({ account }: World, arn: string) {
  const key = account.keys.get(arn);
  if (key === undefined) throw new Error(`No key ${arn}`);
  return key;
}

function enable(world: World, arn: string): void {
  keyOf(world, arn).state = "Enabled";
}

const KEY_PROBLEMS: KeyProblem[] = [
  {
    what: "does not exist",
    key: ({ account }, arn) => {
      account.keys.delete(arn);
      return { arn };
    },
    reason: "KMSKeyNotFound",
    says: "does not exist",
    mend: (world) => world.createKey().then((arn) => world.editSpec("docs", { encryption: { kmsKey: { arn } } })),
  },
  {
    what: "is disabled",
    key: (world, arn) => {
      keyOf(world, arn).state = "Disabled";
      return { arn };
    },
    reason: "KMSKeyNotUsable",
    says: "Disabled",
    mend: enable,
  },
  {
    what: "is pending deletion",
    key: (world, arn) => {
      keyOf(world, arn).state = "PendingDeletion";
      return { arn };
    },
    reason: "KMSKeyNotUsable",
    says: "cancel its deletion",
    mend: enable,
  },
  {
    what: "has an alias that does not exist",
    key: () => ({ alias: "alias/documents" }),
    reason: "KMSKeyNotFound",
    says: "alias/documents",
    mend: ({ account }, arn) => account.aliases.set(`${REGION}/alias/documents`, idOf(arn)),
  },
];

test.for(KEY_PROBLEMS)(
  "a KMS key that $what stalls the bucket, the other settings are applied, and the bucket recovers when it is corrected",
  async (row) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const bucketName = world.bucketName("docs");
    const arn = await world.createKey();
    const kmsKey = row.key(world, arn);
    await world.applyAccount();
    await world.applyBucket("docs", {
      bucketName,
      encryption: { sseAlgorithm: "aws:kms", kmsKey },
      versioning: "Enabled",
    });
    const stalled = await world.bucketWhen("docs", isStalled(row.reason));
    expect(condition(stalled, "Stalled")?.message).toContain(row.says);
    expect(settingState(stalled, "encryption")).toBe("Failed");
    expect(outOfSync(stalled)).toEqual(["encryption"]);
    expect(stalled.status?.kmsKeyArn).toBeUndefined();
    await expectInvariants(world);
    await row.mend(world, arn);
    await reconcileAgain(world, "docs");
    const ready = await world.bucketWhen("docs", isReady);
    expect(ready.status?.kmsKeyArn).toMatch(/^arn:aws:kms:/);
    expect(JSON.stringify(atAws(world, bucketName).encryption)).toContain(ready.status?.kmsKeyArn);
    await expectInvariants(world);
  },
);

test("an alias is resolved once, and status names its key", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const arn = await world.createKey();
  world.account.aliases.set(`${REGION}/alias/documents`, idOf(arn));
  const ready = await readyBucket(world, "docs", {
    encryption: { sseAlgorithm: "aws:kms", kmsKey: { alias: "alias/documents" }, bucketKeyEnabled: true },
  });
  expect(ready.status?.kmsKeyArn).toBe(arn);
  await reconcileAgain(world, "docs");
  expect(world.simulator.calls.count("kms:DescribeKey")).toBe(1);
  await expectInvariants(world);
});

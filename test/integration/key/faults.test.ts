import { expect, test } from "vitest";
import { S3_BUCKETS } from "../../../operator/api/names.ts";
import { expectInvariants, reconcileAgain } from "../support/expect/invariants.ts";
import { condition, isReady } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { readyBucket } from "../support/world/buckets.ts";
import { defaultAlias, KEY_REGION, keyAt, liveKeys, managedKeySpec } from "../support/world/keys.ts";
import { createWorld, type World } from "../support/world/world.ts";

const SPEC = { deletionPolicy: "DeleteIfEmpty", ...managedKeySpec({ deletionWindowInDays: 7 }) } as const;

async function create(world: World): Promise<void> {
  await readyBucket(world, "docs", SPEC);
}

async function remove(world: World): Promise<void> {
  await world.deleteBucket("docs");
  await world.gone("docs");
}

const key = (world: World) => keyAt(world.account, defaultAlias(world, "docs"));

/** As many attempts as the SDK makes: the call fails, and the operator must retry it. */
const ATTEMPTS = 3;

/** Operations that write. Each try of CreateKey makes a key. */
const CREATION = ["CreateKey", "CreateAlias", "EnableKeyRotation"];
const REVIVAL = ["CancelKeyDeletion", "EnableKey"];
const times = (operations: string[]) =>
  operations.flatMap((operation) => [1, ATTEMPTS].map((count) => ({ operation, count })));

test.for(times(CREATION))("lost responses of $count tries of $operation leave one live key", async (fault) => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  world.simulator.faults.loseAnswer({ operation: fault.operation, times: fault.count });
  await create(world);
  expect(liveKeys(world.account)).toEqual([key(world)]);
  expect(key(world)).toMatchObject({ state: "Enabled", rotationPeriodInDays: 365 });
  const made = fault.operation !== "CreateKey" ? 1 : fault.count === ATTEMPTS ? ATTEMPTS : fault.count + 1;
  expect(world.account.keys.size, "no more keys than tries").toBe(made);
  expect([...world.account.aliases.keys()]).toEqual([`${KEY_REGION}/${defaultAlias(world, "docs")}`]);
  await expectInvariants(world);
});

test.for(times(["ScheduleKeyDeletion"]))(
  "lost responses of $count tries of $operation do not prevent the deletion",
  async (fault) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    await create(world);
    world.simulator.faults.loseAnswer({ operation: fault.operation, times: fault.count });
    await remove(world);
    expect(key(world).state).toBe("PendingDeletion");
  },
);

test.for(times(REVIVAL))("lost responses of $count tries of $operation do not prevent the revival", async (fault) => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await create(world);
  await remove(world);
  const before = key(world);
  world.simulator.faults.loseAnswer({ operation: fault.operation, times: fault.count });
  await create(world);
  expect(key(world)).toBe(before);
  expect(before.state).toBe("Enabled");
  expect(world.account.keys.size).toBe(1);
  await expectInvariants(world);
});

test("of two duplicate keys, the one that may be in use stays", async () => {
  await using world = await createWorld();
  {
    await using _operator = startOperator(world);
    await create(world);
  }
  const used = key(world);
  world.account.aliases.clear();
  const { metadata } = await world.bucket("docs");
  await world.kube.mergePatch(S3_BUCKETS, metadata, { status: null }, { subresource: "status" });

  await using _operator = startOperator(world);
  world.simulator.faults.loseAnswer({ operation: "CreateKey", times: 1 });
  await world.bucketWhen("docs", isReady);
  expect(used.state).toBe("Enabled");
  expect(liveKeys(world.account)).toEqual([used]);
  expect(key(world)).toBe(used);
  await expectInvariants(world);
});

test("while KMS throttles, KeyUsable is Unknown", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const calm = world.simulator.faults.throttle({ operation: "DescribeKey" });
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), ...SPEC });
  const throttled = await world.bucketWhen("docs", (it) => condition(it, "KeyUsable")?.reason === "Throttled");
  expect(condition(throttled, "KeyUsable")?.status).toBe("Unknown");
  calm();
  await reconcileAgain(world, "docs");
  await world.bucketWhen("docs", isReady);
  await expectInvariants(world);
});

import { expect, test } from "vitest";
import { eventsOf } from "../support/expect/events.ts";
import { operatorCalls } from "../support/expect/invariants.ts";
import { isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessCalls,
  accessesOf,
  createServiceAccount,
  expectAccessInvariants,
  worldWithBucket,
  type Accesses,
} from "../support/world/access.ts";
import { createWorld, type World } from "../support/world/world.ts";

/** Latency of the simulator: long enough to see which calls are concurrent. */
const LATENCY_MS = 30;

async function readyAccess(world: World, accesses: Accesses, identity: "IRSA" | "PodIdentity") {
  await worldWithBucket(world);
  await createServiceAccount(world, world.name, "app");
  await accesses.apply("reader", { identity, annotateServiceAccount: identity === "IRSA" });
  return accesses.when("reader", isReady);
}

test.for(["IRSA", "PodIdentity"] as const)("%s: a BucketAccess is created with at most ten calls", async (identity) => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await readyAccess(world, accesses, identity);
  const operations = accessCalls(world).map(({ operation }) => operation);
  expect(operations.length, operations.join(", ")).toBeLessThanOrEqual(10);
  await expectAccessInvariants(world, accesses);
});

test.for(["IRSA", "PodIdentity"] as const)(
  "%s: a reconcile of an unchanged BucketAccess is at most four concurrent reads",
  async (identity) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    using accesses = await accessesOf(world);
    const ready = await readyAccess(world, accesses, identity);
    world.simulator.latencyMs = LATENCY_MS;
    for (let round = 0; round < 3; round += 1) {
      const before = operatorCalls(world).length;
      await accesses.reconcileAgain("reader");
      const calls = operatorCalls(world).slice(before);
      expect(calls.filter(({ write }) => write)).toEqual([]);
      expect(calls.length, calls.map(({ operation }) => operation).join(", ")).toBeLessThanOrEqual(4);
      expect(world.simulator.calls.maxInFlight(calls)).toBe(calls.length);
    }
    const { status } = await accesses.get("reader");
    expect({ ...status, reconcileRequestedAt: undefined }).toEqual({
      ...ready.status,
      reconcileRequestedAt: undefined,
    });
  },
);

test("a reconcile of a BucketAccess with principals is one read, or two with a managed key", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world, { encryption: { sseAlgorithm: "aws:kms", kmsKey: { managed: {} } } });
  await accesses.ready("reader", { principals: [world.account.addRole("analyst").arn] });
  // The bucket's transition to Ready reconciles it once more.
  await world.bucketWhen("docs", isReady);
  await accesses.reconcileAgain("reader");
  const before = operatorCalls(world).length;
  await accesses.reconcileAgain("reader");
  const calls = operatorCalls(world).slice(before);
  expect(calls.map(({ operation }) => operation).toSorted()).toEqual(["GetBucketPolicy", "GetKeyPolicy"]);
});

test("nothing is written over several polls, neither to AWS nor to Kubernetes", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { pollIntervalMs: 200 });
  using accesses = await accessesOf(world);
  const ready = await readyAccess(world, accesses, "PodIdentity");
  const polls = () => world.simulator.calls.count("iam:GetRole");
  const [writes, before] = [accessCalls(world).filter(({ write }) => write).length, polls()];
  await eventually(polls, (count) => count >= before + 5);
  expect(accessCalls(world).filter(({ write }) => write)).toHaveLength(writes);
  expect((await accesses.get("reader")).metadata.resourceVersion).toBe(ready.metadata.resourceVersion);
  expect((await eventsOf(world, "reader")).map(({ reason }) => reason)).toEqual(["RoleCreated", "Succeeded"]);
});

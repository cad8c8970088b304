import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { expectSoundHistory } from "../support/expect/invariants.ts";
import { isReady } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { accessesOf, createServiceAccount, findConfigMap, workloadAccount } from "../support/world/access.ts";
import { createWorld } from "../support/world/world.ts";

vi.setConfig({ testTimeout: 120_000 });

const STEPS = ["account", "bucket", "pods", "roles", "serviceAccount"] as const;
type Step = (typeof STEPS)[number];

/** Twenty orders in which users may apply and delete objects that depend on each other; the same ones at each run. */
const ORDERS = fc.sample(
  fc.record({
    apply: fc.shuffledSubarray([...STEPS], { minLength: STEPS.length }),
    remove: fc.shuffledSubarray(["bucket", "pods", "roles"] as const, { minLength: 3 }),
    atOnce: fc.boolean(),
  }),
  { numRuns: 20, seed: 20_261_122 },
);

test("account, bucket, accesses and ServiceAccount become ready in any order of creation, and are deleted in any order", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  const principal = world.simulator.account("333344445555").addRole("reader").arn;

  const rounds = ORDERS.map(async ({ apply, remove, atOnce }, round) => {
    const named = (step: string) => `${step}-${round}`;
    const accountRef = { name: `${world.name}-${round}` };
    const bucketRef = { name: named("docs") };
    const applying: Record<Step, () => Promise<unknown>> = {
      account: () => world.applyAccount(workloadAccount(world), accountRef.name),
      bucket: () =>
        world.applyBucket(bucketRef.name, {
          accountRef,
          bucketName: world.bucketName(bucketRef.name),
          deletionPolicy: "DeleteIfEmpty",
        }),
      pods: () =>
        accesses.apply(named("pods"), {
          bucketRef,
          serviceAccountRefs: [{ name: named("app") }],
          annotateServiceAccount: true,
        }),
      roles: () => accesses.apply(named("roles"), { bucketRef, principals: [principal] }),
      serviceAccount: () => createServiceAccount(world, world.name, named("app")),
    };
    if (atOnce) await Promise.all(apply.map((step) => applying[step]()));
    else for (const step of apply) await applying[step]();
    await world.statuses.when(bucketRef.name, isReady);
    for (const kind of ["pods", "roles"]) await accesses.when(named(kind), isReady);

    const removing = {
      bucket: () => world.deleteBucket(bucketRef.name),
      pods: () => accesses.delete(named("pods")),
      roles: () => accesses.delete(named("roles")),
    };
    if (atOnce) await Promise.all(remove.map((each) => removing[each]()));
    else for (const each of remove) await removing[each]();
    for (const kind of ["pods", "roles"]) await accesses.statuses.whenGone(named(kind));
    await world.statuses.whenGone(bucketRef.name);
    expect(await findConfigMap(world, world.name, named("pods"))).toBeUndefined();
  });
  await Promise.all(rounds);
  expect([...world.account.roles.keys()]).toEqual([]);
  expect([...world.account.buckets.keys()]).toEqual([]);
  expectSoundHistory(world);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { arbitrarySpec } from "../integration/bucket/arbitrary-spec.ts";
import { expectNothingToWrite } from "../integration/support/expect/invariants.ts";
import { isReady } from "../integration/support/expect/states.ts";
import { startOperator } from "../integration/support/process/operator.ts";
import { isTaken } from "./differences.ts";
import { createRoles } from "./prerequisites.ts";
import { createLocalStackWorld } from "./world.ts";

/** All specs are applied concurrently, in one world. */
const SPECS = 32;

test("any spec becomes Ready on LocalStack, and a second look writes nothing", { timeout: 600_000 }, async () => {
  await using world = await createLocalStackWorld();
  await using _operator = startOperator(world, { concurrency: 4 });
  await world.applyAccount({ tags: { owner: "platform" } });
  const roles = await createRoles(world, ["reader", "writer"]);
  const named = {
    kmsKeyArn: await world.createKey(),
    accountId: world.aws.accountId,
    roleArns: roles.map(({ arn }) => arn),
    roleIds: roles.map(({ id }) => id),
  };
  const seed = Number(process.env["SEED"] ?? Date.now() % 1e9);
  process.stdout.write(`Specs generated with SEED=${seed}\n`);
  const specs = fc.sample(arbitrarySpec(named).filter(isTaken), { seed, numRuns: SPECS });
  const names = specs.map((_, index) => `spec-${index}`);
  await Promise.all(
    specs.map(async (spec, index) => {
      const name = names[index] ?? "";
      await world.applyBucket(name, { bucketName: world.bucketName(name), ...spec });
      await world.statuses.when(name, isReady, 300_000).catch((cause: unknown) => {
        throw new Error(`Never ready: ${JSON.stringify(spec)}`, { cause });
      });
    }),
  );
  expect(names).toHaveLength(SPECS);
  await expectNothingToWrite(world, names);
});

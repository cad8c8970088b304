import { beforeAll, describe, expect, test, vi } from "vitest";
import type { S3Bucket } from "../../../operator/api/types.ts";
import type { Account } from "../../aws/index.ts";
import { expectInvariants } from "../support/expect/invariants.ts";
import { isReady } from "../support/expect/states.ts";
import { pointsOf, trapAccounts } from "../support/faults/trap.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { spawnOperator } from "../support/process/operator.ts";
import { defaultAlias, KEY_REGION, keyAt, managedKeySpec } from "../support/world/keys.ts";
import { createWorld, type World } from "../support/world/world.ts";

/*
 * The operator's process is killed at each of its calls to S3 and KMS, and a new one finishes the work. Each S3Bucket
 * has an account of its own, which identifies its calls to KMS: in the first account the kill is at the first call, in
 * the second at the second, and so on; in half of the accounts before the call is applied, in the other half after it.
 */
vi.setConfig({ maxConcurrency: 3, testTimeout: 120_000 });

const FLAGS = ["--concurrency=100"];

let bundle: string;
beforeAll(async () => {
  bundle = await ensureBundle();
});

const OVER_MS = 45_000;

interface Subject {
  world: World;
  account: Account;
  /** The name of the S3Bucket. */
  name: string;
}

/** Resolves when the phase is over. */
type Over = () => Promise<unknown>;

interface Phase {
  prepare(subject: Subject): Promise<unknown>;
  begin(subject: Subject): Promise<Over>;
  /** State of the only key at the end. */
  outcome: "Enabled" | "PendingDeletion";
}

const PHASES: Record<string, Phase> = {
  "creating key and bucket": { prepare: () => Promise.resolve(), begin: apply, outcome: "Enabled" },
  "deleting bucket and key": {
    prepare: async (subject) => (await apply(subject))(),
    begin: remove,
    outcome: "PendingDeletion",
  },
  "reviving the key": {
    prepare: async (subject) => {
      await (
        await apply(subject)
      )();
      await (
        await remove(subject)
      )();
    },
    begin: apply,
    outcome: "Enabled",
  },
};

describe.concurrent("a process killed at each call", () => {
  test.for(Object.entries(PHASES))("%s is finished by a new process", async ([, phase]) => {
    await using world = await createWorld();
    await using first = spawnOperator(world, bundle, FLAGS);
    const reference = await subjectOf(world, 0);
    const points = pointsOf(await measure(phase, reference));
    const stops = await Promise.all(
      points.map(async (point, index) => ({ point, it: await subjectOf(world, index + 1) })),
    );
    await Promise.all(stops.map(({ it }) => phase.prepare(it)));

    const trap = trapAccounts(world.simulator, new Map(stops.map(({ point, it }) => [it.account.id, point])));
    const ends = await Promise.all(stops.map(({ it }) => phase.begin(it)));
    await trap.full;
    await first.kill();
    trap.release("drop");

    await using _second = spawnOperator(world, bundle, FLAGS);
    await Promise.all(ends.map((over) => over()));
    for (const it of [reference, ...stops.map(({ it }) => it)]) expectOneKey(it, phase);
    await expectInvariants(world);
  });
});

/** An S3Bucket in an account of its own, reached by a role. */
async function subjectOf(world: World, number: number): Promise<Subject> {
  const account = world.simulator.account(String(200_000_000_000 + number));
  const { arn: roleArn } = account.addRole("operator", { trustedAccounts: [world.account.id] });
  await world.applyAccount({ accountId: account.id, assumeRole: { roleArn } }, `${world.name}-${number}`);
  return { world, account, name: `call-${number}` };
}

async function apply({ world, name }: Subject): Promise<Over> {
  const { metadata } = await world.applyBucket(name, {
    accountRef: { name: name.replace("call", world.name) },
    bucketName: world.bucketName(name),
    deletionPolicy: "DeleteIfEmpty",
    ...managedKeySpec({ deletionWindowInDays: 7 }),
  });
  const isOver = (bucket: S3Bucket) => bucket.metadata.uid === metadata.uid && isReady(bucket);
  return () => world.statuses.when(name, isOver, OVER_MS);
}

async function remove({ world, name }: Subject): Promise<Over> {
  await world.deleteBucket(name);
  return () => world.statuses.whenGone(name, OVER_MS);
}

/** The number of calls of the phase without a fault. */
async function measure(phase: Phase, subject: Subject): Promise<number> {
  const { world, account } = subject;
  const count = () =>
    world.simulator.calls.all.filter((call) => call.account === account.id && call.service !== "sts").length;
  await phase.prepare(subject);
  const before = count();
  await (
    await phase.begin(subject)
  )();
  return count() - before;
}

function expectOneKey({ world, account, name }: Subject, { outcome }: Phase): void {
  const alias = defaultAlias(world, name);
  const key = keyAt(account, alias);
  expect([...account.keys.values()], `${name} has one key`).toEqual([key]);
  expect([...account.aliases.keys()]).toEqual([`${KEY_REGION}/${alias}`]);
  expect(key).toMatchObject({ state: outcome, rotationPeriodInDays: 365 });
  expect(key.tags.get("s3-operator.io/name")).toBe(name);
  const bucket = account.buckets.get(world.bucketName(name));
  if (outcome === "Enabled") expect(JSON.stringify(bucket?.encryption)).toContain(key.arn);
  else expect(bucket).toBeUndefined();
}

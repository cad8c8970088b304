import { beforeAll, describe, expect, test, vi } from "vitest";
import type { BucketAccess, BucketAccessSpec } from "../../../operator/api/types.ts";
import type { Account } from "../../aws/index.ts";
import { isReady } from "../support/expect/states.ts";
import { pointsOf, trapAccounts } from "../support/faults/trap.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { spawnOperator } from "../support/process/operator.ts";
import { accessesOf, CLUSTER, expectAccessInvariants, policyNameFor, type Accesses } from "../support/world/access.ts";
import { createWorld, type World } from "../support/world/world.ts";

/*
 * Three BucketAccesses of one ServiceAccount, applied, changed and deleted in each order. The operator's process is
 * killed at one of its calls to IAM and EKS, another one for each ServiceAccount, and a new process finishes the work.
 */
vi.setConfig({ testTimeout: 240_000 });

const SERVICES = ["iam", "eks"];
const OVER_MS = 120_000;
const OPERATOR_ROLE = "operator";
const ORDERS = ["abc", "acb", "bac", "bca", "cab", "cba"].map((order) => order.split(""));

let bundle: string;
beforeAll(async () => {
  bundle = await ensureBundle();
});

/** A ServiceAccount with an account of its own, which identifies its calls. */
interface Subject {
  world: World;
  accesses: Accesses;
  account: Account;
  name: string;
  order: readonly string[];
}

interface Phase {
  prepare(subject: Subject): Promise<unknown>;
  /** Resolves when all is asked for. */
  begin(subject: Subject): Promise<unknown>;
  over(subject: Subject): Promise<unknown>;
  prefix: string | undefined;
}

const PHASES: Record<string, Phase> = {
  applied: { prepare: () => Promise.resolve(), begin: (it) => each(it, apply), over: allReady, prefix: "raw" },
  changed: { prepare: created, begin: (it) => each(it, change), over: allChanged, prefix: "next" },
  deleted: { prepare: created, begin: (it) => each(it, remove), over: allGone, prefix: undefined },
};

describe.each(Object.entries(PHASES))("three BucketAccesses of one ServiceAccount, %s", (_, phase) => {
  test("are finished by a new process, whatever call the first one was killed at", async () => {
    await using world = await createWorld();
    using accesses = await accessesOf(world);
    await using first = spawnOperator(world, bundle, ["--concurrency=100"]);
    const reference = await subjectOf(world, accesses, 0);
    const calls = () =>
      world.simulator.calls.all.filter(
        ({ account, service }) => account === reference.account.id && SERVICES.includes(service),
      );
    await phase.prepare(reference);
    const before = calls().length;
    await phase.begin(reference);
    await phase.over(reference);
    const made = calls().slice(before);
    const points = pointsOf(made.length).filter(({ number, moment }) => moment === "before" || made[number - 1]?.write);
    const stops = await Promise.all(
      points.map(async (point, index) => ({ point, it: await subjectOf(world, accesses, index + 1) })),
    );
    await Promise.all(stops.map(({ it }) => phase.prepare(it)));

    const trap = trapAccounts(world.simulator, new Map(stops.map(({ point, it }) => [it.account.id, point])), SERVICES);
    await Promise.all(stops.map(({ it }) => phase.begin(it)));
    // Reconciles of the three overlap, so that another order of them may need fewer calls.
    await Promise.race([trap.full, new Promise((resolve) => setTimeout(resolve, 15_000))]);
    await first.kill();
    trap.release("drop");

    await using _second = spawnOperator(world, bundle, ["--concurrency=100"]);
    for (const { it } of stops) await phase.over(it);
    for (const it of [reference, ...stops.map((stop) => stop.it)]) await expectEnd(it, phase.prefix);
    await expectAccessInvariants(world, accesses);
  });
});

async function subjectOf(world: World, accesses: Accesses, number: number): Promise<Subject> {
  const account = world.simulator.account(String(300_000_000_000 + number));
  const { arn: roleArn } = account.addRole(OPERATOR_ROLE, { trustedAccounts: [world.account.id] });
  account.addCluster(CLUSTER, { region: "eu-central-1" });
  const accountName = `${world.name}-${number}`;
  const workloadIdentity = { type: "PodIdentity", clusterName: CLUSTER } as const;
  await world.applyAccount({ accountId: account.id, assumeRole: { roleArn }, workloadIdentity }, accountName);
  const name = `sa-${number}`;
  await world.applyBucket(name, { accountRef: { name: accountName }, bucketName: world.bucketName(name) });
  await world.statuses.when(name, isReady, OVER_MS);
  return { world, accesses, account, name, order: ORDERS[number % ORDERS.length] ?? [] };
}

const keyOf = ({ name }: Subject, letter: string) => `${name}-${letter}`;

function grants(prefix: string, letter: string): BucketAccessSpec["grants"] {
  return [{ prefix: `${prefix}/${letter}/`, permissions: ["Read"] }];
}

async function each(subject: Subject, act: (subject: Subject, letter: string) => Promise<unknown>): Promise<void> {
  for (const letter of subject.order) await act(subject, letter);
}

function apply(subject: Subject, letter: string): Promise<BucketAccess> {
  const { accesses, name } = subject;
  const spec = { bucketRef: { name }, serviceAccountRefs: [{ name }], grants: grants("raw", letter) };
  return accesses.apply(keyOf(subject, letter), spec);
}

function change(subject: Subject, letter: string): Promise<BucketAccess> {
  return subject.accesses.edit(keyOf(subject, letter), { grants: grants("next", letter) });
}

function remove(subject: Subject, letter: string): Promise<void> {
  return subject.accesses.delete(keyOf(subject, letter));
}

async function created(subject: Subject): Promise<void> {
  await each(subject, apply);
  await allReady(subject);
}

function allReady(subject: Subject): Promise<void> {
  return each(subject, (it, letter) => it.accesses.statuses.when(keyOf(it, letter), isReady, OVER_MS));
}

function allChanged(subject: Subject): Promise<void> {
  const isOver = (access: BucketAccess) => access.metadata.generation === 2 && isReady(access);
  return each(subject, (it, letter) => it.accesses.statuses.when(keyOf(it, letter), isOver, OVER_MS));
}

function allGone(subject: Subject): Promise<void> {
  return each(subject, (it, letter) => it.accesses.statuses.whenGone(keyOf(it, letter), OVER_MS));
}

/** The same end, whatever happened before. */
async function expectEnd(subject: Subject, prefix: string | undefined): Promise<void> {
  const { world, account, name } = subject;
  const roles = [...account.roles.values()].filter((role) => role.name !== OPERATOR_ROLE);
  const associations = [...account.clusters.values()].flatMap((cluster) => [
    ...cluster.podIdentityAssociations.values(),
  ]);
  if (prefix === undefined) return expect([roles, associations]).toEqual([[], []]);
  const [role] = roles;
  expect(roles, name).toHaveLength(1);
  expect(associations, name).toMatchObject([{ serviceAccount: name, roleArn: role?.arn }]);
  const policies = subject.order.map((letter) => {
    const access = { metadata: { namespace: world.name, name: keyOf(subject, letter) } } as BucketAccess;
    return [policyNameFor(access), expect.stringContaining(`/${prefix}/${letter}/*`) as string];
  });
  expect(Object.fromEntries(role?.inlinePolicies ?? []), name).toEqual(Object.fromEntries(policies));
}

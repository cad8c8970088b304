import { beforeAll, describe, expect, test, vi } from "vitest";
import { FINALIZER } from "../../../operator/api/names.ts";
import type { BucketAccess } from "../../../operator/api/types.ts";
import type { Account, Call, Role } from "../../aws/index.ts";
import { kstatus } from "../../conformance/kstatus.ts";
import { isReady } from "../support/expect/states.ts";
import { pointsOf, trapAccounts, type Point } from "../support/faults/trap.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { spawnOperator } from "../support/process/operator.ts";
import {
  accessesOf,
  CLUSTER,
  expectAccessInvariants,
  findConfigMap,
  inlinePolicy,
  type Accesses,
} from "../support/world/access.ts";
import { createWorld, type World } from "../support/world/world.ts";

/*
 * The operator's process is killed at each of its calls to IAM and EKS, before the call is applied and after, and a new
 * process finishes the work. Each BucketAccess has an account of its own, which identifies its calls.
 */
vi.setConfig({ maxConcurrency: 2, testTimeout: 120_000 });

const FLAGS = ["--concurrency=100"];
const SERVICES = ["iam", "eks"];
const OVER_MS = 45_000;
const OPERATOR_ROLE = "operator";

let bundle: string;
beforeAll(async () => {
  bundle = await ensureBundle();
});

interface Subject {
  world: World;
  accesses: Accesses;
  account: Account;
  /** The specs of the S3Bucket and of the BucketAccess. */
  name: string;
}

/** Resolves when the phase is over. */
type Over = () => Promise<unknown>;

interface Phase {
  prepare(subject: Subject): Promise<unknown>;
  begin(subject: Subject): Promise<Over>;
  outcome(subject: Subject): Promise<void>;
}

const PHASES: Record<string, Phase> = {
  "creating the access": {
    prepare: () => Promise.resolve(),
    begin: apply,
    outcome: (subject) => expectAccess(subject, "raw/", "app"),
  },
  "changing the access": {
    prepare: async (subject) => (await apply(subject))(),
    begin: change,
    outcome: (subject) => expectAccess(subject, "curated/", "other"),
  },
  "deleting the access": {
    prepare: async (subject) => (await apply(subject))(),
    begin: remove,
    outcome: expectNothing,
  },
};

describe.concurrent("a process killed at each call", () => {
  test.for(Object.entries(PHASES))("%s is finished by a new process", async ([, phase]) => {
    await using world = await createWorld();
    using accesses = await accessesOf(world);
    await using first = spawnOperator(world, bundle, FLAGS);
    const tooEarly = watchWrites(world, accesses);
    const reference = await subjectOf(world, accesses, 0);
    const points = pointsOfEffect(await measure(phase, reference));
    const stops = await Promise.all(
      points.map(async (point, index) => ({ point, it: await subjectOf(world, accesses, index + 1) })),
    );
    await Promise.all(stops.map(({ it }) => phase.prepare(it)));

    const pointOf = new Map(stops.map(({ point, it }) => [it.account.id, point]));
    const trap = trapAccounts(world.simulator, pointOf, SERVICES);
    const ends = await Promise.all(stops.map(({ it }) => phase.begin(it)));
    await trap.full;
    await first.kill();
    trap.release("drop");

    await using _second = spawnOperator(world, bundle, FLAGS);
    await Promise.all(ends.map((over) => over()));
    for (const it of [reference, ...stops.map(({ it }) => it)]) await phase.outcome(it);
    expect(tooEarly).toEqual([]);
    await expectAccessInvariants(world, accesses);
  });
});

/** A BucketAccess with an account, a cluster and a bucket of its own. */
async function subjectOf(world: World, accesses: Accesses, number: number): Promise<Subject> {
  const account = world.simulator.account(String(300_000_000_000 + number));
  const { arn: roleArn } = account.addRole(OPERATOR_ROLE, { trustedAccounts: [world.account.id] });
  account.addCluster(CLUSTER, { region: "eu-central-1" });
  const accountName = `${world.name}-${number}`;
  const workloadIdentity = { type: "PodIdentity", clusterName: CLUSTER } as const;
  await world.applyAccount({ accountId: account.id, assumeRole: { roleArn }, workloadIdentity }, accountName);
  const name = `call-${number}`;
  await world.applyBucket(name, { accountRef: { name: accountName }, bucketName: world.bucketName(name) });
  await world.statuses.when(name, isReady, OVER_MS);
  return { world, accesses, account, name };
}

/** A ServiceAccount can have one association per cluster: the clusters differ, in different accounts. */
async function apply({ accesses, name }: Subject): Promise<Over> {
  const { metadata } = await accesses.apply(name, { bucketRef: { name } });
  return () => readyAt(accesses, name, metadata.generation);
}

async function change({ accesses, name }: Subject): Promise<Over> {
  const { metadata } = await accesses.edit(name, {
    grants: [{ prefix: "curated/", permissions: ["Read"] }],
    serviceAccountRefs: [{ name: "other" }],
    configMap: { name: `${name}-other` },
  });
  return () => readyAt(accesses, name, metadata.generation);
}

async function remove({ accesses, name }: Subject): Promise<Over> {
  await accesses.delete(name);
  return () => accesses.statuses.whenGone(name, OVER_MS);
}

function readyAt({ statuses }: Accesses, name: string, generation: number | undefined): Promise<unknown> {
  const isOver = (access: BucketAccess) => access.metadata.generation === generation && isReady(access);
  return statuses.when(name, isOver, OVER_MS);
}

/** The calls of the phase without a fault. */
async function measure(phase: Phase, subject: Subject): Promise<Call[]> {
  const { world, account } = subject;
  const calls = () =>
    world.simulator.calls.all.filter((call) => call.account === account.id && SERVICES.includes(call.service));
  await phase.prepare(subject);
  const before = calls().length;
  const over = await phase.begin(subject);
  await over();
  return calls().slice(before);
}

/** The points after reads are left out: AWS does not change when a read is not answered. */
function pointsOfEffect(calls: readonly Call[]): Point[] {
  return pointsOf(calls.length).filter(({ number, moment }) => moment === "before" || calls[number - 1]?.write);
}

function rolesOf({ account }: Pick<Subject, "account">): Role[] {
  return [...account.roles.values()].filter(({ name }) => name !== OPERATOR_ROLE);
}

async function expectAccess(subject: Subject, prefix: string, serviceAccount: string): Promise<void> {
  const { world, account, name } = subject;
  const [role, ...others] = rolesOf(subject);
  expect(others, `${name} has one role`).toEqual([]);
  expect(role?.tags.get("s3-operator.io/name")).toBe(name);
  expect([...(role?.inlinePolicies.keys() ?? [])]).toEqual(["s3-operator"]);
  expect(JSON.stringify(role && inlinePolicy(role))).toContain(`${world.bucketName(name)}/${prefix}*`);
  expect(role?.assumeRolePolicy).toContain(`"${serviceAccount}"`);
  const associations = [...account.clusters.values()].flatMap((each) => [...each.podIdentityAssociations.values()]);
  expect(associations, `${name} has one association`).toMatchObject([{ serviceAccount, roleArn: role?.arn }]);
  const [former, present] = serviceAccount === "app" ? [`${name}-other`, name] : [name, `${name}-other`];
  expect(await findConfigMap(world, world.name, former)).toBeUndefined();
  expect((await findConfigMap(world, world.name, present))?.data).toMatchObject({ BUCKET_PREFIX: prefix });
}

async function expectNothing(subject: Subject): Promise<void> {
  const { world, account, name } = subject;
  expect(rolesOf(subject)).toEqual([]);
  expect([...account.clusters.values()].flatMap((each) => [...each.podIdentityAssociations.values()])).toEqual([]);
  expect(await findConfigMap(world, world.name, name)).toBeUndefined();
}

/**
 * Collects writes that came too early: while the BucketAccess was Ready or had no finalizer. Also collects roles
 * without an owner tag.
 */
function watchWrites(world: World, accesses: Accesses): readonly string[] {
  const tooEarly: string[] = [];
  world.simulator.faults.onCall(async ({ write, service, operation, account: id }, phase) => {
    if (!write || !SERVICES.includes(service)) return;
    const name = `call-${Number(id) - 300_000_000_000}`;
    if (phase === "after") {
      const untagged = rolesOf({ account: world.simulator.account(id) }).filter(
        ({ tags }) => !tags.has("s3-operator.io/name"),
      );
      tooEarly.push(...untagged.map((role) => `${operation}: ${role.name} has no owner`));
      return;
    }
    const access = await accesses.get(name);
    if (access.metadata.finalizers?.includes(FINALIZER) !== true) tooEarly.push(`${operation} ${name}: no finalizer`);
    if (kstatus(access) === "Current") tooEarly.push(`${operation} ${name}: it is Ready`);
  });
  return tooEarly;
}

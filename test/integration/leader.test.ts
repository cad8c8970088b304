import { beforeAll, expect, test } from "vitest";
import { LEASES, type Lease } from "../../operator/kube/lease.ts";
import { ensureBundle } from "./support/bundle.ts";
import { expectInvariants, lookAgain } from "./support/invariants.ts";
import { spawnOperator } from "./support/operator.ts";
import type { NodeProcess } from "./support/process.ts";
import { isReady } from "./support/states.ts";
import { eventually } from "./support/wait.ts";
import { createWorld, type World } from "./support/world.ts";

/** A lease lasts 15 s, and is then tried for every 2 s or a little more. */
const TAKEOVER_MS = 25_000;

let bundle: string;

beforeAll(async () => {
  bundle = await ensureBundle();
});

interface Pair extends AsyncDisposable {
  leader: NodeProcess;
  follower: NodeProcess;
}

/** Two replicas, of which the first leads. */
async function twoReplicas(world: World): Promise<Pair> {
  const flags = ["--leader-elect=true", `--leader-election-namespace=${world.name}`];
  await world.applyAccount();
  const leader = spawnOperator(world, bundle, flags);
  await leads(leader);
  const follower = spawnOperator(world, bundle, flags);
  await eventually(
    () => follower.log(),
    (log) => log.some(({ msg }) => msg === "Caches synced"),
    () => follower.output(),
  );
  const dispose = async () => {
    await Promise.all([leader.kill(), follower.kill()]);
  };
  return { leader, follower, [Symbol.asyncDispose]: dispose };
}

async function leads(operator: NodeProcess, timeoutMs?: number): Promise<void> {
  await eventually(
    () => operator.log(),
    (log) => log.some(({ msg }) => msg === "Became leader"),
    () => operator.output(),
    timeoutMs,
  );
}

function identityOf(operator: NodeProcess): unknown {
  return operator.log().find(({ msg }) => msg === "Became leader")?.["identity"];
}

async function holder({ kube, name }: World): Promise<string | null | undefined> {
  const lease = await kube.get<Lease>(LEASES, { namespace: name, name: "s3-operator" });
  return lease.spec?.holderIdentity;
}

async function makeReady(world: World, name: string): Promise<void> {
  await world.applyBucket(name, { bucketName: world.bucketName(name) });
  await world.bucketWhen(name, isReady);
}

/** Lines that only a replica that reconciles writes: it asks AWS who it is before anything else. */
function hasWorked(operator: NodeProcess): boolean {
  return operator.log().some(({ msg }) => msg === "Verified the identity at AWS");
}

test.concurrent("of two replicas one works; SIGTERM frees the lease at once, and the other goes on", async () => {
  await using world = await createWorld();
  await using pair = await twoReplicas(world);
  const { leader, follower } = pair;
  await makeReady(world, "one");
  await lookAgain(world, "one");
  expect(hasWorked(leader)).toBe(true);
  expect(hasWorked(follower), "the follower has not called AWS").toBe(false);
  expect(world.simulator.calls.count("sts:GetCallerIdentity")).toBe(1);
  expect(await holder(world)).toBe(identityOf(leader));

  const start = performance.now();
  leader.child.kill("SIGTERM");
  expect(await leader.exited).toEqual({ code: 0, signal: null });
  expect(leader.log().map(({ msg }) => msg)).toContain("Lease released");
  await leads(follower);
  expect(performance.now() - start, "long before the lease would have ended").toBeLessThan(8_000);
  await makeReady(world, "two");
  expect(world.simulator.calls.count("s3:CreateBucket")).toBe(2);
  expect(await holder(world)).toBe(identityOf(follower));
  await expectInvariants(world);
});

test.concurrent(
  "kill -9 of the leader: the other takes over when the lease ends, and finishes the work",
  async () => {
    await using world = await createWorld();
    await using pair = await twoReplicas(world);
    const { leader, follower } = pair;
    await makeReady(world, "one");
    // In the middle of a creation.
    world.simulator.faults.onCall(async ({ operation }, phase) => {
      if (operation === "CreateBucket" && phase === "after" && leader.child.exitCode === null) await leader.kill();
    });
    await world.applyBucket("two", { bucketName: world.bucketName("two") });
    expect(await leader.exited).toEqual({ code: null, signal: "SIGKILL" });
    expect(hasWorked(follower), "the lease still holds").toBe(false);
    await leads(follower, TAKEOVER_MS);
    await world.bucketWhen("two", isReady);
    expect(world.simulator.calls.count("s3:CreateBucket")).toBe(2);
    await expectInvariants(world);
  },
  90_000,
);

test.concurrent(
  "a leader that was stopped beyond its lease: the other takes over, and the first, awake again, ends",
  async () => {
    await using world = await createWorld();
    await using pair = await twoReplicas(world);
    const { leader, follower } = pair;
    await makeReady(world, "one");
    leader.child.kill("SIGSTOP");
    await leads(follower, TAKEOVER_MS);
    await makeReady(world, "two");
    const calls = world.simulator.calls.all.length;
    leader.child.kill("SIGCONT");
    expect(await leader.exited, leader.output()).toEqual({ code: 1, signal: null });
    expect(leader.log().map(({ msg }) => msg)).toContain("Lease lost");
    expect(world.simulator.calls.all.length, "it has done nothing more at AWS").toBe(calls);
    expect(await holder(world)).toBe(identityOf(follower));
    await makeReady(world, "three");
    await expectInvariants(world);
  },
  90_000,
);

import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { LEASES, type Lease } from "../../../operator/kube/lease.ts";
import { expectInvariants, reconcileAgain } from "../support/expect/invariants.ts";
import { isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { spawnOperator } from "../support/process/operator.ts";
import type { NodeProcess } from "../support/process/process.ts";
import { serverOf, startProxy, writeProxiedKubeconfig } from "../support/process/proxy.ts";
import { createWorld, type World } from "../support/world/world.ts";

/** A lease lasts 15 s; after that a replica tries to get it every 2 s or a little more. And a busy machine. */
const TAKEOVER_MS = 40_000;
/** A lease of 4 s, a try each 0.5 s or a little more, and a busy machine. Less than a lease of 15 s. */
const SHORT_TAKEOVER_MS = 12_000;

/** The IAM user of the second replica, which separates its calls from the leader's. */
const FOLLOWER = "follower";

let bundle: string;

beforeAll(async () => {
  bundle = await ensureBundle();
});

interface Pair extends AsyncDisposable {
  leader: NodeProcess;
  follower: NodeProcess;
}

/** Starts two replicas, each with an IAM user of its own; the first one leads. */
async function twoReplicas(world: World, more: readonly string[] = []): Promise<Pair> {
  const { credentials } = world.account.addUser(FOLLOWER);
  const flags = ["--leader-elect=true", `--leader-election-namespace=${world.name}`, ...more];
  await world.applyAccount();
  const leader = spawnOperator(world, bundle, flags);
  await leads(leader);
  const follower = spawnOperator(world, bundle, flags, {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
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

/** Whether the replica has reconciled: the first call is that for its identity at AWS. */
function hasWorked(operator: NodeProcess): boolean {
  return operator.log().some(({ msg }) => msg === "Verified the identity at AWS");
}

test.concurrent("of two replicas one works; SIGTERM releases the lease at once, and the other continues", async () => {
  await using world = await createWorld();
  await using pair = await twoReplicas(world);
  const { leader, follower } = pair;
  await makeReady(world, "one");
  await reconcileAgain(world, "one");
  expect(hasWorked(leader)).toBe(true);
  expect(hasWorked(follower), "the follower has not called AWS").toBe(false);
  // At the start, and when the first S3Bucket uses the AWSAccount, which may be one reconcile.
  expect([1, 2]).toContain(world.simulator.calls.count("sts:GetCallerIdentity"));
  expect(await holder(world)).toBe(identityOf(leader));

  const start = performance.now();
  leader.child.kill("SIGTERM");
  expect(await leader.exited).toEqual({ code: 0, signal: null });
  expect(leader.log().map(({ msg }) => msg)).toContain("Lease released");
  await leads(follower);
  expect(performance.now() - start, "long before the lease ends").toBeLessThan(8_000);
  await makeReady(world, "two");
  expect(world.simulator.calls.count("s3:CreateBucket")).toBe(2);
  expect(await holder(world)).toBe(identityOf(follower));
  await expectInvariants(world);
});

test.concurrent(
  "after kill -9 of the leader the other replica takes over when the lease ends, and finishes the work",
  async () => {
    await using world = await createWorld();
    await using pair = await twoReplicas(world);
    const { leader, follower } = pair;
    await makeReady(world, "one");
    // During a creation.
    world.simulator.faults.onCall(async ({ operation }, phase) => {
      if (operation === "CreateBucket" && phase === "after" && leader.child.exitCode === null) await leader.kill();
    });
    await world.applyBucket("two", { bucketName: world.bucketName("two") });
    expect(await leader.exited).toEqual({ code: null, signal: "SIGKILL" });
    expect(hasWorked(follower), "the lease is still valid").toBe(false);
    await leads(follower, TAKEOVER_MS);
    await world.bucketWhen("two", isReady);
    expect(world.simulator.calls.count("s3:CreateBucket")).toBe(2);
    await expectInvariants(world);
  },
  90_000,
);

test.concurrent("with a shorter lease, the other replica takes over sooner", async () => {
  await using world = await createWorld();
  const times = ["lease-duration=4s", "renew-deadline=3s", "retry-period=500ms"].map(
    (time) => `--leader-elect-${time}`,
  );
  await using pair = await twoReplicas(world, times);
  const lease = await world.kube.get<Lease>(LEASES, { namespace: world.name, name: "s3-operator" });
  expect(lease.spec?.leaseDurationSeconds).toBe(4);
  await pair.leader.kill();
  await leads(pair.follower, SHORT_TAKEOVER_MS);
});

test.concurrent(
  "after a leader is stopped for longer than its lease, the other replica takes over, and the first one exits when it resumes",
  async () => {
    await using world = await createWorld();
    await using pair = await twoReplicas(world);
    const { leader, follower } = pair;
    await makeReady(world, "one");
    world.simulator.latencyMs = 1_000;
    const names = Array.from({ length: 10 }, (_, index) => `begun-${index}`);
    await Promise.all(names.map((name) => world.applyBucket(name, { bucketName: world.bucketName(name) })));
    await eventually(
      () => world.simulator.calls.count("s3:CreateBucket"),
      (count) => count > 5,
    );
    leader.child.kill("SIGSTOP");
    await leads(follower, TAKEOVER_MS);
    world.simulator.latencyMs = 0;
    for (const name of names) await world.bucketWhen(name, isReady);
    await makeReady(world, "two");
    const callsOfLeader = () =>
      world.simulator.calls.all.filter(({ caller }) => !caller.endsWith(`/${FOLLOWER}`)).length;
    const calls = callsOfLeader();
    leader.child.kill("SIGCONT");
    expect(await leader.exited, leader.output()).toEqual({ code: 1, signal: null });
    expect(leader.log().map(({ msg }) => msg)).toContain("Lease lost");
    expect(callsOfLeader(), "it has made no more calls to AWS").toBe(calls);
    expect(await holder(world)).toBe(identityOf(follower));
    await makeReady(world, "three");
    await expectInvariants(world);
  },
  90_000,
);

test.concurrent(
  "a leader that loses the API server during slow calls to AWS exits before the other replica starts, whatever connections are open to it",
  async () => {
    await using world = await createWorld();
    const folder = await mkdtemp(join(tmpdir(), "s3-operator-leader-"));
    await using proxy = await startProxy(await serverOf(world.kubeconfigPath));
    const kubeconfigPath = join(folder, "kubeconfig");
    await writeProxiedKubeconfig(world.kubeconfigPath, proxy, kubeconfigPath);
    const flags = ["--leader-elect=true", `--leader-election-namespace=${world.name}`];
    const served = ["--metrics-address=127.0.0.1:0", "--health-address=127.0.0.1:0"];
    await world.applyAccount();
    await using leader = spawnOperator({ ...world, kubeconfigPath }, bundle, [...flags, ...served]);
    await leads(leader);
    const idle = await connectedTo(leader);
    await using follower = spawnOperator(world, bundle, flags);
    await eventually(
      () => follower.log(),
      (log) => log.some(({ msg }) => msg === "Caches synced"),
    );

    world.simulator.latencyMs = 6_000;
    const writesOf = () => world.simulator.calls.all.filter(({ write }) => write);
    for (const name of ["one", "two", "three"]) {
      await world.applyBucket(name, { bucketName: world.bucketName(name), versioning: "Enabled" });
    }
    await eventually(writesOf, (calls) => calls.length >= 3, undefined, 30_000);
    proxy.stall();
    expect(await leader.exited, leader.output()).toEqual({ code: 1, signal: null });
    const endedAt = Date.now();
    const lostAt = Date.parse(leader.log().find(({ msg }) => msg === "Lease lost")?.ts ?? "");
    expect(endedAt - lostAt, "it exits without a delay").toBeLessThan(2_000);
    expect(writesOf().filter(({ time }) => time > lostAt)).toEqual([]);
    await leads(follower, TAKEOVER_MS);
    expect(Date.parse(follower.log().find(({ msg }) => msg === "Became leader")?.ts ?? "")).toBeGreaterThan(lostAt);
    world.simulator.latencyMs = 0;
    for (const name of ["one", "two", "three"]) await world.bucketWhen(name, isReady);
    expect(idle.map((socket) => socket.readyState)).toEqual(["closed", "closed"]);
    await expectInvariants(world);
    await rm(folder, { recursive: true });
  },
  120_000,
);

/** Opens connections to its metrics and health ports, and sends nothing. */
async function connectedTo(operator: NodeProcess): Promise<Socket[]> {
  const ports = operator.log().find(({ msg }) => msg === "Listening")?.["ports"] as Record<string, number>;
  const sockets = [ports["/metrics"], ports["/healthz"]].map((port) => connect(port ?? 0, "127.0.0.1"));
  for (const socket of sockets) {
    socket.on("error", () => socket.destroy());
    // After a minute the server answers 408, and unread data would hide the end of the connection.
    socket.resume();
  }
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  return sockets;
}

test.concurrent("SIGTERM does not wait for idle connections", async () => {
  await using world = await createWorld();
  const served = ["--metrics-address=127.0.0.1:0", "--health-address=127.0.0.1:0"];
  await using operator = spawnOperator(world, bundle, served);
  await eventually(
    () => operator.log(),
    (log) => log.some(({ msg }) => msg === "Caches synced"),
  );
  await connectedTo(operator);
  const start = performance.now();
  operator.child.kill("SIGTERM");
  expect(await operator.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - start).toBeLessThan(8_000);
});

import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AWS_ACCOUNTS, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { AWSAccount, S3Bucket } from "../../../operator/api/types.ts";
import { eventWhen } from "../support/expect/events.ts";
import { expectInvariants } from "../support/expect/invariants.ts";
import { condition, isReady, isReconciling } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { awsEnvironment, spawnOperator } from "../support/process/operator.ts";
import { startNode, type NodeProcess } from "../support/process/process.ts";
import { serverOf, startProxy, writeProxiedKubeconfig } from "../support/process/proxy.ts";
import { readyBucket, tagsAt } from "../support/world/buckets.ts";
import { createWorld } from "../support/world/world.ts";

/** A folder with only the bundle. */
let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "s3-operator-process-"));
  bundle = join(folder, "operator.mjs");
  await copyFile(await ensureBundle(), bundle);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Milliseconds from the signal to the exit, which must be orderly. */
async function terminate(operator: NodeProcess): Promise<number> {
  const start = performance.now();
  operator.child.kill("SIGTERM");
  const exit = await operator.exited;
  expect(exit, operator.output()).toEqual({ code: 0, signal: null });
  return performance.now() - start;
}

test.concurrent(
  "the bundle alone in an empty folder, configured by the environment, makes a bucket Ready in any namespace",
  async () => {
    await using world = await createWorld();
    const environment = {
      ...awsEnvironment(world),
      S3_OPERATOR_WATCH_SELECTOR: world.selector,
      S3_OPERATOR_CLUSTER_NAME: "from-environment",
      S3_OPERATOR_LEADER_ELECTION_NAMESPACE: world.name,
      S3_OPERATOR_HEALTH_ADDRESS: "0",
      S3_OPERATOR_METRICS_ADDRESS: "0",
      S3_OPERATOR_S3_FORCE_PATH_STYLE: "true",
    };
    const options = { environment, cwd: folder };
    await using operator = startNode("operator.mjs", ["--kubeconfig", world.kubeconfigPath], options);
    await readyBucket(world, "docs");
    expect(tagsAt(world, world.bucketName("docs"))).toMatchObject({ "s3-operator.io/cluster": "from-environment" });
    await expectInvariants(world);
    await terminate(operator);
    expect(await readdir(folder), "it writes no file").toEqual(["operator.mjs"]);
  },
);

test.concurrent("SIGTERM under load lets running reconciles finish, and the next start does the rest", async () => {
  await using world = await createWorld();
  const { simulator } = world;
  simulator.latencyMs = 50;
  await world.applyAccount();
  const names = Array.from({ length: 25 }, (_, index) => `load-${index}`);
  await Promise.all(names.map((name) => world.applyBucket(name, { bucketName: world.bucketName(name) })));
  await using first = spawnOperator(world, bundle, ["--concurrency=5", "--shutdown-timeout=20s"]);
  await eventually(
    () => simulator.calls.count("s3:CreateBucket"),
    (count) => count >= 8,
    () => first.output(),
  );
  expect(await terminate(first)).toBeLessThan(20_000);
  expect(simulator.calls.all.filter(({ endedAt }) => endedAt === undefined)).toEqual([]);
  const { items } = await world.kube.list<S3Bucket>(S3_BUCKETS, { namespace: world.name });
  const ready = items.filter(isReady).map(({ metadata }) => world.bucketName(metadata.name));
  expect(ready.length, "the signal came before all were ready").toBeLessThan(names.length);
  expect([...world.account.buckets.keys()].toSorted(), "no bucket is incomplete").toEqual(ready.toSorted());

  await using _second = spawnOperator(world, bundle);
  await Promise.all(names.map((name) => world.bucketWhen(name, isReady)));
  expect(simulator.calls.count("s3:CreateBucket"), "each is created once").toBe(names.length);
  await expectInvariants(world);
});

test.concurrent(
  "SIGTERM while AWS hangs ends the process after the shutdown timeout, and the next start finishes",
  async () => {
    await using world = await createWorld();
    const { simulator } = world;
    await world.applyAccount();
    simulator.faults.hang({ operation: "CreateBucket" });
    await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
    await using first = spawnOperator(world, bundle, ["--shutdown-timeout=1s"]);
    await eventually(
      () => simulator.calls.count("s3:CreateBucket"),
      (count) => count > 0,
      () => first.output(),
    );
    const took = await terminate(first);
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThan(5_000);
    simulator.faults.clear();
    await using _second = spawnOperator(world, bundle);
    await world.bucketWhen("docs", isReady);
    await expectInvariants(world);
  },
);

test.concurrent.each(["stall", "refuse"] as const)(
  "SIGTERM while the API server is unreachable (%s) ends the process without a release of its lease",
  async (how) => {
    await using world = await createWorld();
    await using proxy = await startProxy(await serverOf(world.kubeconfigPath));
    const kubeconfig = join(folder, "..", `${world.name}.kubeconfig`);
    await writeProxiedKubeconfig(world.kubeconfigPath, proxy, kubeconfig);
    const flags = [`--kubeconfig=${kubeconfig}`, "--leader-elect=true", `--leader-election-namespace=${world.name}`];
    await using operator = spawnOperator(world, bundle, flags);
    await readyBucket(world, "docs");
    // The operator's last request: an event in progress would outlast the lease.
    await eventWhen(world, "docs", "Succeeded");
    await proxy[how]();
    const took = await terminate(operator);
    expect(took).toBeLessThan(30_000);
    expect(operator.log().map(({ msg }) => msg)).toContain("Lease could not be released");
    await rm(kubeconfig);
  },
);

test.concurrent(
  "without credentials the operator runs and reports it; after a restart with credentials it recovers",
  async () => {
    await using world = await createWorld();
    await world.applyAccount();
    await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
    const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
    await using without = spawnOperator(world, bundle, [], none);
    const account = () => world.kube.get<AWSAccount>(AWS_ACCOUNTS, { name: world.name });
    const readyOf = ({ status }: AWSAccount) => status?.conditions?.find(({ type }) => type === "Ready");
    const told = await eventually(account, (found) => readyOf(found)?.reason === "Credentials");
    expect(readyOf(told)).toMatchObject({ status: "False", message: expect.stringContaining("credentials") as string });
    const bucket = await world.bucketWhen("docs", isReconciling("Credentials"));
    expect(condition(bucket, "Ready")?.message).toContain("AWS does not accept the operator's credentials");
    expect(without.child.exitCode, "it keeps running").toBeNull();
    expect(world.simulator.calls.all).toEqual([]);
    await terminate(without);

    await using _with = spawnOperator(world, bundle);
    await world.bucketWhen("docs", isReady);
    const recovered = await eventually(account, (found) => readyOf(found)?.status === "True");
    expect(recovered.status?.callerArn).toBe(world.account.callerArn);
    await expectInvariants(world);
  },
);

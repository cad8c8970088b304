import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectInvariants, reconcileAgain } from "../support/expect/invariants.ts";
import { isReady, settingState } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { holdCalls } from "../support/faults/trap.ts";
import { watchWrites } from "../support/faults/write-watch.ts";
import { startOperator } from "../support/process/operator.ts";
import { serverOf, startProxy, writeProxiedKubeconfig, type Proxy } from "../support/process/proxy.ts";
import { atAws } from "../support/world/buckets.ts";
import { createWorld, type World } from "../support/world/world.ts";

/*
 * The connection to the API server fails: the operator keeps running, reconnects, and finishes its work. It starts no
 * work at AWS that status does not announce.
 */

interface Broken extends AsyncDisposable {
  /** The tests' own connection to the API server, which stays whole. */
  world: World;
  proxy: Proxy;
  tooEarly: readonly string[];
}

/** A world with an operator that reaches the API server only through the proxy. */
async function worldBehindProxy(): Promise<Broken> {
  const world = await createWorld();
  const folder = await mkdtemp(join(tmpdir(), "s3-operator-proxied-"));
  const proxy = await startProxy(await serverOf(world.kubeconfigPath));
  const kubeconfigPath = join(folder, "kubeconfig");
  await writeProxiedKubeconfig(world.kubeconfigPath, proxy, kubeconfigPath);
  const operator = startOperator({ ...world, kubeconfigPath });
  return {
    world,
    proxy,
    tooEarly: watchWrites(world),
    async [Symbol.asyncDispose]() {
      await operator.stop();
      await proxy[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
      await world[Symbol.asyncDispose]();
    },
  };
}

const spec = (world: World, name: string) => ({
  bucketName: world.bucketName(name),
  versioning: "Enabled" as const,
  tags: { env: "prod" },
});

async function expectDone({ world, tooEarly }: Broken): Promise<void> {
  await expectInvariants(world);
  expect(tooEarly).toEqual([]);
}

test("a bucket is created, changed and deleted while connections are cut again and again", async () => {
  await using broken = await worldBehindProxy();
  const { world, proxy } = broken;
  const creations: string[] = [];
  // After each call to AWS, the next request to Kubernetes finds a closed connection.
  world.simulator.faults.onCall(({ operation, bucket = "" }, phase) => {
    if (phase === "before" && operation === "CreateBucket") creations.push(bucket);
    if (phase === "after") proxy.cut();
  });
  await world.applyAccount();
  await world.applyBucket("docs", { ...spec(world, "docs"), deletionPolicy: "DeleteIfEmpty" });
  await world.statuses.when("docs", isReady);
  const { metadata } = await world.editSpec("docs", { versioning: "Suspended" });
  await world.statuses.when("docs", (bucket) => bucket.metadata.generation === metadata.generation && isReady(bucket));
  expect(atAws(world, world.bucketName("docs")).versioning).toBe("Suspended");
  await world.deleteBucket("docs");
  await world.statuses.whenGone("docs");
  expect(world.account.buckets.has(world.bucketName("docs"))).toBe(false);
  expect(creations).toEqual([world.bucketName("docs")]);
  await expectDone(broken);
});

test("while the API server is down, work that has begun is finished; later edits are applied when it is back", async () => {
  await using broken = await worldBehindProxy();
  const { world, proxy } = broken;
  await world.applyAccount();
  const creation = holdCalls(world.simulator, "CreateBucket");
  await world.applyBucket("begun", spec(world, "begun"));
  await creation.full;
  await proxy.refuse();
  creation.release();
  await world.applyBucket("asked", spec(world, "asked"));
  await eventually(
    () => world.account.buckets.get(world.bucketName("begun"))?.versioning,
    (versioning) => versioning === "Enabled",
  );
  const calls = world.simulator.calls.of(world.bucketName("asked"));
  expect(calls, "the operator cannot know of it").toEqual([]);
  await proxy.restore();
  await world.statuses.when("begun", isReady);
  await world.statuses.when("asked", isReady);
  const created = world.simulator.calls.all.filter(({ operation }) => operation === "CreateBucket");
  expect(created.map(({ bucket, status }) => [bucket, status])).toEqual([
    [world.bucketName("begun"), 200],
    [world.bucketName("asked"), 200],
  ]);
  await expectDone(broken);
});

test("drift found while the API server hangs is not corrected until status can be written", async () => {
  await using broken = await worldBehindProxy();
  const { world, proxy } = broken;
  await world.applyAccount();
  await world.applyBucket("docs", spec(world, "docs"));
  await world.statuses.when("docs", isReady);
  const bucket = atAws(world, world.bucketName("docs"));
  bucket.versioning = "Suspended";
  const read = holdCalls(world.simulator, "GetBucketVersioning");
  const asked = reconcileAgain(world, "docs");
  await read.full;
  proxy.stall();
  read.release();
  const calls = () => world.simulator.calls.of(bucket.name);
  await eventually(calls, (all) => all.every(({ endedAt }) => endedAt !== undefined));
  expect(calls().at(-1)?.write, "nothing is written at AWS before status announces it").toBe(false);
  await proxy.restore();
  await asked;
  const ready = await world.statuses.when(
    "docs",
    (seen) => isReady(seen) && seen.status?.drift?.lastCorrectedTime !== undefined,
  );
  expect(bucket.versioning).toBe("Enabled");
  expect(settingState(ready, "versioning")).toBe("InSync");
  await expectDone(broken);
});

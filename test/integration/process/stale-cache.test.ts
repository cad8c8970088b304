import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { CONFIRM_DELETE_CONTENTS, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { S3BucketSpec } from "../../../operator/api/types.ts";
import type { Bucket } from "../../aws/index.ts";
import { isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws } from "../support/world/buckets.ts";
import { createWorld, type World } from "../support/world/world.ts";
import { startWatchProxy, type WatchProxy } from "./watch-proxy.ts";

/*
 * The watches become silent without an error, as behind a NAT that forgets a connection, and all other calls succeed.
 * The operator's cache is then stale for minutes: it must destroy nothing, and write to no other object.
 */
vi.setConfig({ testTimeout: 120_000 });

const PAGE = 1_000;
const OBJECTS = 60 * PAGE;
/** Time for a read of the object, at most once a second, and the calls that were running by then. */
const STOPPED_WITHIN_MS = 5_000;

interface Silent extends AsyncDisposable {
  world: World;
  proxy: WatchProxy;
}

async function worldBehindProxy(): Promise<Silent> {
  const world = await createWorld();
  const folder = await mkdtemp(join(tmpdir(), "s3-operator-silent-"));
  const proxy = await startWatchProxy(world.kubeconfigPath, join(folder, "kubeconfig"));
  const operator = startOperator({ ...world, kubeconfigPath: proxy.kubeconfigPath });
  return {
    world,
    proxy,
    async [Symbol.asyncDispose]() {
      await operator.stop();
      await proxy[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
      await world[Symbol.asyncDispose]();
    },
  };
}

/** Starts the deletion of a bucket full of objects; from then on the watches are silent. */
async function beingEmptied({ world, proxy }: Silent): Promise<Bucket> {
  const bucketName = world.bucketName("precious");
  const annotations = { [CONFIRM_DELETE_CONTENTS]: bucketName };
  await world.applyAccount({ allowedDeletionPolicies: ["Retain", "DeleteWithContents"] });
  await world.applyBucket("precious", { bucketName, deletionPolicy: "DeleteWithContents" }, { annotations });
  await world.bucketWhen("precious", isReady);
  const bucket = atAws(world, bucketName);
  bucket.fillWith({ keys: OBJECTS, versionsPerKey: 1 });
  world.simulator.faults.delay(1_000, { operation: "DeleteObjects" });
  await world.deleteBucket("precious");
  await world.statuses.when("precious", ({ status }) => status?.deletion?.startedTime !== undefined);
  proxy.silence();
  return bucket;
}

const key = (world: World) => ({ namespace: world.name, name: "precious" });
const dropFinalizers = (world: World) =>
  world.kube.mergePatch(S3_BUCKETS, key(world), { metadata: { finalizers: null } });
const keeping = (world: World): S3BucketSpec => ({
  bucketName: world.bucketName("precious"),
  deletionPolicy: "Retain",
  tags: { saved: "yes" },
});
const deletions = ({ simulator }: World) =>
  simulator.calls.all.filter(({ operation }) => operation === "DeleteObjects");

/** The time of the last deletion, after some seconds without one: each takes a second, and they overlap. */
async function lastDeletion(world: World): Promise<number> {
  const last = () => deletions(world).at(-1)?.time ?? Infinity;
  return await eventually(last, (time) => time < Date.now() - 4_000, undefined, 60_000);
}

describe("emptying with silent watches", () => {
  test("emptying ends within seconds when the object is freed of its finalizers and created again, to keep the bucket", async () => {
    await using silent = await worldBehindProxy();
    const { world } = silent;
    const bucket = await beingEmptied(silent);
    await dropFinalizers(world);
    const saved = await world.applyBucket("precious", keeping(world));
    const savedAt = Date.now();
    const ready = await world.bucketWhen("precious", isReady, 60_000);
    expect(ready.metadata.uid).toBe(saved.metadata.uid);
    expect(ready.status?.deletion, "the progress belongs to the former object").toBeUndefined();
    expect(Date.now() - savedAt, "long before the silence is detected").toBeLessThan(60_000);
    expect((await lastDeletion(world)) - savedAt).toBeLessThan(STOPPED_WITHIN_MS);
    expect(bucket.objects.size).toBeGreaterThan(OBJECTS / 2);
  });

  test("emptying ends within seconds when the object is gone", async () => {
    await using silent = await worldBehindProxy();
    const { world } = silent;
    const bucket = await beingEmptied(silent);
    await dropFinalizers(world);
    const droppedAt = Date.now();
    expect((await lastDeletion(world)) - droppedAt).toBeLessThan(STOPPED_WITHIN_MS);
    expect(bucket.objects.size).toBeGreaterThan(OBJECTS / 2);
  });

  test.each([
    ["the deletionPolicy was edited", (world: World) => world.editSpec("precious", { deletionPolicy: "Retain" })],
    [
      "the confirmation was taken back",
      (world: World) => world.annotate("precious", { [CONFIRM_DELETE_CONTENTS]: null }),
    ],
  ])("when %s", async (_, save) => {
    await using silent = await worldBehindProxy();
    const { world } = silent;
    const bucket = await beingEmptied(silent);
    await save(world);
    const savedAt = Date.now();
    expect((await lastDeletion(world)) - savedAt).toBeLessThan(STOPPED_WITHIN_MS);
    expect(bucket.objects.size).toBeGreaterThan(OBJECTS / 2);
  });
});

/** 45 s, and the time of a list and of a reconcile. */
const NOTICED_WITHIN_MS = 55_000;

test("an edit is applied in time although the connections of the watches were dropped without an error", async () => {
  await using silent = await worldBehindProxy();
  const { world, proxy } = silent;
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), tags: { step: "1" } });
  await world.bucketWhen("docs", isReady);
  proxy.drop();
  await world.editSpec("docs", { tags: { step: "2" } });
  await world.bucketWhen("docs", isReady, NOTICED_WITHIN_MS);
  expect(atAws(world, world.bucketName("docs")).tags.get("step")).toBe("2");
});

test("the API server rejects a write meant for another object of the same name", async () => {
  await using world = await createWorld();
  const { metadata } = await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
  const about = { namespace: world.name, name: "docs" };
  const patch = (identity: object, subresource?: "status") => {
    const body = { metadata: { ...identity, finalizers: ["example.org/f"] }, status: { observedGeneration: 7 } };
    return world.kube.mergePatch(S3_BUCKETS, about, body, subresource && { subresource });
  };
  const former = { resourceVersion: String(Number(metadata.resourceVersion) - 1) };
  await expect(patch(former, "status")).rejects.toMatchObject({ status: 409, reason: "Conflict" });
  await expect(patch(former)).rejects.toMatchObject({ status: 409, reason: "Conflict" });
  const uid = "00000000-0000-4000-8000-000000000000";
  await expect(patch({ uid })).rejects.toMatchObject({ status: 422, reason: "Invalid" });
  // This is why a status is written with its version.
  await expect(patch({ uid }, "status")).resolves.toMatchObject({ metadata: { uid: metadata.uid } });
});

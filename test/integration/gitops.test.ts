/** What GitOps tools do to an S3Bucket besides waiting for it: compare, prune, and act on a click. */
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { PAUSED, RECONCILE_REQUESTED_AT, S3_BUCKETS } from "../../operator/api/names.ts";
import type { S3BucketSpec } from "../../operator/api/types.ts";
import { scriptsFor } from "../conformance/argocd.ts";
import { argoAct } from "../tools/judges.ts";
import { readyBucket } from "./support/buckets.ts";
import { expectHealth } from "./support/health.ts";
import { expectInvariants, lookAgain } from "./support/invariants.ts";
import { kubectl } from "./support/kubectl.ts";
import { exampleBuckets, manifestFile, manifestOf } from "./support/manifests.ts";
import { startOperator } from "./support/operator.ts";
import { fullSpec } from "./support/specs.ts";
import { condition, isReady } from "./support/states.ts";
import { createWorld, type World } from "./support/world.ts";

/** A manifest may leave out what the server adds, and a list is one value: so Argo CD's three-way diff compares. */
function isIn(live: unknown, manifest: unknown): boolean {
  if (!isMap(live) || !isMap(manifest)) return isDeepStrictEqual(live, manifest);
  return Object.entries(manifest).every(([key, value]) => isIn(live[key], value));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Runs kubectl, which must succeed. */
async function succeed(world: World, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await kubectl(world, ...args);
  expect(stderr + stdout, `kubectl ${args.join(" ")}`).not.toMatch(/error/i);
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

const buckets: [string, (world: World) => Promise<S3BucketSpec>][] = [
  ["the eight common settings", async (world) => fullSpec("", await world.createKey())],
  ...exampleBuckets().map(({ metadata, spec }): [string, () => Promise<S3BucketSpec>] => [
    `the example's ${metadata.name}`,
    async () => spec,
  ]),
];

describe.each([
  { how: "server-side apply", flags: ["--server-side", "--field-manager=argocd-controller"] },
  { how: "client-side apply", flags: [] },
])("once settled, there is no difference to what was applied by $how", ({ flags }) => {
  test.each(buckets)("%s", async (_, specOf) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    await world.applyAccount();
    const manifest = manifestOf(world, "docs", await specOf(world));
    await using file = await manifestFile(manifest);
    await succeed(world, "apply", ...flags, "-f", file.path);
    await world.bucketWhen("docs", isReady);
    await lookAgain(world, "docs");

    const live = await world.bucket("docs");
    expect(isIn(live, manifest), JSON.stringify(live.spec)).toBe(true);
    expect(live.spec, "nothing is added to the spec either").toEqual(manifest.spec);
    expect(await succeed(world, "diff", ...flags, "-f", file.path)).toBe("");
    await expectInvariants(world);
  });
});

test("pruned in the foreground, as Argo CD does, it goes once its bucket is released", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs");
  // The garbage collector looks for new kinds every 30 seconds.
  await succeed(world, "delete", "s3bucket/docs", "--cascade=foreground", "--timeout=50s");
  await world.gone("docs");
  expect(world.account.buckets.has(world.bucketName("docs")), "deletionPolicy is Retain").toBe(true);
});

test("Argo CD's actions: reconcile, pause, resume", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs");
  const { actions } = scriptsFor("S3Bucket");
  const act = async (action: string) => {
    const changed = await argoAct(await world.bucket("docs"), actions.get(action) ?? "");
    await world.kube.mergePatch(S3_BUCKETS, { namespace: world.name, name: "docs" }, changed);
    return world.bucket("docs");
  };

  const { metadata } = await act("reconcile");
  const request = metadata.annotations?.[RECONCILE_REQUESTED_AT];
  await world.bucketWhen("docs", ({ status }) => request !== undefined && status?.reconcileRequestedAt === request);
  await act("pause");
  const paused = await world.bucketWhen("docs", (bucket) => condition(bucket, "Paused")?.status === "True");
  await expectHealth(world, paused, { kstatus: "Current", ready: true, argocd: "Suspended" });
  await act("resume");
  const resumed = await world.bucketWhen("docs", (bucket) => condition(bucket, "Paused") === undefined);
  expect(resumed.metadata.annotations?.[PAUSED]).toBe("false");
  await expectHealth(world, resumed, { kstatus: "Current", ready: true, argocd: "Healthy" });
  await expectInvariants(world);
});

test("argocd-cm.yaml adds its keys to an Argo CD's configuration, and leaves the rest", async () => {
  await using world = await createWorld();
  await succeed(world, "create", "namespace", "argocd");
  const inArgo = ["--namespace=argocd"];
  await succeed(world, ...inArgo, "create", "configmap", "argocd-cm", "--from-literal=url=https://argocd.example.com");
  await succeed(world, ...inArgo, "apply", "--server-side", "-f", "argocd/argocd-cm.yaml");
  const keys = await succeed(world, ...inArgo, "get", "configmap/argocd-cm", "-o", "jsonpath={.data}");
  expect(JSON.parse(keys)).toMatchObject({
    url: "https://argocd.example.com",
    "resource.customizations.health.s3-operator.io_S3Bucket": scriptsFor("S3Bucket").health,
  });
});

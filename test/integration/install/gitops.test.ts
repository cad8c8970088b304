/** What GitOps tools do to S3Buckets and BucketAccesses besides waiting for them: compare, prune, and run actions. */
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { BUCKET_ACCESSES, PAUSED, RECONCILE_REQUESTED_AT, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { KubeObject, Resource } from "../../../operator/kube/object.ts";
import { scriptsFor } from "../../conformance/argocd.ts";
import { argoAct } from "../../tools/judges.ts";
import { expectHealth } from "../support/expect/health.ts";
import { expectInvariants, reconcileAgain } from "../support/expect/invariants.ts";
import { condition, isReady } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessesOf,
  createServiceAccount,
  expectAccessInvariants,
  findConfigMap,
  SERVICE_ACCOUNTS,
  worldWithBucket,
} from "../support/world/access.ts";
import { readyBucket } from "../support/world/buckets.ts";
import {
  accountOf,
  applyAsItStands,
  exampleFolders,
  fileArguments,
  manifestsOf,
  prepareAws,
  showToOperator,
  worldOfExamples,
} from "../support/world/examples.ts";
import { kubectl } from "../support/world/kubectl.ts";
import { fullSpec } from "../support/world/specs.ts";
import { createWorld, type World } from "../support/world/world.ts";
import { manifestFile, manifestOf } from "./manifests.ts";

/** Compares as Argo CD's three-way diff does: a manifest may omit what the server adds, and a list is one value. */
function isIn(live: unknown, manifest: unknown): boolean {
  if (!isMap(live) || !isMap(manifest)) return isDeepStrictEqual(live, manifest);
  return Object.entries(manifest).every(([key, value]) => isIn(live[key], value));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Runs a kubectl command that must succeed. */
async function succeed(world: World, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await kubectl(world, ...args);
  expect(stderr + stdout, `kubectl ${args.join(" ")}`).not.toMatch(/error/i);
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

/** Kinds of the examples. */
const RESOURCES: readonly Resource[] = [S3_BUCKETS, BUCKET_ACCESSES, SERVICE_ACCOUNTS];

/** Asserts that neither Argo CD nor a user who reads the object finds a difference. */
async function expectAsApplied({ kube, name: namespace }: World, manifest: KubeObject): Promise<void> {
  const resource = RESOURCES.find(({ kind }) => kind === manifest.kind);
  if (resource === undefined) throw new Error(`${manifest.kind} is in no example`);
  const live = await kube.get<KubeObject & { spec?: unknown }>(resource, { namespace, name: manifest.metadata.name });
  expect(isIn(live, manifest), JSON.stringify(live)).toBe(true);
  expect(live.spec, "nothing is added to the spec").toEqual((manifest as typeof live).spec);
}

describe.each([
  { how: "server-side apply", flags: ["--server-side", "--field-manager=argocd-controller"] },
  { how: "client-side apply", flags: [] },
])("a ready object is the same as the one applied by $how", ({ flags }) => {
  test("the eight common settings show no difference", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    await world.applyAccount();
    const manifest = manifestOf(world, "docs", fullSpec("", await world.createKey()));
    await using file = await manifestFile(manifest);
    await succeed(world, "apply", ...flags, "-f", file.path);
    await world.bucketWhen("docs", isReady);
    await reconcileAgain(world, "docs");
    await expectAsApplied(world, manifest);
    expect(await succeed(world, "diff", ...flags, "-f", file.path)).toBe("");
    await expectInvariants(world);
  });

  test.each(exampleFolders)("examples/%s shows no difference", async (folder) => {
    await using world = await worldOfExamples(accountOf(folder));
    prepareAws(world, folder);
    using accesses = await accessesOf(world);
    await using _operator = startOperator(world);
    const files = manifestsOf(folder);
    const objects = await applyAsItStands(world, files, flags);
    const ours = await showToOperator(world, objects);
    await succeed(world, "wait", ...ours, "--for=condition=Ready", "--timeout=50s");
    await expectInvariants(world);
    await expectAccessInvariants(world, accesses);
    for (const object of objects) await expectAsApplied(world, object);
    expect(await succeed(world, "diff", ...flags, ...fileArguments(files))).toBe("");
  });
});

test("an S3Bucket pruned in the foreground, as Argo CD does, is deleted once its bucket is released", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs");
  // The garbage collector looks for new kinds every 30 seconds.
  await succeed(world, "delete", "s3bucket/docs", "--cascade=foreground", "--timeout=50s");
  await world.gone("docs");
  expect(world.account.buckets.has(world.bucketName("docs")), "deletionPolicy is Retain").toBe(true);
});

test("a pruned BucketAccess is deleted, with its outputs", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await createServiceAccount(world, world.name, "app");
  await accesses.ready("reader", { annotateServiceAccount: true });
  await succeed(world, "delete", "bucketaccess/reader", "--cascade=foreground", "--timeout=50s");
  expect(await findConfigMap(world, world.name, "reader")).toBeUndefined();
  const { metadata } = await world.kube.get(SERVICE_ACCOUNTS, { namespace: world.name, name: "app" });
  expect(metadata.annotations ?? {}).toEqual({});
  expect([...world.account.roles.keys()]).toEqual([]);
});

test("Argo CD's actions reconcile, pause and resume an object", async () => {
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

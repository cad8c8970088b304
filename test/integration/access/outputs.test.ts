/** The ConfigMap and the annotation that tell Pods of their access: own names, shared owners, restores from a backup. */

import { describe, expect, test } from "vitest";
import { releaseServiceAccount, serviceAccountPart } from "../../../operator/access/outputs/service-account.ts";
import { bucketAccess } from "../../../operator/access/testing/objects.ts";
import { BUCKET_ACCESSES } from "../../../operator/api/names.ts";
import type { BucketAccess } from "../../../operator/api/types.ts";
import type { KubeObject } from "../../../operator/kube/object.ts";
import { condition, isReady, isStalled } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessesOf,
  CONFIG_MAPS,
  createServiceAccount,
  expectAccessInvariants,
  findConfigMap,
  SERVICE_ACCOUNTS,
  worldWithBucket,
} from "../support/world/access.ts";
import { createWorld, type World } from "../support/world/world.ts";

const ROLE_ARN = "eks.amazonaws.com/role-arn";

type ConfigMap = KubeObject & {
  metadata: { ownerReferences?: { uid: string; controller?: boolean }[] };
  data?: Record<string, string>;
};

async function annotationOf({ kube, name: namespace }: World, name: string): Promise<string | undefined> {
  return (await kube.get(SERVICE_ACCOUNTS, { namespace, name })).metadata.annotations?.[ROLE_ARN];
}

/** Writes as another client, in its own name. */
async function addTo({ kube, name: namespace }: World, name: string, fields: object): Promise<void> {
  await kube.mergePatch(CONFIG_MAPS, { namespace, name }, fields as Record<string, unknown>);
}

test("own keys, labels and annotations are as declared, and what others add stays", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const configMap = {
    name: "settings",
    keys: { S3_BUCKET: "BUCKET_NAME", S3_ENDPOINT: "BUCKET_ENDPOINT", S3_ROLE: "ROLE_ARN" },
    labels: { app: "shop", tier: "web" },
    annotations: { "example.com/note": "a note" },
  } as const;
  const access = await accesses.ready("reader", { configMap });
  const read = async () => (await findConfigMap(world, world.name, "settings")) as ConfigMap;
  const data = {
    S3_BUCKET: world.bucketName("docs"),
    S3_ENDPOINT: "https://s3.eu-central-1.amazonaws.com",
    S3_ROLE: access.status?.roles?.[0]?.arn,
  };
  const mark = { "s3-operator.io/bucket-access": "reader" };
  const first = await read();
  expect(first.data).toEqual(data);
  expect(first.metadata.labels).toEqual(configMap.labels);
  expect(first.metadata.annotations).toEqual({ ...configMap.annotations, ...mark });

  const theirs = { labels: { team: "blue" }, annotations: { "example.com/theirs": "x" } };
  await addTo(world, "settings", { metadata: theirs, data: { MORE: "kept" } });
  await accesses.readyAfter("reader", {
    configMap: { keys: { S3_ROLE: null, BUCKET: "BUCKET_ARN" }, labels: { tier: null }, annotations: null },
  });
  const edited = await read();
  const { S3_ROLE: _role, ...rest } = data;
  expect(edited.data).toEqual({ ...rest, BUCKET: `arn:aws:s3:::${data.S3_BUCKET}`, MORE: "kept" });
  expect(edited.metadata.labels).toEqual({ app: "shop", team: "blue" });
  expect(edited.metadata.annotations).toEqual({ "example.com/theirs": "x", ...mark });

  await accesses.readyAfter("reader", { configMap: { keys: null, labels: null } });
  expect(Object.keys((await read()).data ?? {}).toSorted()).toEqual(
    ["BUCKET_ARN", "BUCKET_ENDPOINT", "BUCKET_HOST", "BUCKET_NAME", "BUCKET_PREFIX", "BUCKET_PREFIXES", "BUCKET_REGION"]
      .concat(["MORE", "ROLE_ARN"])
      .toSorted(),
  );
  expect((await read()).metadata.labels).toEqual({ team: "blue" });
  await expectAccessInvariants(world, accesses);
});

/** What a backup keeps of an object: https://velero.io/docs/main/restore-reference/ */
function inBackup({ apiVersion, kind, metadata, ...content }: KubeObject): KubeObject {
  const { name, namespace, labels, annotations } = metadata;
  const kept = {
    name,
    ...(namespace && { namespace }),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
  };
  const { status: _status, ...rest } = content as { status?: unknown };
  return { apiVersion, kind, metadata: kept, ...rest };
}

test("after a restore from a backup, the outputs are found again, and go with their BucketAccess", async () => {
  await using world = await createWorld();
  const { kube, name: namespace } = world;
  using accesses = await accessesOf(world);
  const backup: { access: KubeObject; configMap: KubeObject; account: KubeObject }[] = [];
  {
    await using _operator = startOperator(world);
    await worldWithBucket(world);
    await createServiceAccount(world, namespace, "app");
    const access = await accesses.ready("reader", { annotateServiceAccount: true });
    const configMap = await kube.get(CONFIG_MAPS, { namespace, name: "reader" });
    const account = await kube.get(SERVICE_ACCOUNTS, { namespace, name: "app" });
    backup.push({
      access: inBackup(access),
      configMap: inBackup({ ...configMap, apiVersion: "v1", kind: "ConfigMap" }),
      account: inBackup({ ...account, apiVersion: "v1", kind: "ServiceAccount" }),
    });
  }
  // The namespace is lost without the operator, and restored: ConfigMaps and ServiceAccounts first.
  await kube.mergePatch(BUCKET_ACCESSES, { namespace, name: "reader" }, { metadata: { finalizers: null } });
  await kube.delete(BUCKET_ACCESSES, { namespace, name: "reader" });
  await kube.delete(CONFIG_MAPS, { namespace, name: "reader" });
  await kube.delete(SERVICE_ACCOUNTS, { namespace, name: "app" });
  await eventually(
    () => findConfigMap(world, namespace, "reader"),
    (found) => found === undefined,
    () => "the ConfigMap is still there",
  );
  const [{ access, configMap, account } = { access: {}, configMap: {}, account: {} }] = backup;
  await kube.create(CONFIG_MAPS, configMap as KubeObject);
  await kube.create(SERVICE_ACCOUNTS, account as KubeObject);
  const restored = await kube.create(BUCKET_ACCESSES, access as BucketAccess);

  await using _operator = startOperator(world);
  const ready = await accesses.when("reader", (each) => each.metadata.uid === restored.metadata.uid && isReady(each));
  const found = (await findConfigMap(world, namespace, "reader")) as ConfigMap;
  expect(found.metadata.ownerReferences).toMatchObject([{ uid: restored.metadata.uid, controller: true }]);
  expect(await annotationOf(world, "app")).toBe(ready.status?.roles?.[0]?.arn);

  await accesses.remove("reader");
  expect(await findConfigMap(world, namespace, "reader")).toBeUndefined();
  expect(await annotationOf(world, "app")).toBeUndefined();
  const left = await kube.get(SERVICE_ACCOUNTS, { namespace, name: "app" });
  expect(left.metadata.annotations ?? {}).toEqual({});
});

test("an immutable ConfigMap is left as it is until its user deletes it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await accesses.ready("reader", {});
  await addTo(world, "reader", { immutable: true });
  await accesses.edit("reader", { grants: [{ prefix: "curated/", permissions: ["Read"] }] });
  const stalled = await accesses.when("reader", isStalled("ConfigMapImmutable"));
  expect(condition(stalled, "Ready")?.message).toMatch(/data\[BUCKET_PREFIX\].* must change: delete it/);
  await world.kube.delete(CONFIG_MAPS, { namespace: world.name, name: "reader" });
  await accesses.reconcileAgain("reader");
  await accesses.when("reader", isReady);
  expect((await findConfigMap(world, world.name, "reader"))?.data?.["BUCKET_PREFIX"]).toBe("curated/");
});

test("a ConfigMap of another user is left alone, also with the mark of another BucketAccess", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const marks: Record<string, string>[] = [{}, { "s3-operator.io/bucket-access": "another" }];
  for (const [index, annotations] of marks.entries()) {
    const name = `theirs-${index}`;
    const metadata = { namespace: world.name, name, annotations };
    const theirs = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { BUCKET_NAME: "theirs" } };
    await world.kube.create(CONFIG_MAPS, theirs);
    await accesses.apply("reader", { configMap: { name } });
    await accesses.when("reader", isStalled("ConfigMapNotOwned"));
    await accesses.remove("reader");
    expect((await findConfigMap(world, world.name, name))?.data).toEqual({ BUCKET_NAME: "theirs" });
  }
});

describe("several BucketAccesses of one ServiceAccount share its annotation", () => {
  const ROLE = "arn:aws:iam::111122223333:role/app";
  const { signal } = new AbortController();

  async function scene() {
    const world = await createWorld();
    const { kube, name: namespace } = world;
    await createServiceAccount(world, namespace, "app");
    const [reader, writer] = ["reader", "writer"].map((name) =>
      bucketAccess({}, { namespace, name, uid: `uid-${name}` }),
    ) as [BucketAccess, BucketAccess];
    const find = () => kube.get(SERVICE_ACCOUNTS, { namespace, name: "app" });
    const part = async (access: BucketAccess, roleArn = ROLE) =>
      serviceAccountPart(kube, access, await find(), roleArn, signal);
    const write = async (access: BucketAccess, roleArn = ROLE) => (await part(access, roleArn)).write();
    const release = (access: BucketAccess) => releaseServiceAccount(kube, access, "app", signal);
    return { world, reader, writer, find, part, write, release };
  }

  test("it stays until the last one releases it", async () => {
    const { world, reader, writer, part, write, release } = await scene();
    await using _world = world;
    for (const access of [reader, writer]) {
      expect((await part(access)).changes).not.toEqual([]);
      await write(access);
      expect((await part(access)).changes).toEqual([]);
    }
    expect((await part(reader)).changes, "of the first, after the second").toEqual([]);
    await release(reader);
    expect(await annotationOf(world, "app")).toBe(ROLE);
    expect((await part(writer)).changes).toEqual([]);
    await release(writer);
    expect(await annotationOf(world, "app")).toBeUndefined();
  });

  test("a new role reaches it through either one", async () => {
    const { world, reader, writer, part, write, release } = await scene();
    await using _world = world;
    await write(reader);
    await write(writer);
    await write(reader, `${ROLE}-2`);
    expect(await annotationOf(world, "app")).toBe(`${ROLE}-2`);
    await write(writer, `${ROLE}-2`);
    for (const access of [reader, writer]) expect((await part(access, `${ROLE}-2`)).changes).toEqual([]);
    await release(writer);
    expect(await annotationOf(world, "app")).toBe(`${ROLE}-2`);
    await release(reader);
    expect(await annotationOf(world, "app")).toBeUndefined();
  });

  test("after a restore it stays until the last one releases it, too", async () => {
    const { world, reader, writer, find, write, release } = await scene();
    await using _world = world;
    await write(reader);
    const { apiVersion, kind, metadata } = await find();
    await world.kube.delete(SERVICE_ACCOUNTS, metadata);
    await world.kube.create(SERVICE_ACCOUNTS, inBackup({ apiVersion, kind, metadata }));
    await write(reader);
    await write(writer);
    await release(reader);
    expect(await annotationOf(world, "app")).toBe(ROLE);
    await release(writer);
    expect(await annotationOf(world, "app")).toBeUndefined();
  });

  test("the value that a user sets stays", async () => {
    const { world, reader, find, write, release } = await scene();
    await using _world = world;
    await write(reader);
    const annotations = { [ROLE_ARN]: `${ROLE}-of-the-user` };
    await world.kube.mergePatch(SERVICE_ACCOUNTS, (await find()).metadata, { metadata: { annotations } });
    await expect(write(reader)).rejects.toMatchObject({ outcome: { reason: "ServiceAccountNotOwned" } });
    await release(reader);
    expect(await annotationOf(world, "app")).toBe(`${ROLE}-of-the-user`);
  });
});

import { expect, test } from "vitest";
import { S3_BUCKETS } from "../../../operator/api/names.ts";
import { condition, isReady, isReconciling } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessCalls,
  accessesOf,
  associations,
  expectAccessInvariants,
  findConfigMap,
  roleOf,
  workloadAccount,
  worldWithBucket,
} from "../support/world/access.ts";
import { otherNamespace } from "../support/world/namespace.ts";
import { createWorld, NAMESPACES, type World } from "../support/world/world.ts";

/** A world whose operator watches another namespace too, with that namespace's accesses to the world's bucket. */
async function twoNamespaces(world: World, labels: Record<string, string> = {}) {
  const { name } = await otherNamespace(world, labels);
  const operator = startOperator(world, { watchNamespaces: [world.name, name] });
  return { name, operator, accesses: await accessesOf(world, name) };
}

test("a BucketAccess of another namespace needs the bucket's consent; without it, the message does not reveal whether the bucket exists", async () => {
  await using world = await createWorld();
  const { name, operator, accesses } = await twoNamespaces(world);
  await using _operator = operator;
  using _accesses = accesses;
  await worldWithBucket(world);
  const messages: Record<string, string> = {};
  for (const bucket of ["docs", "nothing"]) {
    await accesses.apply(bucket, { bucketRef: { name: bucket, namespace: world.name } });
    const access = await accesses.when(bucket, isReconciling("BucketNotAvailable"));
    messages[bucket] = condition(access, "Ready")?.message ?? "";
    expect(Object.keys(access.status ?? {}).toSorted()).toEqual(["conditions", "observedGeneration"]);
  }
  expect(messages["docs"]?.replace("docs", "nothing")).toBe(messages["nothing"]);
  expect(messages["docs"]).toContain(name);
  expect(accessCalls(world).filter(({ write }) => write)).toEqual([]);
});

test("consent by name grants the access, and its removal revokes the access", async () => {
  await using world = await createWorld();
  const { name, operator, accesses } = await twoNamespaces(world);
  await using _operator = operator;
  using _accesses = accesses;
  const allowedNamespaces = { names: [name] };
  await worldWithBucket(world, { access: { rules: [{ namespaces: allowedNamespaces }] } });
  const access = await accesses.ready("reader", {
    bucketRef: { name: "docs", namespace: world.name },
    identity: "PodIdentity",
  });
  expect(roleOf(world, access).tags.get("s3-operator.io/namespace")).toBe(name);
  expect(associations(world)).toMatchObject([{ namespace: name }]);
  await expectAccessInvariants(world, accesses);

  await world.editSpec("docs", { access: null });
  const after = await accesses.when("reader", isReconciling("BucketNotAvailable"));
  expect(world.account.roles.has(access.status?.roles?.[0]?.arn ?? "")).toBe(false);
  expect(associations(world)).toEqual([]);
  expect(await findConfigMap(world, name, "reader")).toBeUndefined();
  expect(after.status).not.toHaveProperty("roleArn");

  await world.editSpec("docs", { access: { rules: [{ namespaces: allowedNamespaces }] } });
  const again = await accesses.when("reader", isReady);
  expect(again.status?.roles?.[0]?.arn).toBe(access.status?.roles?.[0]?.arn);
});

test("consent by label ends with the label, and principals lose their statements", async () => {
  await using world = await createWorld();
  const { name, operator, accesses } = await twoNamespaces(world, { team: "data" });
  await using _operator = operator;
  using _accesses = accesses;
  await worldWithBucket(world, {
    access: { rules: [{ namespaces: { selector: { matchLabels: { team: "data" } } }, principals: true }] },
  });
  const bucketRef = { name: "docs", namespace: world.name };
  const role = world.account.addRole("analyst").arn;
  await accesses.apply("pods", { bucketRef });
  await accesses.apply("roles", { bucketRef, principals: [role] });
  for (const each of ["pods", "roles"]) await accesses.when(each, isReady);
  const policy = () => world.account.buckets.get(world.bucketName("docs"))?.policy ?? "";
  expect(policy()).toContain("S3OperatorAccess");
  const { status } = await accesses.get("pods");

  await world.kube.mergePatch(NAMESPACES, { name }, { metadata: { labels: { team: null } } });
  for (const each of ["pods", "roles"]) await accesses.when(each, isReconciling("BucketNotAvailable"));
  await world.bucketWhen("docs", (bucket) => isReady(bucket) && !policy().includes("S3OperatorAccess"));
  expect(world.account.roles.has(status?.roles?.[0]?.arn ?? "")).toBe(false);
  for (const each of ["pods", "roles"]) {
    await accesses.remove(each);
  }
});

test("the AWSAccount must admit the namespace too, and the message does not name it", async () => {
  await using world = await createWorld();
  const { name, operator, accesses } = await twoNamespaces(world);
  await using _operator = operator;
  using _accesses = accesses;
  const allowedNamespaces = { names: [world.name] };
  await worldWithBucket(world, { access: { rules: [{ namespaces: { names: [name] } }] } }, { allowedNamespaces });
  await accesses.apply("reader", { bucketRef: { name: "docs", namespace: world.name } });
  const access = await accesses.when("reader", isReconciling("AccountNotAvailable"));
  expect(condition(access, "Ready")?.message).not.toContain(`'${world.name}'`);
  expect(accessCalls(world).filter(({ write }) => write)).toEqual([]);
  await world.applyAccount(workloadAccount(world));
  await accesses.when("reader", isReady);
});

test("a bucket that is deleted waits for its accesses, which stay granted until they are deleted", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const access = await accesses.ready("reader", {});
  await world.deleteBucket("docs");
  const waiting = await world.bucketWhen("docs", (each) => condition(each, "Ready")?.reason === "BucketInUse");
  expect(condition(waiting, "Ready")?.message).toContain("reader");
  await accesses.when("reader", isReconciling("BucketNotReady"));
  expect(world.account.roles.has(access.status?.roles?.[0]?.arn ?? "")).toBe(true);
  await accesses.remove("reader");
  await world.gone("docs");
  expect(world.account.roles.has(access.status?.roles?.[0]?.arn ?? "")).toBe(false);
});

test("an S3Bucket that was removed by force takes its accesses with it, and they can still be deleted", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const access = await accesses.ready("reader", {});
  await world.deleteBucket("docs");
  const key = { namespace: world.name, name: "docs" };
  await world.kube.mergePatch(S3_BUCKETS, key, { metadata: { finalizers: null } });
  await accesses.when("reader", isReconciling("BucketNotAvailable"));
  expect(world.account.roles.has(access.status?.roles?.[0]?.arn ?? "")).toBe(false);
  await accesses.remove("reader");
});

test("an access of a namespace without consent does not delay the deletion of the bucket", async () => {
  await using world = await createWorld();
  const { operator, accesses } = await twoNamespaces(world);
  await using _operator = operator;
  using _accesses = accesses;
  await worldWithBucket(world);
  await accesses.apply("reader", { bucketRef: { name: "docs", namespace: world.name } });
  await accesses.when("reader", isReconciling("BucketNotAvailable"));
  await world.deleteBucket("docs");
  await world.gone("docs");
});

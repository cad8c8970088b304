import { expect, test } from "vitest";
import { expectInvariants } from "../support/expect/invariants.ts";
import { condition, isReady, isStalled } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessCalls,
  accessesOf,
  associations,
  clusterOf,
  CONFIG_MAPS,
  createServiceAccount,
  expectAccessInvariants,
  findConfigMap,
  inlinePolicy,
  roleOf,
  SERVICE_ACCOUNTS,
  workloadAccount,
  worldWithBucket,
} from "../support/world/access.ts";
import { createWorld, type World } from "../support/world/world.ts";

test("IRSA: the role has exactly the grants, only the ServiceAccount can assume it, and Pods get the outputs", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world, {}, { iam: { rolePath: "/pods/", rolePrefix: "s3-", tags: { team: "platform" } } });
  await createServiceAccount(world, world.name, "app");
  const access = await accesses.ready("reader", { annotateServiceAccount: true });
  const role = roleOf(world, access);
  const bucketArn = `arn:aws:s3:::${world.bucketName("docs")}`;
  expect(access.status?.roles?.[0]?.arn).toMatch(
    new RegExp(`^arn:aws:iam::${world.account.id}:role/pods/s3-test-${world.name}-reader-`),
  );
  expect(inlinePolicy(role)).toMatchObject({
    Statement: [{ Effect: "Allow", Resource: `${bucketArn}/raw/*` }],
  });
  expect(JSON.parse(role.assumeRolePolicy)).toMatchObject({
    Statement: [{ Action: "sts:AssumeRoleWithWebIdentity" }],
  });
  expect(role.assumeRolePolicy).toContain(`system:serviceaccount:${world.name}:app`);
  expect(Object.fromEntries(role.tags)).toMatchObject({
    team: "platform",
    "s3-operator.io/namespace": world.name,
    "s3-operator.io/name": "reader",
  });
  expect((await findConfigMap(world, world.name, "reader"))?.data).toEqual({
    BUCKET_NAME: world.bucketName("docs"),
    BUCKET_ARN: bucketArn,
    BUCKET_REGION: "eu-central-1",
    BUCKET_HOST: "s3.eu-central-1.amazonaws.com",
    BUCKET_ENDPOINT: "https://s3.eu-central-1.amazonaws.com",
    BUCKET_PREFIX: "raw/",
    BUCKET_PREFIXES: "raw/",
    ROLE_ARN: access.status?.roles?.[0]?.arn,
  });
  expect(await annotationsOf(world, "app")).toEqual({ "eks.amazonaws.com/role-arn": access.status?.roles?.[0]?.arn });
  await expectAccessInvariants(world, accesses);
  await expectInvariants(world);
});

test("Pod Identity: an association gives the role to the ServiceAccount", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const access = await accesses.ready("reader", { identity: "PodIdentity" });
  const { status } = access;
  expect(associations(world)).toMatchObject([
    {
      namespace: world.name,
      serviceAccount: "app",
      roleArn: status?.roles?.[0]?.arn,
      arn: status?.roles?.[0]?.associationArn,
    },
  ]);
  expect(roleOf(world, access).assumeRolePolicy).toContain("pods.eks.amazonaws.com");
  await expectAccessInvariants(world, accesses);
});

test("after a change of grants, ServiceAccount and ConfigMap, nothing of the former is left", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  for (const name of ["app", "other"]) await createServiceAccount(world, world.name, name, { keep: "me" });
  const before = await accesses.ready("reader", { annotateServiceAccount: true });
  await accesses.edit("reader", {
    grants: [{ prefix: "curated/", permissions: ["Read", "List"] }],
    serviceAccountRefs: [{ name: "other" }],
    configMap: { name: "settings" },
  });
  const access = await accesses.when("reader", (each) => isReady(each) && each.status?.configMapName === "settings");
  expect(access.status?.roles?.[0]?.arn).toBe(before.status?.roles?.[0]?.arn);
  const role = roleOf(world, access);
  expect(JSON.stringify(inlinePolicy(role))).toContain("/curated/*");
  expect(JSON.stringify(inlinePolicy(role))).not.toContain("raw");
  expect(role.assumeRolePolicy).toContain(`system:serviceaccount:${world.name}:other`);
  expect(await annotationsOf(world, "app")).toEqual({ keep: "me" });
  expect(await annotationsOf(world, "other")).toEqual({
    keep: "me",
    "eks.amazonaws.com/role-arn": access.status?.roles?.[0]?.arn,
  });
  expect(await findConfigMap(world, world.name, "reader")).toBeUndefined();
  expect((await findConfigMap(world, world.name, "settings"))?.data?.["BUCKET_PREFIX"]).toBe("curated/");
  await expectAccessInvariants(world, accesses);
});

test("the identity changes from IRSA to Pod Identity, to another ServiceAccount, and back", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await accesses.ready("reader", {});

  await accesses.readyAfter("reader", { identity: "PodIdentity" });
  expect(associations(world)).toMatchObject([{ serviceAccount: "app" }]);
  await accesses.readyAfter("reader", { serviceAccountRefs: [{ name: "other" }] });
  expect(associations(world)).toMatchObject([{ serviceAccount: "other" }]);
  const access = await accesses.readyAfter("reader", { identity: "IRSA" });
  expect(associations(world)).toEqual([]);
  expect(access.status).not.toHaveProperty("associationArn");
  expect(roleOf(world, access).assumeRolePolicy).toContain("AssumeRoleWithWebIdentity");
  await expectAccessInvariants(world, accesses);
});

test.for(["IRSA", "PodIdentity"] as const)(
  "the deletion of an access with %s leaves nothing behind",
  async (identity) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    using accesses = await accessesOf(world);
    await worldWithBucket(world);
    await createServiceAccount(world, world.name, "app");
    const access = await accesses.ready("reader", { identity, annotateServiceAccount: identity === "IRSA" });
    const role = roleOf(world, access);
    role.inlinePolicies.set("theirs", `{"Version":"2012-10-17","Statement":[]}`);
    role.attachedPolicies.add(world.account.addManagedPolicy("theirs", { Version: "2012-10-17", Statement: [] }));
    await accesses.remove("reader");
    expect([...world.account.roles.keys()]).not.toContain(role.arn);
    expect(associations(world)).toEqual([]);
    expect(await annotationsOf(world, "app")).toEqual({});
    expect(await findConfigMap(world, world.name, "reader")).toBeUndefined();
    await expectInvariants(world);
  },
);

test("an access can be deleted when its AWS resources and its bucket are gone", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const { status } = await accesses.ready("reader", { identity: "PodIdentity" });
  world.account.roles.delete(status?.roles?.[0]?.arn ?? "");
  clusterOf(world).podIdentityAssociations.clear();
  await accesses.remove("reader");
});

test("a ConfigMap and an annotation of another owner are not changed", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const theirs = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: world.name, name: "reader" },
    data: { a: "b" },
  };
  await world.kube.create(CONFIG_MAPS, theirs);
  await createServiceAccount(world, world.name, "app", { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/theirs" });
  await accesses.apply("reader", { annotateServiceAccount: true });
  await accesses.when("reader", isStalled("ConfigMapNotOwned"));
  await accesses.edit("reader", { configMap: { name: "settings" } });
  await accesses.when("reader", isStalled("ServiceAccountNotOwned"));
  expect((await findConfigMap(world, world.name, "reader"))?.data).toEqual({ a: "b" });
  expect(await annotationsOf(world, "app")).toEqual({ "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/theirs" });

  await accesses.edit("reader", { annotateServiceAccount: false });
  await accesses.when("reader", isReady);
  await accesses.remove("reader");
  expect((await findConfigMap(world, world.name, "reader"))?.data).toEqual({ a: "b" });
  expect(await annotationsOf(world, "app")).toEqual({ "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/theirs" });
});

test("a missing ServiceAccount does not delay the access, and is not created by it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const access = await accesses.ready("reader", { annotateServiceAccount: true });
  expect(condition(access, "ServiceAccountAnnotated")).toMatchObject({
    status: "False",
    reason: "ServiceAccountNotFound",
  });
  await createServiceAccount(world, world.name, "app");
  const after = await accesses.reconcileAgain("reader");
  await accesses.when("reader", isReady);
  expect(after.status?.roles?.[0]?.arn).toBe(access.status?.roles?.[0]?.arn);
  expect(await annotationsOf(world, "app")).toEqual({ "eks.amazonaws.com/role-arn": access.status?.roles?.[0]?.arn });
  await expectAccessInvariants(world, accesses);
});

test("an edit of a paused access waits", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await accesses.ready("reader", {});
  await accesses.annotate("reader", { "s3-operator.io/paused": "true" });
  await accesses.when("reader", (each) => condition(each, "Paused") !== undefined);
  const calls = accessCalls(world).length;
  await accesses.edit("reader", { grants: [{ prefix: "b/", permissions: ["List"] }] });
  await accesses.annotate("reader", { "s3-operator.io/paused": null });
  await accesses.when("reader", (each) => condition(each, "Paused") === undefined && isReady(each));
  expect(
    accessCalls(world)
      .slice(calls)
      .filter(({ write }) => write)
      .map(({ operation }) => operation),
  ).toEqual(["PutRolePolicy"]);
});

test("the ServiceAccount of a deleted access is free for the next one", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await createServiceAccount(world, world.name, "app");
  for (const name of ["reader", "reader", "another"]) {
    const { status } = await accesses.ready(name, { annotateServiceAccount: true });
    expect(await annotationsOf(world, "app")).toEqual({ "eks.amazonaws.com/role-arn": status?.roles?.[0]?.arn });
    await accesses.remove(name);
    expect(await annotationsOf(world, "app")).toEqual({});
  }
});

/** Without the operator's record of the value that it set. */
async function annotationsOf(world: World, name: string): Promise<Record<string, string>> {
  const account = await world.kube.get(SERVICE_ACCOUNTS, { namespace: world.name, name });
  const { "s3-operator.io/role-arn": recorded, ...annotations } = account.metadata.annotations ?? {};
  if (recorded !== undefined) expect(recorded).toBe(annotations["eks.amazonaws.com/role-arn"]);
  return annotations;
}

test("the association narrows a shared role to the grants; then the access gets its own role, and the shared one again", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  const shared = world.account.addRole("pods");
  const principal = { Service: "pods.eks.amazonaws.com" };
  const Statement = [{ Effect: "Allow", Principal: principal, Action: ["sts:AssumeRole", "sts:TagSession"] }];
  shared.assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement });
  const { workloadIdentity } = workloadAccount(world);
  if (workloadIdentity === undefined) throw new Error("The account has no workloadIdentity");
  await worldWithBucket(
    world,
    {},
    { workloadIdentity: { ...workloadIdentity, type: "PodIdentity", sharedRoleArn: shared.arn } },
  );
  const access = await accesses.ready("reader", { role: { type: "Shared" } });
  expect(access.status).toMatchObject({ roleArn: shared.arn });
  expect(access.status).not.toHaveProperty("roleName");
  const [association] = associations(world);
  expect(association).toMatchObject({ roleArn: shared.arn, disableSessionTags: true });
  expect(association?.policy).toContain("raw/*");
  expect([...world.account.roles.keys()]).toEqual([shared.arn]);
  await expectAccessInvariants(world, accesses);

  const own = await accesses.readyAfter("reader", { role: { type: "Own" } });
  expect(associations(world)).toMatchObject([
    { roleArn: own.status?.roles?.[0]?.arn, policy: undefined, disableSessionTags: false },
  ]);
  expect(world.account.roles.size).toBe(2);
  await expectAccessInvariants(world, accesses);

  await accesses.readyAfter("reader", { role: { type: "Shared" } });
  expect(associations(world)).toMatchObject([{ roleArn: shared.arn, disableSessionTags: true }]);
  expect([...world.account.roles.keys()]).toEqual([shared.arn]);
  await accesses.remove("reader");
  expect(associations(world)).toEqual([]);
  expect([...world.account.roles.keys()]).toEqual([shared.arn]);
});

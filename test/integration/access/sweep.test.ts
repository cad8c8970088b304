/** Access that outlives its BucketAccess is revoked within a poll interval: the attacks, with the calls of a Pod. */

import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { policyNameOf } from "../../../operator/access/workload/role/name.ts";
import { AWS_ACCOUNTS } from "../../../operator/api/names.ts";
import type { AWSAccount, BucketAccess } from "../../../operator/api/types.ts";
import { EVENTS } from "../../../operator/kube/events.ts";
import type { Cluster } from "../../aws/index.ts";
import type { SeenEvent } from "../support/expect/events.ts";
import { isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { accessesOf, associations, roleOf, workloadAccount, worldWithBucket } from "../support/world/access.ts";
import { otherNamespace } from "../support/world/namespace.ts";
import { s3As, webIdentity } from "../support/world/workloads.ts";
import { createWorld, PERSON, type World } from "../support/world/world.ts";
import { addManagedRole, addRoleAt, deleteWithoutFinalizer, ISSUER, OPERATOR_CLUSTER, POLICY } from "./sweeping.ts";

const PAUSED = { "s3-operator.io/paused": "true" };
const POLL = { pollIntervalMs: 1_000 };
const EVERYTHING = [{ prefix: "*", permissions: ["Read", "Write", "Delete"] }] satisfies BucketAccess["spec"]["grants"];

/** A bucket with an object, a guest namespace that the bucket lets in, and an EKS cluster whose tokens IAM takes. */
async function stage(world: World) {
  const cluster = world.account.addCluster("main", { region: "eu-central-1", oidcIssuer: `https://${ISSUER}` });
  const guest = (await otherNamespace(world)).name;
  const bucketRef = { name: "docs", namespace: world.name };
  world.simulator.evaluatePolicies = true;
  const consent = { access: { rules: [{ namespaces: { names: [guest] } }] } };
  const open = async () => {
    await worldWithBucket(world, consent);
    await putObject(world);
  };
  return { cluster, guest, open, grants: { bucketRef, grants: EVERYTHING } };
}

async function putObject(world: World): Promise<void> {
  const owner = s3As(world, world.account.addUser(PERSON).credentials);
  await owner.send(new PutObjectCommand({ Bucket: world.bucketName("docs"), Key: "ledger", Body: "secret" }));
  owner.destroy();
}

/** What a Pod of the ServiceAccount "app" gets for the object: "read", or the name of the error. */
async function podReads(world: World, cluster: Cluster, namespace: string, roleArn: string): Promise<string> {
  const token = world.simulator.serviceAccountToken(cluster, namespace, "app");
  try {
    const s3 = s3As(world, await webIdentity(world, roleArn, token));
    await s3
      .send(new GetObjectCommand({ Bucket: world.bucketName("docs"), Key: "ledger" }))
      .finally(() => s3.destroy());
    return "read";
  } catch (error) {
    return (error as Error).name;
  }
}

function isDenied(result: string): boolean {
  return result === "AccessDenied";
}

async function accountEvents({ kube, name }: World): Promise<SeenEvent[]> {
  const { items } = await kube.list<SeenEvent>(EVENTS, { namespace: "default" });
  return items.filter(({ regarding }) => regarding.name === name);
}

test("a guest that pauses its BucketAccess, takes off the finalizer and deletes it loses the access when it is swept", async () => {
  await using world = await createWorld();
  const { cluster, guest, open, grants } = await stage(world);
  await using _operator = startOperator(world, { ...POLL, watchNamespaces: [world.name, guest] });
  using accesses = await accessesOf(world, guest);
  await open();
  const role = roleOf(world, await accesses.ready("reader", grants));
  expect(await podReads(world, cluster, guest, role.arn)).toBe("read");

  await accesses.annotate("reader", PAUSED);
  await deleteWithoutFinalizer(world, guest, "reader");
  await world.editSpec("docs", { access: null });
  await eventually(() => podReads(world, cluster, guest, role.arn), isDenied);
  await eventually(
    () => world.account.roles.has(role.arn),
    (isThere) => !isThere,
  );
  const [event] = await eventually(
    async () => (await accountEvents(world)).filter(({ reason }) => reason === "AccessRevoked"),
    (events) => events.length > 0,
  );
  expect(event?.note).toContain(role.arn);
  expect(event?.note).toContain(`namespace '${guest}'`);
});

test("access of a BucketAccess that was deleted, with its finalizer taken off, while the operator was down ends when it starts", async () => {
  await using world = await createWorld();
  const { cluster, guest, open, grants } = await stage(world);
  const config = { watchNamespaces: [world.name, guest] };
  const first = startOperator(world, config);
  using accesses = await accessesOf(world, guest);
  await open();
  const role = roleOf(world, await accesses.ready("reader", grants));
  await first.stop();
  await deleteWithoutFinalizer(world, guest, "reader");
  expect(await podReads(world, cluster, guest, role.arn)).toBe("read");

  await using _second = startOperator(world, config);
  await eventually(() => podReads(world, cluster, guest, role.arn), isDenied);
});

test("access of a paused BucketAccess ends when the AWSAccount no longer admits its namespace", async () => {
  await using world = await createWorld();
  const { cluster, guest, open, grants } = await stage(world);
  await using _operator = startOperator(world, { ...POLL, watchNamespaces: [world.name, guest] });
  using accesses = await accessesOf(world, guest);
  await open();
  const role = roleOf(world, await accesses.ready("reader", grants));
  await accesses.annotate("reader", PAUSED);
  await world.applyAccount(workloadAccount(world, { allowedNamespaces: { names: [world.name] } }));
  await eventually(() => podReads(world, cluster, guest, role.arn), isDenied);
});

test("a Pod Identity association whose BucketAccess is gone is deleted, and others stay", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, POLL);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const kept = await accesses.ready("kept", {
    identity: "PodIdentity",
    serviceAccountRefs: [{ name: "kept" }],
  });
  const gone = await accesses.ready("gone", { identity: "PodIdentity" });
  const [association] = associations(world);
  if (association === undefined) throw new Error("There is no association");
  const foreign = { ...association, id: "a-foreign", arn: `${association.arn}-foreign`, serviceAccount: "other" };
  foreign.tags = new Map();
  const all = world.account.clusters.get("eu-central-1/main")?.podIdentityAssociations;
  all?.set(foreign.id, foreign);

  await accesses.annotate("gone", PAUSED);
  await deleteWithoutFinalizer(world, world.name, "gone");
  await eventually(
    () => associations(world).map(({ serviceAccount }) => serviceAccount),
    (names) => !names.includes("app"),
  );
  await eventually(
    () => world.account.roles.has(roleArn(gone)),
    (isThere) => !isThere,
  );
  expect(associations(world).map(({ serviceAccount }) => serviceAccount)).toEqual(["kept", "other"]);
  expect(world.account.roles.has(roleArn(kept))).toBe(true);
});

function roleArn({ status }: BucketAccess): string {
  return status?.roles?.[0]?.arn ?? "";
}

test("in a role of paused BucketAccesses, the policies of one that is gone are removed, and the others stay", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, POLL);
  using accesses = await accessesOf(world);
  const sqs = world.account.addManagedPolicy("sqs", JSON.parse(POLICY) as object);
  await world.applyAccount(workloadAccount(world, { access: { rules: [{ policyArns: [sqs] }] } }));
  await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
  const role = roleOf(world, await accesses.ready("kept", {}));
  const own = [...role.inlinePolicies.keys()];
  await accesses.ready("gone", { role: { policyArns: [sqs] } });
  const gone = policyNameOf({ cluster: OPERATOR_CLUSTER, namespace: world.name, name: "gone" });
  expect([...role.inlinePolicies.keys()]).toContain(gone);
  expect([...role.attachedPolicies]).toEqual([sqs]);

  for (const name of ["kept", "gone"]) await accesses.annotate(name, PAUSED);
  await deleteWithoutFinalizer(world, world.name, "gone");
  await eventually(
    () => [...role.inlinePolicies.keys(), ...role.attachedPolicies],
    (names) => !names.includes(gone) && !names.includes(sqs),
  );
  expect([...role.inlinePolicies.keys()]).toEqual(own);
  expect(world.account.roles.has(role.arn)).toBe(true);
});

test("in an existing role, only the policies of BucketAccesses that are gone are deleted", async () => {
  await using world = await createWorld();
  const pattern = `arn:aws:iam::${world.account.id}:role/apps/*`;
  await using _operator = startOperator(world, { ...POLL, watchNamespaces: [] });
  await world.applyAccount(workloadAccount(world, { access: { rules: [{ roleArns: [pattern] }] } }));
  const trusting = (path: string, name: string) => {
    const role = addRoleAt(world.account, path, name);
    const provider = `arn:aws:iam::${world.account.id}:oidc-provider/${ISSUER}`;
    const statement = { Effect: "Allow", Principal: { Federated: provider }, Action: "sts:AssumeRoleWithWebIdentity" };
    role.assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    return role;
  };
  const [role, outside] = [trusting("/apps/", "web"), trusting("/platform/", "web-2")];
  const owner = { namespace: world.name, name: "gone" };
  const [ours, otherClusters] = [OPERATOR_CLUSTER, "other"].map((cluster) => policyNameOf({ cluster, ...owner }));
  if (ours === undefined || otherClusters === undefined) throw new Error("unreachable");
  for (const each of [role, outside])
    for (const name of [ours, otherClusters, "rds"]) each.inlinePolicies.set(name, POLICY);
  await eventually(
    () => [...role.inlinePolicies.keys()],
    (names) => !names.includes(ours),
  );
  expect([...role.inlinePolicies.keys()]).toEqual([otherClusters, "rds"]);
  expect([...outside.inlinePolicies.keys()]).toEqual([ours, otherClusters, "rds"]);
});

test("a denied iam:ListRoles does not fail the AWSAccount, which says what to allow", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, POLL);
  world.simulator.faults.deny("iam:ListRoles");
  const role = addManagedRole(world, { owner: { namespace: world.name, kind: "ServiceAccount", name: "app" } });
  await world.applyAccount(workloadAccount(world));
  const account = await eventually(
    () => world.kube.get<AWSAccount>(AWS_ACCOUNTS, { name: world.name }),
    (each) => isReady(each) && each.status?.denied !== undefined,
  );
  expect(account.status?.denied).toMatchObject([{ action: "iam:ListRoles" }]);
  const [event] = await eventually(
    async () => (await accountEvents(world)).filter(({ reason }) => reason === "SweepIncomplete"),
    (events) => events.length > 0,
  );
  expect(event?.note).toContain(`"Action":"iam:ListRoles"`);

  world.simulator.faults.clear();
  await eventually(
    () => world.account.roles.has(role.arn),
    (isThere) => !isThere,
  );
});

test("a paused AWSAccount, and one without roles for workloads, are not swept", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, POLL);
  const role = addManagedRole(world, { owner: { namespace: world.name, kind: "ServiceAccount", name: "app" } });
  await world.applyAccount();
  await eventually(() => world.kube.get<AWSAccount>(AWS_ACCOUNTS, { name: world.name }), isReady);
  await world.kube.mergePatch(AWS_ACCOUNTS, { name: world.name }, { metadata: { annotations: PAUSED } });
  await world.applyAccount(workloadAccount(world));
  await new Promise((resolve) => setTimeout(resolve, 3 * POLL.pollIntervalMs));
  expect(world.account.roles.has(role.arn)).toBe(true);
  expect(world.simulator.calls.all.filter(({ operation }) => operation === "ListRoles")).toEqual([]);
});

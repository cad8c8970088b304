/**
 * The examples with workloads, applied as they are: each workload, with the credentials of its ServiceAccount's Pod and
 * the values of its ConfigMap, can do what it was granted and nothing else. The simulator evaluates policies and checks
 * signatures.
 */

import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { AWS_ACCOUNTS } from "../../../operator/api/names.ts";
import { expectInvariants } from "../support/expect/invariants.ts";
import { expectNothingElse, expectReach, fill, keysAround } from "../support/expect/reach.ts";
import { isReady } from "../support/expect/states.ts";
import { expectAccessInvariants, roleOf } from "../support/world/access.ts";
import { accessesIn, exampleFolders } from "../support/world/examples.ts";
import { POLICY_OF_OWNER } from "../support/world/named-resources.ts";
import { addOwnerPolicies, runExample, webIdentity } from "../support/world/workloads.ts";

const TRUST_IN_PODS = {
  Effect: "Allow",
  Principal: { Service: "pods.eks.amazonaws.com" },
  Action: ["sts:AssumeRole", "sts:TagSession"],
};

const folders = exampleFolders.filter((folder) =>
  accessesIn(folder).some(({ spec }) => spec.serviceAccountRefs !== undefined),
);

test("all examples with workloads are present", () => {
  expect(folders).toEqual([
    "data-lake",
    "direct-upload",
    "document-assistant",
    "external-bucket",
    "gitops",
    "loki",
    "private-storage",
    "terraform-role",
  ]);
});

describe.each(["IRSA", "PodIdentity"] as const)("%s", (type) => {
  test.each(folders)("examples/%s: each workload can do what it was granted, and nothing else", async (folder) => {
    await using stage = await runExample(folder, type);
    const { world, accesses } = stage;
    const manifests = accessesIn(folder);
    for (const { metadata } of manifests) await accesses.when(metadata.name, isReady);
    // Before the workloads send requests, because the invariants count callers.
    await expectAccessInvariants(world, accesses);
    await expectInvariants(world);

    const prefixes = manifests.flatMap(({ spec }) => spec.grants).map(({ prefix }) => prefix);
    const keys = [...new Set(prefixes.flatMap(keysAround))];
    for (const { metadata, spec } of manifests) {
      const access = await accesses.get(metadata.name);
      await addOwnerPolicies(stage, access);
      using pod = await stage.pod(metadata.name);
      await fill({ owner: stage.ownerOf(access) }, pod.bucket, keys);
      await expectReach(pod, spec.grants, keys);
      await expectNothingElse(pod, keys, spec.grants);
    }
  });
});

test("a role of another tool gets one inline policy, loses it with the access, and keeps what it had", async () => {
  await using stage = await runExample("terraform-role", "IRSA");
  const { world, accesses } = stage;
  const { spec, status } = await accesses.when("orders", isReady);
  expect(status?.roles).toEqual([{ serviceAccount: "orders", arn: spec.role?.arn }]);
  const role = roleOf(world, await accesses.get("orders"));
  const { tags, assumeRolePolicy, attachedPolicies } = structuredClone(role);
  const ours = [...role.inlinePolicies.keys()].filter((name) => name !== POLICY_OF_OWNER);
  expect(ours).toEqual([expect.stringMatching(/^s3-operator-/)]);

  await accesses.remove("orders");
  expect([...role.inlinePolicies.keys()]).toEqual([POLICY_OF_OWNER]);
  expect(role).toMatchObject({ tags, assumeRolePolicy, attachedPolicies });
  expect(world.account.roles.has(role.arn)).toBe(true);
});

test("an external bucket of another account stays closed until its owner adds the statements", async () => {
  await using stage = await runExample("external-bucket", "IRSA");
  const access = await stage.accesses.when("partner-landing", isReady);
  using pod = await stage.pod("partner-landing");
  await fill({ owner: stage.ownerOf(access) }, pod.bucket, ["deliveries/x"]);
  const read = () => pod.s3.send(new GetObjectCommand({ Bucket: pod.bucket, Key: "deliveries/x" }));
  await expect(read()).rejects.toMatchObject({ name: "AccessDenied" });
  await addOwnerPolicies(stage, access);
  await read();
});

test("a shared role is as narrow for each of its users as an own role", async () => {
  await using stage = await runExample("private-storage", "PodIdentity");
  const { world, accesses } = stage;
  const shared = world.account.addRole("pods");
  shared.assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [TRUST_IN_PODS] });
  const workloadIdentity = { sharedRoleArn: shared.arn };
  await world.kube.mergePatch(AWS_ACCOUNTS, { name: world.name }, { spec: { workloadIdentity } });
  await accesses.when("invoices", isReady);
  const { spec } = await accesses.readyAfter("invoices", { role: { type: "Shared" } });
  using pod = await stage.pod("invoices");
  expect(pod.environment["ROLE_ARN"]).toBe(shared.arn);
  const keys = spec.grants.flatMap(({ prefix }) => keysAround(prefix));
  await fill(stage, pod.bucket, keys);
  await expectReach(pod, spec.grants, keys);
  await expectNothingElse(pod, keys);
});

test("private storage: the application reads what it wrote, under the bucket's key", async () => {
  await using stage = await runExample("private-storage", "IRSA");
  using pod = await stage.pod("invoices");
  const names = { Bucket: pod.bucket, Key: "issued/2026/4711.pdf" };
  const written = await pod.s3.send(new PutObjectCommand({ ...names, Body: "an invoice" }));
  expect(written).toMatchObject({
    ServerSideEncryption: "aws:kms",
    BucketKeyEnabled: true,
    SSEKMSKeyId: pod.environment["KMS_KEY_ARN"],
  });
  const { Body } = await pod.s3.send(new GetObjectCommand(names));
  expect(await Body?.transformToString()).toBe("an invoice");
  const listed = await pod.s3.send(new ListObjectsV2Command({ Bucket: pod.bucket, Prefix: "issued/2026/" }));
  expect(listed.Contents?.map(({ Key }) => Key)).toEqual([names.Key]);
});

test("the role cannot be assumed with another ServiceAccount, namespace, audience or cluster", async () => {
  await using stage = await runExample("private-storage", "IRSA");
  const { world, cluster, accesses } = stage;
  const { status } = await accesses.when("invoices", isReady);
  const token = (namespace: string, serviceAccount: string, audience = "sts.amazonaws.com", of = cluster) =>
    world.simulator.serviceAccountToken(of, namespace, serviceAccount, { audience });
  const come = (webToken: string) => webIdentity(world, status?.roles?.[0]?.arn ?? "", webToken);
  await come(token(world.name, "invoices"));
  const denied = { name: "AccessDenied" };
  await expect(come(token(world.name, "default"))).rejects.toMatchObject(denied);
  await expect(come(token("another", "invoices"))).rejects.toMatchObject(denied);
  const invalid = { name: "InvalidIdentityTokenException" };
  await expect(come(token(world.name, "invoices", "vault"))).rejects.toMatchObject(invalid);
  const stranger = world.account.addCluster("another", { region: "eu-central-1" });
  await expect(come(token(world.name, "invoices", undefined, stranger))).rejects.toMatchObject(invalid);
});

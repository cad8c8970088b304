/**
 * The IAM documents of docs/install-eks.md, unchanged: with these permissions alone, the operator gets its credentials
 * as on EKS, makes a bucket and a workload's role ready, and cannot create a role without the boundary. The simulator
 * evaluates policies.
 */

import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, test } from "vitest";
import { AWS_ACCOUNTS } from "../../../operator/api/names.ts";
import type { AWSAccount, AWSAccountSpec, BucketAccess } from "../../../operator/api/types.ts";
import { condition, isReady, isReconciling } from "../support/expect/states.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { spawnOperator } from "../support/process/operator.ts";
import { accessesOf, expectAccessInvariants, roleOf } from "../support/world/access.ts";
import { s3As, webIdentity } from "../support/world/workloads.ts";
import { createWorld, type World } from "../support/world/world.ts";
import { HEADINGS, makeOperatorRole, SERVICE_ACCOUNT, type OperatorRole } from "./operator-role.ts";

let bundle: string;
beforeAll(async () => {
  bundle = await ensureBundle();
});

function workloads({ oidcProviderArn, cluster }: OperatorRole): Partial<AWSAccountSpec> {
  return { workloadIdentity: { type: "IRSA", oidcProviderArn, clusterName: cluster.name } };
}

/** The boundary allows what the grants allow, with the bucket's key, and the role's policy allows nothing else. */
async function expectWithinBoundary(world: World, { cluster }: OperatorRole, { status }: BucketAccess): Promise<void> {
  const token = world.simulator.serviceAccountToken(cluster, world.name, "app");
  const s3 = s3As(world, await webIdentity(world, status?.roles?.[0]?.arn ?? "", token));
  const Bucket = world.bucketName("docs");
  try {
    await s3.send(new PutObjectCommand({ Bucket, Key: "raw/a", Body: "a" }));
    const { Body, ServerSideEncryption } = await s3.send(new GetObjectCommand({ Bucket, Key: "raw/a" }));
    expect([await Body?.transformToString(), ServerSideEncryption]).toEqual(["a", "aws:kms"]);
    const beside = s3.send(new PutObjectCommand({ Bucket, Key: "b", Body: "b" }));
    await expect(beside).rejects.toMatchObject({ name: "AccessDenied" });
  } finally {
    s3.destroy();
  }
}

describe.each(HEADINGS)("%s", (heading) => {
  test("the page's documents are sufficient, and no role is created without the boundary", async () => {
    await using world = await createWorld();
    await using role = await makeOperatorRole(world, heading);
    await using _operator = spawnOperator(world, bundle, [], role.environment);
    using accesses = await accessesOf(world);
    await world.applyAccount(workloads(role));
    const kmsKey = { managed: {} };
    await world.applyBucket("docs", {
      bucketName: world.bucketName("docs"),
      versioning: "Enabled",
      encryption: { sseAlgorithm: "aws:kms", kmsKey },
    });
    await world.bucketWhen("docs", isReady);
    const { status } = await world.kube.get<AWSAccount>(AWS_ACCOUNTS, { name: world.name });
    expect(status?.callerArn).toContain(":assumed-role/s3-operator/");

    await accesses.apply("reader", {});
    await accesses.apply("by-pod-identity", { identity: "PodIdentity", serviceAccountRefs: [{ name: "other" }] });
    for (const name of ["reader", "by-pod-identity"]) {
      const refused = await accesses.when(name, isReconciling("AccessDenied"));
      expect(condition(refused, "Ready")?.message).toContain("iam:CreateRole");
    }
    expect([...world.account.roles.keys()]).toEqual([role.roleArn]);

    await world.applyAccount({ ...workloads(role), iam: { permissionsBoundaryArn: role.boundaryArn } });
    for (const name of ["reader", "by-pod-identity"]) {
      const ready = await accesses.when(name, isReady);
      expect(roleOf(world, ready).permissionsBoundary).toBe(role.boundaryArn);
    }
    await expectAccessInvariants(world, accesses);
    await expectWithinBoundary(world, role, await accesses.get("reader"));
  });
});

test("With Pod Identity: another ServiceAccount with an association cannot assume the role", async () => {
  await using world = await createWorld();
  await using role = await makeOperatorRole(world, "With Pod Identity");
  const { podIdentityAssociations } = role.cluster;
  const [id, association] = [...podIdentityAssociations][0] ?? [];
  if (id === undefined || association === undefined) throw new Error("no association");
  podIdentityAssociations.set("another", { ...association, namespace: "team-a" });
  const come = (namespace: string) =>
    world.simulator.podIdentityCredentials(role.cluster, namespace, SERVICE_ACCOUNT.name);
  await expect(come(SERVICE_ACCOUNT.namespace)).resolves.toBeDefined();
  await expect(come("team-a")).rejects.toThrow("does not let pods assume it");
});

test("With IRSA: the token of another ServiceAccount cannot assume the role", async () => {
  await using world = await createWorld();
  await using role = await makeOperatorRole(world, "With IRSA");
  const token = (namespace: string) =>
    world.simulator.serviceAccountToken(role.cluster, namespace, SERVICE_ACCOUNT.name);
  await expect(webIdentity(world, role.roleArn, token(SERVICE_ACCOUNT.namespace))).resolves.toBeDefined();
  await expect(webIdentity(world, role.roleArn, token("team-a"))).rejects.toMatchObject({ name: "AccessDenied" });
});

/**
 * The manifests in test/corpus/manifests, applied as they are: ServiceAccounts of a real platform, one of each kind. Each
 * reaches all of its buckets with one role, and no bucket next door. The simulator evaluates policies.
 */

import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { MANIFESTS } from "../../corpus/manifests.ts";
import { expectInvariants } from "../support/expect/invariants.ts";
import { expectReach, fill, keysAround } from "../support/expect/reach.ts";
import { isReady } from "../support/expect/states.ts";
import { expectAccessInvariants, roleOf } from "../support/world/access.ts";
import { accessesOfFiles, accountSpecOf } from "../support/world/examples.ts";
import { createNamedResources } from "../support/world/named-resources.ts";
import { addOwnerPolicies, runManifests, type Pod, type Stage } from "../support/world/workloads.ts";

/** Paths are relative to examples/. */
const FOLDER = "../test/corpus/";
const ACCOUNT = `${FOLDER}account.yaml`;

/** Buckets in the workload's account and in a partner's, which let in the roles of their own account. */
const NEXT_DOOR = { own: "next-door", partners: "partner-next-door" };
const PARTNER = "444455556666";

function runFile(file: string, type: "IRSA" | "PodIdentity"): Promise<Stage> {
  const files = [`${FOLDER}manifests/${file}`];
  return runManifests(
    {
      files,
      account: ACCOUNT,
      prepare: (world) => {
        createNamedResources(world, accessesOfFiles(files), accountSpecOf(ACCOUNT));
        world.account.createBucket(NEXT_DOOR.own, "eu-central-1");
        world.simulator.account(PARTNER).createBucket(NEXT_DOOR.partners, "eu-central-1");
      },
    },
    type,
  );
}

test.each(MANIFESTS)("%s: the workload reaches its buckets with one role, and none next door", async (file) => {
  await using stage = await runFile(file, "IRSA");
  await expectOwnBucketsOnly(stage, file);
});

describe("Pod Identity", () => {
  test.each(["two-buckets.yaml", "two-of-each.yaml", "analytics.yaml"])("%s: the same", async (file) => {
    await using stage = await runFile(file, "PodIdentity");
    await expectOwnBucketsOnly(stage, file);
  });
});

async function expectOwnBucketsOnly(stage: Stage, file: string): Promise<void> {
  const { world, accesses } = stage;
  const manifests = accessesOfFiles([`${FOLDER}manifests/${file}`]);
  for (const { metadata } of manifests) await accesses.when(metadata.name, isReady);
  // Before the workload sends requests, because the invariants count callers.
  await expectAccessInvariants(world, accesses);
  await expectInvariants(world);
  await expectOneRole(stage, file);

  for (const { metadata, spec } of manifests) {
    const access = await accesses.get(metadata.name);
    await addOwnerPolicies(stage, access);
    using pod = await stage.pod(metadata.name);
    const keys = spec.grants.flatMap(({ prefix }) => keysAround(prefix));
    await fill({ owner: stage.ownerOf(access) }, pod.bucket, keys);
    await expectReach(pod, spec.grants, keys);
    for (const bucket of Object.values(NEXT_DOOR)) await expectDenied(pod, bucket);
  }
}

/** All BucketAccesses have the same role, with the policies that any of them names, or none if it is another tool's. */
async function expectOneRole({ world, accesses }: Stage, file: string): Promise<void> {
  const manifests = accessesOfFiles([`${FOLDER}manifests/${file}`]);
  const ready = await Promise.all(manifests.map(({ metadata }) => accesses.get(metadata.name)));
  const roles = new Set(ready.map((access) => roleOf(world, access)));
  expect(roles.size).toBe(1);
  const attached = new Set(manifests.flatMap(({ spec }) => spec.role?.policyArns ?? []));
  expect([...roles][0]?.attachedPolicies).toEqual(attached);
}

async function expectDenied({ s3 }: Pod, Bucket: string): Promise<void> {
  const names = { Bucket, Key: "x" };
  const requests = [
    () => s3.send(new GetObjectCommand(names)),
    () => s3.send(new PutObjectCommand({ ...names, Body: "x" })),
    () => s3.send(new ListObjectsV2Command({ Bucket })),
  ];
  for (const request of requests) await expect(request()).rejects.toMatchObject({ name: "AccessDenied" });
}

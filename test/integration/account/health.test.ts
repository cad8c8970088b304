import { expect, test } from "vitest";
import { AWS_ACCOUNTS } from "../../../operator/api/names.ts";
import type { AWSAccount } from "../../../operator/api/types.ts";
import { findCondition } from "../../../operator/kube/conditions.ts";
import { expectSoundStatus } from "../../conformance/conditions.ts";
import { expectHealth, type Health } from "../support/expect/health.ts";
import { eventually } from "../support/expect/wait.ts";
import { holdCalls } from "../support/faults/trap.ts";
import { startOperator } from "../support/process/operator.ts";
import { createWorld, type World } from "../support/world/world.ts";

/* Each state of an AWSAccount as tools that wait for it see it. It owns nothing at AWS, so it is deleted at once. */

const WAITING: Health = { kstatus: "InProgress", ready: false, argocd: "Progressing" };
const READY: Health = { kstatus: "Current", ready: true, argocd: "Healthy" };
const FAILED: Health = { kstatus: "Failed", ready: false, argocd: "Degraded" };

async function expectAccountHealth(world: World, health: Health): Promise<void> {
  const account = await get(world);
  expectSoundStatus(account);
  await expectHealth(world, account, health);
}

function get({ kube, name }: World): Promise<AWSAccount> {
  return kube.get<AWSAccount>(AWS_ACCOUNTS, { name });
}

/** Waits until Ready has this reason at the newest generation. */
async function accountSays(world: World, reason: string): Promise<void> {
  await eventually(
    () => get(world),
    ({ metadata, status }) =>
      status?.observedGeneration === metadata.generation && findCondition(status, "Ready")?.reason === reason,
  );
}

test("an account is in progress until its first reconcile has finished, and again after an edit", async () => {
  await using world = await createWorld();
  await world.applyAccount();
  expect((await get(world)).status).toEqual({ observedGeneration: -1 });
  await expectAccountHealth(world, WAITING);

  const read = holdCalls(world.simulator, "GetCallerIdentity");
  const operator = startOperator(world);
  await read.full;
  await expectAccountHealth(world, WAITING);
  read.release();
  await accountSays(world, "Succeeded");
  await expectAccountHealth(world, READY);

  await operator.stop();
  await world.applyAccount({ region: "us-east-1" });
  await expectAccountHealth(world, WAITING);
  await using _operator = startOperator(world);
  await accountSays(world, "Succeeded");
  await expectAccountHealth(world, READY);
});

test("a transient error of AWS is never a failure", async () => {
  await using world = await createWorld();
  const off = world.simulator.faults.internalError({ operation: "GetCallerIdentity" });
  await using _operator = startOperator(world);
  await world.applyAccount();
  await accountSays(world, "Unavailable");
  await expectAccountHealth(world, WAITING);
  off();
  await accountSays(world, "Succeeded");
  await expectAccountHealth(world, READY);
});

test("an error that only a user can resolve is a failure", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount({ accountId: "999988887777" });
  await accountSays(world, "AccountMismatch");
  await expectAccountHealth(world, FAILED);
});

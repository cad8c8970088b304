/** Block Public Access of a whole AWS account, by spec.publicAccessBlock of its AWSAccount. */

import { describe, expect, test } from "vitest";
import { AWS_ACCOUNTS, RECONCILE_REQUESTED_AT } from "../../../operator/api/names.ts";
import type { AWSAccount } from "../../../operator/api/types.ts";
import { ALL_BLOCKED, publicAccessBlockDocument } from "../../aws/s3/public-access-block.ts";
import { expectSoundStatus } from "../../conformance/conditions.ts";
import { kstatus } from "../../conformance/kstatus.ts";
import { expectPermittedCalls, operatorCalls, operatorWrites } from "../support/expect/invariants.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { createWorld, type World } from "../support/world/world.ts";

const ALL_ON = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };
const HALF_BLOCKED = publicAccessBlockDocument({ ...ALL_BLOCKED, BlockPublicPolicy: false });

async function accountWhen(
  world: World,
  until: (account: AWSAccount) => boolean,
  name = world.name,
): Promise<AWSAccount> {
  const account = await eventually(
    () => world.kube.get<AWSAccount>(AWS_ACCOUNTS, { name }),
    (found) => found.status?.observedGeneration === found.metadata.generation && until(found),
    (last) => `AWSAccount: ${JSON.stringify(last?.status, undefined, 1)}`,
  );
  expectSoundStatus(account);
  return account;
}

const ready = ({ status }: AWSAccount) => status?.conditions?.find(({ type }) => type === "Ready");
const isReady = (account: AWSAccount) => ready(account)?.status === "True";
const hasReason = (reason: string) => (account: AWSAccount) => ready(account)?.reason === reason;

async function askAgain({ kube, name }: World, annotations: Record<string, string | null>): Promise<void> {
  await kube.mergePatch(AWS_ACCOUNTS, { name }, { metadata: { annotations } });
}

function calledAs(world: World, operation: string) {
  return operatorCalls(world).filter((call) => call.operation === operation);
}

test("Block Public Access is set, kept, and removed again by the operator that set it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount({ publicAccessBlock: ALL_ON });
  const set = await accountWhen(world, isReady);
  expect(set.status).toMatchObject({ publicAccessBlock: ALL_ON, appliedPublicAccessBlock: ALL_ON });
  expect(world.account.publicAccessBlock).toEqual(publicAccessBlockDocument(ALL_BLOCKED));

  world.account.publicAccessBlock = HALF_BLOCKED;
  await askAgain(world, { [RECONCILE_REQUESTED_AT]: "1" });
  await eventually(
    () => JSON.stringify(world.account.publicAccessBlock),
    (found) => found === JSON.stringify(publicAccessBlockDocument(ALL_BLOCKED)),
  );
  await accountWhen(world, isReady);
  expect(calledAs(world, "PutPublicAccessBlock")).toHaveLength(2);

  await world.applyAccount();
  const { status } = await accountWhen(world, (account) => account.status?.appliedPublicAccessBlock === undefined);
  expect(world.account.publicAccessBlock).toBeUndefined();
  expect(status?.publicAccessBlock).toBeUndefined();
  expectPermittedCalls(world);
});

test("switches that were on before are not turned off, and switches that are not declared are not read", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  world.account.publicAccessBlock = publicAccessBlockDocument(ALL_BLOCKED);
  await world.applyAccount();
  await accountWhen(world, isReady);
  expect(calledAs(world, "GetPublicAccessBlock")).toEqual([]);
  await world.applyAccount({ publicAccessBlock: ALL_ON });
  await accountWhen(world, (account) => account.status?.publicAccessBlock !== undefined && isReady(account));
  await world.applyAccount();
  await accountWhen(world, (account) => account.status?.publicAccessBlock === undefined && isReady(account));
  expect(world.account.publicAccessBlock).toBeDefined();
  expect(operatorWrites(world)).toEqual([]);
});

test("an account that its organization manages is reported once and retried seldom, and its buckets are reconciled", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  world.account.publicAccessBlock = HALF_BLOCKED;
  world.account.publicAccessBlockManagedByOrganization = true;
  // First: an account is reconciled again when its first user appears.
  await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
  await world.applyAccount({ publicAccessBlock: ALL_ON });
  const refused = await accountWhen(world, hasReason("ManagedByOrganization"));
  expect(kstatus(refused)).toBe("Failed");
  expect(ready(refused)?.message).toContain("blockPublicPolicy is false, not true");
  expect(ready(refused)?.message).toContain("remove spec.publicAccessBlock");
  expect(refused.status?.callerArn).toBe(world.account.callerArn);
  expect(refused.status?.denied).toBeUndefined();

  await world.bucketWhen(
    "docs",
    ({ status }) => status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true,
  );
  expect(
    calledAs(world, "PutPublicAccessBlock").filter(({ action }) => action === "s3:PutAccountPublicAccessBlock"),
  ).toHaveLength(1);

  world.account.publicAccessBlock = publicAccessBlockDocument(ALL_BLOCKED);
  await askAgain(world, { [RECONCILE_REQUESTED_AT]: "1" });
  await accountWhen(world, isReady);
  await world.applyAccount();
  await accountWhen(world, (account) => account.status?.publicAccessBlock === undefined && isReady(account));
});

test("a paused account is not written to", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount();
  await accountWhen(world, isReady);
  await askAgain(world, { "s3-operator.io/paused": "true" });
  await world.applyAccount({ publicAccessBlock: ALL_ON });
  await eventually(
    () => world.kube.get<AWSAccount>(AWS_ACCOUNTS, { name: world.name }),
    ({ status }) => status?.conditions?.some(({ type }) => type === "Paused") === true,
  );
  expect(operatorWrites(world)).toEqual([]);
  await askAgain(world, { "s3-operator.io/paused": null });
  await accountWhen(world, (account) => account.status?.publicAccessBlock !== undefined && isReady(account));
  expect(world.account.publicAccessBlock).toBeDefined();
});

test("after a crash during the write, the next process finishes it and recognizes it as the operator's own", async () => {
  await using world = await createWorld();
  await world.applyAccount({ publicAccessBlock: ALL_ON });
  const written = Promise.withResolvers<void>();
  const remove = world.simulator.faults.onCall(({ action }, phase) => {
    if (action !== "s3:PutAccountPublicAccessBlock" || phase !== "after") return;
    written.resolve();
    return "drop";
  });
  const first = startOperator(world);
  await written.promise;
  await first.stop();
  remove();
  await using _second = startOperator(world);
  await accountWhen(world, isReady);
  await world.applyAccount();
  await eventually(
    () => world.account.publicAccessBlock,
    (found) => found === undefined,
  );
});

describe("two AWSAccounts of one AWS account", () => {
  const OFF = { ...ALL_ON, blockPublicPolicy: false };

  /** Applies the older account, and names a younger one, which is applied in the same second or later. */
  async function pair(world: World): Promise<string> {
    await world.applyAccount({ publicAccessBlock: ALL_ON });
    await accountWhen(world, isReady);
    return `${world.name}-younger`;
  }

  test("the younger AWSAccount is Stalled, names the older, and writes nothing; it takes over when the older is deleted", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const younger = await pair(world);
    await using _end = { [Symbol.asyncDispose]: () => world.kube.delete(AWS_ACCOUNTS, { name: younger }) };
    await world.applyAccount({ publicAccessBlock: OFF }, younger);
    const stalled = await accountWhen(world, hasReason("PublicAccessBlockConflict"), younger);
    expect(kstatus(stalled)).toBe("Failed");
    expect(ready(stalled)?.message).toContain(`AWSAccount '${world.name}' is older`);
    expect(ready(stalled)?.message).toContain("blockPublicPolicy is true, not false");
    expect(stalled.status?.callerArn).toBe(world.account.callerArn);
    expect(world.account.publicAccessBlock).toEqual(publicAccessBlockDocument(ALL_BLOCKED));

    // No reconcile of either account reverts the write of the other.
    const reads = () => calledAs(world, "GetCallerIdentity").length;
    const before = reads();
    await askAgain(world, { [RECONCILE_REQUESTED_AT]: "1" });
    await askAgain({ ...world, name: younger }, { [RECONCILE_REQUESTED_AT]: "1" });
    await eventually(reads, (count) => count >= before + 2);
    await accountWhen(world, isReady);
    await accountWhen(world, hasReason("PublicAccessBlockConflict"), younger);
    expect(calledAs(world, "PutPublicAccessBlock")).toHaveLength(1);

    await world.kube.delete(AWS_ACCOUNTS, { name: world.name });
    await accountWhen(world, isReady, younger);
    expect(world.account.publicAccessBlock).toEqual(HALF_BLOCKED);
    expect(calledAs(world, "PutPublicAccessBlock")).toHaveLength(2);
    expectPermittedCalls(world);
  });

  test("the younger AWSAccount takes over when the older no longer declares switches, and yields when it does again", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const younger = await pair(world);
    await using _end = { [Symbol.asyncDispose]: () => world.kube.delete(AWS_ACCOUNTS, { name: younger }) };
    await world.applyAccount({ publicAccessBlock: OFF }, younger);
    await accountWhen(world, hasReason("PublicAccessBlockConflict"), younger);
    await world.applyAccount();
    await accountWhen(world, isReady, younger);
    expect(world.account.publicAccessBlock).toEqual(HALF_BLOCKED);

    await world.applyAccount({ publicAccessBlock: ALL_ON });
    await accountWhen(world, hasReason("PublicAccessBlockConflict"), younger);
    await accountWhen(world, (account) => account.status?.publicAccessBlock !== undefined && isReady(account));
    expect(world.account.publicAccessBlock).toEqual(publicAccessBlockDocument(ALL_BLOCKED));
  });

  test("when both AWSAccounts declare the same, the last one to be deleted removes the switches", async () => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const younger = await pair(world);
    await using _end = { [Symbol.asyncDispose]: () => world.kube.delete(AWS_ACCOUNTS, { name: younger }) };
    await world.applyAccount({ publicAccessBlock: ALL_ON }, younger);
    await accountWhen(world, isReady, younger);
    await world.applyAccount();
    await accountWhen(world, (account) => account.status?.publicAccessBlock === undefined && isReady(account));
    expect(world.account.publicAccessBlock).toEqual(publicAccessBlockDocument(ALL_BLOCKED));
    await world.applyAccount({}, younger);
    await eventually(
      () => world.account.publicAccessBlock,
      (found) => found === undefined,
    );
  });
});

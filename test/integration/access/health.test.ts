import { expect, test } from "vitest";
import { PAUSED } from "../../../operator/api/names.ts";
import type { BucketAccess, BucketAccessSpec } from "../../../operator/api/types.ts";
import { scriptsFor } from "../../conformance/argocd.ts";
import { argoAct } from "../../tools/judges.ts";
import { expectHealth, type Health } from "../support/expect/health.ts";
import { condition, isReady, isReconciling, isStalled } from "../support/expect/states.ts";
import { holdCalls } from "../support/faults/trap.ts";
import { watchAccessWrites } from "../support/faults/write-watch.ts";
import { startOperator } from "../support/process/operator.ts";
import { accessesOf, expectAccessInvariants, roleOf, worldWithBucket, type Accesses } from "../support/world/access.ts";
import { createWorld, type World } from "../support/world/world.ts";

/*
 * Each state of a BucketAccess as tools that wait for it see it: Helm 4 and Flux (kstatus), Argo CD, and kubectl. A
 * transient state is checked while the simulator holds the operator's next call.
 */

const WAITING: Health = { kstatus: "InProgress", ready: false, argocd: "Progressing" };
const READY: Health = { kstatus: "Current", ready: true, argocd: "Healthy" };
const FAILED: Health = { kstatus: "Failed", ready: false, argocd: "Degraded" };
const DELETING: Health = { kstatus: "Terminating", ready: false, argocd: "Progressing" };

/** A world with a BucketAccess named "reader". */
interface Reader extends Disposable {
  accesses: Accesses;
  when(until: (access: BucketAccess) => boolean): Promise<BucketAccess>;
  shows(health: Health): Promise<BucketAccess>;
  /** Asserts that each recorded status was sound, and that none was Ready while there was something to write. */
  wasHonest(): Promise<void>;
}

async function follow(world: World): Promise<Reader> {
  const accesses = await accessesOf(world);
  const tooEarly = watchAccessWrites(world, () => accesses.get("reader"));
  return {
    accesses,
    when: (until) => accesses.when("reader", until),
    shows: async (health) => {
      const access = await accesses.get("reader");
      await expectHealth(world, access, health);
      return access;
    },
    wasHonest: async () => {
      await expectAccessInvariants(world, accesses);
      expect(tooEarly, "written while it was Ready").toEqual([]);
    },
    [Symbol.dispose]: () => accesses[Symbol.dispose](),
  };
}

/** Creates the world with a running operator and a bucket that is Ready. */
async function readyReader(world: World, reader: Reader, spec: Partial<BucketAccessSpec> = {}): Promise<BucketAccess> {
  await worldWithBucket(world);
  await reader.accesses.apply("reader", spec);
  return reader.when(isReady);
}

test("a new access is in progress until its first reconcile has finished", async () => {
  await using world = await createWorld();
  using reader = await follow(world);
  const operator = startOperator(world);
  await worldWithBucket(world);
  await operator.stop();
  await reader.accesses.apply("reader", {});
  expect((await reader.shows(WAITING)).status).toEqual({ observedGeneration: -1 });

  const held = ["GetRole", "CreateRole", "PutRolePolicy", "GetRolePolicy"].map((operation) =>
    holdCalls(world.simulator, operation),
  );
  await using _operator = startOperator(world);
  for (const { full, release } of held) {
    await full;
    await reader.shows(WAITING);
    release();
  }
  await reader.when(isReady);
  await reader.shows(READY);
  await reader.wasHonest();
});

test("an access with an edited spec is in progress until it is reconciled", async () => {
  await using world = await createWorld();
  using reader = await follow(world);
  const operator = startOperator(world);
  await readyReader(world, reader);
  await operator.stop();
  await reader.accesses.edit("reader", { grants: [{ prefix: "curated/", permissions: ["Read"] }] });
  await reader.shows(WAITING);

  const write = holdCalls(world.simulator, "PutRolePolicy");
  await using _operator = startOperator(world);
  await write.full;
  await reader.shows(WAITING);
  write.release();
  await reader.when(isReady);
  await reader.shows(READY);
  await reader.wasHonest();
});

test("a transient error of AWS is never a failure", async () => {
  await using world = await createWorld();
  using reader = await follow(world);
  await using _operator = startOperator(world);
  await readyReader(world, reader);
  const off = world.simulator.faults.internalError({ operation: "GetRole" });
  await reader.accesses.reconcileAgain("reader");
  await reader.when(isReconciling("Unavailable"));
  await reader.shows(WAITING);
  off();
  await reader.when(isReady);
  await reader.shows(READY);
  await reader.wasHonest();
});

test("an access that is applied before its bucket waits", async () => {
  await using world = await createWorld();
  using reader = await follow(world);
  await using _operator = startOperator(world);
  await reader.accesses.apply("reader", {});
  await reader.when(isReconciling("BucketNotAvailable"));
  await reader.shows(WAITING);
  await worldWithBucket(world);
  await reader.when(isReady);
  await reader.shows(READY);
  await reader.wasHonest();
});

const LONG = Array.from({ length: 99 }, (_, index) => `${"folder-".repeat(20)}${index}/`);

test.each<[reason: string, spec: Partial<BucketAccessSpec>, prepare: (world: World) => Promise<unknown>]>([
  ["WorkloadIdentityNotConfigured", {}, (world) => world.applyAccount()],
  ["PolicyTooLarge", { grants: LONG.map((prefix) => ({ prefix, permissions: ["Read"] })) }, async () => {}],
  [
    "GuardrailViolated",
    { principals: ["arn:aws:iam::444455556666:role/reader"] },
    (world) => world.applyAccount({ guardrails: { allowedAccounts: [] } }),
  ],
])("an error that only a user can resolve is a failure: %s", async (reason, spec, prepare) => {
  await using world = await createWorld();
  using reader = await follow(world);
  await using _operator = startOperator(world);
  await worldWithBucket(world);
  await prepare(world);
  await reader.accesses.apply("reader", spec);
  await reader.when(isStalled(reason));
  await reader.shows(FAILED);
  await reader.wasHonest();
});

test("a role of the same name that another owner has is a failure", async () => {
  await using world = await createWorld();
  using reader = await follow(world);
  await using _operator = startOperator(world);
  const role = roleOf(world, await readyReader(world, reader));
  role.tags.set("s3-operator.io/name", "another");
  await reader.accesses.reconcileAgain("reader");
  await reader.when(isStalled("RoleNotOwned"));
  await reader.shows(FAILED);
  await reader.wasHonest();
});

test("an access is not ready while drift is corrected", async () => {
  await using world = await createWorld();
  using reader = await follow(world);
  await using _operator = startOperator(world, { settleWindowMs: 0 });
  const role = roleOf(world, await readyReader(world, reader));
  role.inlinePolicies.delete("s3-operator");
  const repair = holdCalls(world.simulator, "PutRolePolicy");
  const reconciled = reader.accesses.reconcileAgain("reader");
  await repair.full;
  const repairing = await reader.shows(WAITING);
  expect(condition(repairing, "Ready")).toMatchObject({ status: "Unknown", reason: "DriftDetected" });
  repair.release();
  await reconciled;
  await reader.when(isReady);
  await reader.shows(READY);
  await reader.wasHonest();
});

test("an access that Argo CD's action pauses keeps its health unless it was edited, until it is resumed", async () => {
  await using world = await createWorld();
  using reader = await follow(world);
  await using _operator = startOperator(world);
  await readyReader(world, reader);
  const { actions } = scriptsFor("BucketAccess");
  const act = async (action: string) => {
    const changed = await argoAct(await reader.accesses.get("reader"), actions.get(action) ?? "");
    const { annotations } = (changed as unknown as BucketAccess).metadata;
    await reader.accesses.annotate("reader", annotations ?? {});
  };
  await act("pause");
  await reader.when((access) => condition(access, "Paused")?.status === "True");
  await reader.shows({ ...READY, argocd: "Suspended" });
  const { metadata } = await reader.accesses.edit("reader", { grants: [{ prefix: "a/", permissions: ["Read"] }] });
  await reader.when((access) => condition(access, "Paused")?.observedGeneration === metadata.generation);
  await reader.shows({ ...WAITING, argocd: "Suspended" });
  await act("resume");
  const resumed = await reader.when((access) => isReady(access) && condition(access, "Paused") === undefined);
  expect(resumed.metadata.annotations?.[PAUSED]).toBe("false");
  await reader.shows(READY);
  await reader.wasHonest();
});

test("an access that is being deleted is terminating", async () => {
  await using world = await createWorld();
  using reader = await follow(world);
  await using _operator = startOperator(world);
  const { status } = await readyReader(world, reader);
  const call = holdCalls(world.simulator, "DeleteRole");
  await reader.accesses.delete("reader");
  await call.full;
  await reader.shows(DELETING);
  call.release();
  await reader.accesses.statuses.whenGone("reader");
  expect(world.account.roles.has(status?.roles?.[0]?.arn ?? "")).toBe(false);
  await reader.wasHonest();
});

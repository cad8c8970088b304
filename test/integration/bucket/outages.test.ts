import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { eventWhen } from "../support/expect/events.ts";
import { expectInvariants, reconcileAgain } from "../support/expect/invariants.ts";
import { condition, isReady, isReconciling, isStalled } from "../support/expect/states.ts";
import {
  ATTEMPTS,
  createFaultWorld,
  disturb,
  failedOperations,
  FAULTS,
  PLACES,
  REASON_DURING,
  WRITE_PLACES,
  type FaultWorld,
} from "../support/faults/fault-world.ts";
import { PHASES, stateAtAws } from "../support/faults/phases.ts";

/*
 * Lasting, combined and unusual faults: AWS ends in the state without the fault, see faults.test.ts.
 */
vi.setConfig({ maxConcurrency: 200, testTimeout: 120_000 });

let faulty: FaultWorld;
beforeAll(async () => {
  faulty = await createFaultWorld();
});
afterAll(() => faulty?.[Symbol.asyncDispose]());

const PHASE_NAMES = ["create", "update", "drift", "deleteIfEmpty"] as const;

describe.concurrent("a lasting fault", () => {
  const cases = FAULTS.flatMap((fault) => PHASE_NAMES.map((phase) => ({ fault, phase })));
  test.for(cases)(
    "$fault during $phase is reported while it lasts, and the phase finishes after it",
    async ({ fault, phase }) => {
      const it = await faulty.subject(`lasting-${fault}-${phase}`, fault === "throttle");
      await PHASES[phase].prepare(it);
      const off = disturb(fault, it, fault === "operationAborted" ? WRITE_PLACES : PLACES);
      const over = await PHASES[phase].begin(it);
      const failing = await faulty.world.statuses.when(it.name, isReconciling(REASON_DURING[fault]));
      expect(condition(failing, "Reconciling")?.reason).toBe("ProgressingWithRetry");
      off();
      await over();
      faulty.expectUndisturbed(it, phase);
    },
  );

  test.for(PHASE_NAMES)("the phase %s finishes though no write ever gets a response", async (phase) => {
    const it = await faulty.subject(`lost-${phase}`);
    await PHASES[phase].prepare(it);
    disturb("loseAnswer", it, WRITE_PLACES);
    const over = await PHASES[phase].begin(it);
    await over();
    faulty.expectUndisturbed(it, phase);
  });

  test.for(FAULTS)("a deletion with Retain does not wait for the end of %s", async (fault) => {
    const it = await faulty.subject(`retain-${fault}`, fault === "throttle");
    await PHASES.retain.prepare(it);
    const before = stateAtAws(it);
    disturb(fault, it, fault === "operationAborted" ? WRITE_PLACES : PLACES);
    const over = await PHASES.retain.begin(it);
    await over();
    const warning = await eventWhen(faulty.world, it.name, "BucketNotReleased");
    expect(warning.type).toBe("Warning");
    // Lost responses: the ownership tags may be partly removed, but all else is unchanged.
    expect({ ...stateAtAws(it), tags: {} }).toEqual({ ...before, tags: {} });
  });
});

describe.concurrent("other faults", () => {
  test.for(PHASE_NAMES)("the phase %s finishes when every response is late", async (phase) => {
    const it = await faulty.subject(`late-${phase}`);
    await PHASES[phase].prepare(it);
    faulty.world.simulator.faults.delay(100, { bucket: it.bucketName });
    const over = await PHASES[phase].begin(it);
    await over();
    faulty.expectUndisturbed(it, phase);
  });

  test.for(PHASE_NAMES)("the phase %s finishes when reads fail and responses to writes are lost", async (phase) => {
    const it = await faulty.subject(`two-${phase}`);
    await PHASES[phase].prepare(it);
    disturb("internalError", it, ["existence", "reads"], 2);
    disturb("loseAnswer", it, WRITE_PLACES, 2);
    const over = await PHASES[phase].begin(it);
    await over();
    faulty.expectUndisturbed(it, phase);
  });

  test.for(PHASE_NAMES)(
    "the phase %s finishes when the session expires before it begins and after each kind of write",
    async (phase) => {
      const it = await faulty.subject(`expired-${phase}`, true);
      await PHASES[phase].prepare(it);
      it.account.expireSessions();
      const seen = new Set<string>();
      faulty.world.simulator.faults.onCall(({ bucket, write, operation, status }) => {
        if (bucket !== it.bucketName || !write || status !== 200 || seen.has(operation)) return;
        seen.add(operation);
        it.account.expireSessions();
      });
      const over = await PHASES[phase].begin(it);
      await over();
      faulty.expectUndisturbed(it, phase);
      const { calls } = it.world.simulator;
      expect(calls.of(it.bucketName).some(({ errorCode }) => errorCode === "ExpiredToken")).toBe(true);
    },
  );

  test("a call that hangs is aborted and retried", async () => {
    const it = await faulty.subject("hang");
    faulty.world.simulator.faults.hang({
      bucket: it.bucketName,
      operation: "PutBucketPolicy",
      times: 1,
    });
    const over = await PHASES.create.begin(it);
    await over();
    faulty.expectUndisturbed(it, "create");
    expect(failedOperations(it)).toContain("PutBucketPolicy");
  });

  test("a lost response to CreateBucket is retried by the SDK", async () => {
    const it = await faulty.subject("once");
    disturb("loseAnswer", it, ["bucket"], 1);
    const over = await PHASES.create.begin(it);
    await over();
    faulty.expectUndisturbed(it, "create");
    const { calls } = it.world.simulator;
    expect(calls.of(it.bucketName)).toContainEqual(expect.objectContaining({ errorCode: "BucketAlreadyOwnedByYou" }));
  });

  test("a denied HeadBucket without a body is reported", async () => {
    const it = await faulty.subject("head");
    const off = faulty.world.simulator.faults.deny("s3:ListBucket", { bucket: it.bucketName });
    await PHASES.create.begin(it);
    await faulty.world.statuses.when(it.name, isStalled("BucketOwnedByAnotherAccount"));
    off();
    await reconcileAgain(faulty.world, it.name);
    await faulty.world.statuses.when(it.name, isReady);
  });

  test("stale lifecycle responses cause no second write", async () => {
    const it = await faulty.subject("flap");
    const { statuses, simulator } = faulty.world;
    const bucketName = it.bucketName;
    simulator.normalise.set({ lifecycleFlap: { reads: 3 } }, bucketName);
    const over = await PHASES.create.begin(it);
    // The first response and the third are old ones.
    await statuses.when(it.name, isReconciling("Settling"));
    await over();
    await reconcileAgain(faulty.world, it.name);
    await statuses.when(it.name, isReady);
    faulty.expectUndisturbed(it, "create");
    const writes = simulator.calls.of(bucketName).filter(({ action }) => action === "s3:PutLifecycleConfiguration");
    expect(writes).toHaveLength(1);
    expect(statuses.of(it.name).map(({ status }) => status?.drift)).not.toContainEqual(expect.anything());
  });

  test("errors of KMS are retried", async () => {
    const { world } = faulty;
    const it = await faulty.subject("kms");
    const arn = await world.createKey();
    world.simulator.faults.internalError({ operation: "DescribeKey", times: ATTEMPTS });
    const over = await PHASES.create.begin({
      ...it,
      spec: { ...it.spec, encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn } } },
    });
    await over();
    expect(world.statuses.of(it.name).some(isStalled("KMSKeyNotFound"))).toBe(false);
  });

  test("errors of STS are retried", async () => {
    const { faults } = faulty.world.simulator;
    for (const operation of ["AssumeRole", "GetCallerIdentity"]) faults.internalError({ operation, times: ATTEMPTS });
    const it = await faulty.subject("sts", true);
    const over = await PHASES.create.begin(it);
    await over();
    faulty.expectUndisturbed(it, "create");
  });
});

test("nothing was written before status announced it", () => {
  expect(faulty.tooEarly).toEqual([]);
});

test("the invariants hold after all faults", () => expectInvariants(faulty.world));

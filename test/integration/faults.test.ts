import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Account, Match } from "../aws/index.ts";
import type { Remove } from "../aws/faults.ts";
import { eventWhen } from "./support/events.ts";
import { expectInvariants, lookAgain, operatorCalls } from "./support/invariants.ts";
import { type Operator, startOperator } from "./support/operator.ts";
import { PHASES, type Phase, type PhaseName, stateAtAws, type Subject, undisturbed } from "./support/phases.ts";
import { fullSpec } from "./support/specs.ts";
import { condition, isReady, isReconciling, isStalled } from "./support/states.ts";
import { createWorld, type World } from "./support/world.ts";
import { watchWrites } from "./support/write-watch.ts";

/*
 * Whatever AWS and the network do to a call: once it is over, AWS has what it would have had without, and meanwhile nobody was told anything
 * wrong. Each case is one bucket, and all run at once, in one world with one operator: faults are switched on by bucket.
 */
vi.setConfig({ maxConcurrency: 200, testTimeout: 60_000 });

/** Operations by the place that they have in a reconcile. */
const OPERATIONS = {
  look: ["HeadBucket"],
  bucket: ["CreateBucket", "DeleteBucket"],
  reads: [
    "ListTagsForResource",
    "GetPublicAccessBlock",
    "GetBucketOwnershipControls",
    "GetBucketEncryption",
    "GetBucketVersioning",
    "GetBucketPolicy",
    "GetBucketLifecycleConfiguration",
    "GetBucketCors",
  ],
  writes: [
    "TagResource",
    "UntagResource",
    "PutPublicAccessBlock",
    "PutBucketOwnershipControls",
    "PutBucketEncryption",
    "PutBucketVersioning",
    "PutBucketPolicy",
    "PutBucketLifecycleConfiguration",
    "PutBucketCors",
    "DeleteBucketCors",
  ],
};
type Place = keyof typeof OPERATIONS;
const PLACES = Object.keys(OPERATIONS) as Place[];
const WRITE_PLACES: readonly Place[] = ["bucket", "writes"];

/** As many as the SDK tries by itself: the call fails, and the operator has to come back to it. */
const ATTEMPTS = 3;

const REASONS = {
  throttle: "Throttled",
  operationAborted: "Conflict",
  internalError: "Unavailable",
  loseAnswer: "Unavailable",
  connectionReset: "Unavailable",
} as const;
type Fault = keyof typeof REASONS;
const FAULTS = Object.keys(REASONS) as Fault[];

let world: World;
let operator: Operator;
let key: string;
/** Reached by a role: with sessions that expire, and with a rate limit of its own, so that its throttling slows nobody else. */
let other: Account;
let tooEarly: readonly string[];
const expected = new Map<PhaseName, object | undefined>();

beforeAll(async () => {
  world = await createWorld();
  operator = startOperator(world, { concurrency: 200 });
  key = await world.createKey();
  await world.applyAccount();
  other = await accountByRole("other");
  tooEarly = watchWrites(world);
  const phases = Object.entries(PHASES) as [PhaseName, Phase][];
  await Promise.all(
    phases.map(async ([name, phase]) => expected.set(name, await undisturbed(phase, subject(`reference-${name}`)))),
  );
});

afterAll(async () => {
  await operator?.stop();
  await world?.[Symbol.asyncDispose]();
});

/** An AWSAccount in which the operator has a role. */
async function accountByRole(purpose: string): Promise<Account> {
  const account = world.simulator.account(purpose === "other" ? "444455556666" : "777788889999");
  const { arn: roleArn } = account.addRole("operator", { trustedAccounts: [world.account.id] });
  await world.applyAccount({ accountId: account.id, assumeRole: { roleArn } }, `${world.name}-${account.id}`);
  return account;
}

function subject(purpose: string, account: Account = world.account, kmsKeyArn = key): Subject {
  const name = purpose.toLowerCase();
  const accountRef = { name: account === world.account ? world.name : `${world.name}-${account.id}` };
  return { world, account, name, spec: { accountRef, ...fullSpec(world.bucketName(name), kmsKeyArn) } };
}

/** Each operation of these places fails so often, or, with undefined, until the switch is off again. */
function disturb(fault: Fault, { spec }: Subject, places: readonly Place[], times?: number): Remove {
  const operations = places.flatMap((place) => OPERATIONS[place]);
  const match = (operation: string): Match => ({
    bucket: spec.bucketName ?? "",
    operation,
    ...(times !== undefined && { times }),
  });
  const switches = operations.map((operation) => world.simulator.faults[fault](match(operation)));
  return () => switches.forEach((off) => off());
}

function expectUndisturbed(it: Subject, phase: PhaseName): void {
  expect(stateAtAws(it)).toEqual(expected.get(phase));
  const stalled = world.statuses.of(it.name).map((state) => condition(state, "Stalled"));
  expect(stalled.filter((each) => each !== undefined)).toEqual([]);
}

function failedOperations({ spec }: Subject): Set<string> {
  const calls = world.simulator.calls.of(spec.bucketName ?? "");
  const failed = calls.filter(({ status, errorCode = "" }) => (status === 0 || status >= 400) && !/^NoSuch/.test(errorCode));
  return new Set(failed.map(({ operation }) => operation));
}

const accountFor = (fault: Fault) => (fault === "throttle" ? other : world.account);

describe.concurrent("a fault that passes", () => {
  const places: Record<Exclude<PhaseName, "retain">, readonly Place[]> = {
    create: PLACES,
    update: ["reads", "writes"],
    drift: ["reads", "writes"],
    deleteIfEmpty: ["look", "reads", "bucket"],
  };
  const cases = FAULTS.flatMap((fault) =>
    (Object.keys(places) as (keyof typeof places)[]).flatMap((phase) =>
      places[phase]
        .filter((place) => fault !== "operationAborted" || WRITE_PLACES.includes(place))
        .map((place) => ({ fault, phase, place })),
    ),
  );
  test.for(cases)("$fault of $place during $phase", async ({ fault, phase, place }) => {
    const it = subject(`${fault}-${phase}-${place}`, accountFor(fault));
    await PHASES[phase].prepare(it);
    // S3 refuses a conflicting write at once, and the SDK leaves it at that.
    const off = disturb(fault, it, [place], fault === "operationAborted" ? 1 : ATTEMPTS);
    const over = await PHASES[phase].begin(it);
    await over();
    off();
    expectUndisturbed(it, phase);
    expect(OPERATIONS[place].some((operation) => failedOperations(it).has(operation))).toBe(true);
  });
});

describe.concurrent("a fault that lasts", () => {
  const phases = ["create", "update", "drift", "deleteIfEmpty"] as const;
  const cases = FAULTS.flatMap((fault) => phases.map((phase) => ({ fault, phase })));
  test.for(cases)("$fault during $phase is reported, and over when it is over", async ({ fault, phase }) => {
    const it = subject(`lasting-${fault}-${phase}`, accountFor(fault));
    await PHASES[phase].prepare(it);
    const off = disturb(fault, it, fault === "operationAborted" ? WRITE_PLACES : PLACES);
    const over = await PHASES[phase].begin(it);
    const failing = await world.statuses.when(it.name, isReconciling(REASONS[fault]));
    expect(condition(failing, "Reconciling")?.reason).toBe("ProgressingWithRetry");
    off();
    await over();
    expectUndisturbed(it, phase);
  });

  test.for(phases)("all answers to writes are lost for good during %s", async (phase) => {
    const it = subject(`lost-${phase}`);
    await PHASES[phase].prepare(it);
    disturb("loseAnswer", it, WRITE_PLACES);
    const over = await PHASES[phase].begin(it);
    await over();
    expectUndisturbed(it, phase);
  });
});

describe.concurrent("other faults", () => {
  const phases = ["create", "update", "drift", "deleteIfEmpty"] as const;

  test.for(phases)("every answer is late during %s", async (phase) => {
    const it = subject(`delay-${phase}`);
    await PHASES[phase].prepare(it);
    world.simulator.faults.delay(100, { bucket: it.spec.bucketName ?? "" });
    const over = await PHASES[phase].begin(it);
    await over();
    expectUndisturbed(it, phase);
  });

  test.for(phases)("reads fail and answers to writes are lost during %s", async (phase) => {
    const it = subject(`two-${phase}`);
    await PHASES[phase].prepare(it);
    disturb("internalError", it, ["look", "reads"], ATTEMPTS);
    disturb("loseAnswer", it, WRITE_PLACES, ATTEMPTS);
    const over = await PHASES[phase].begin(it);
    await over();
    expectUndisturbed(it, phase);
  });

  test.for(phases)("the session expires during %s", async (phase) => {
    const it = subject(`expired-${phase}`, other);
    await PHASES[phase].prepare(it);
    const seen = new Set<string>();
    world.simulator.faults.onCall(({ bucket, operation }, when) => {
      if (bucket !== it.spec.bucketName || when === "before" || seen.has(operation)) return;
      seen.add(operation);
      other.expireSessions();
    });
    const over = await PHASES[phase].begin(it);
    await over();
    expectUndisturbed(it, phase);
    expect(seen.size).toBeGreaterThan(0);
  });

  test("a call that hangs", async () => {
    const it = subject("hang");
    world.simulator.faults.hang({ bucket: it.spec.bucketName ?? "", operation: "PutBucketPolicy", times: 1 });
    const over = await PHASES.create.begin(it);
    await over();
    expectUndisturbed(it, "create");
    expect(failedOperations(it)).toContain("PutBucketPolicy");
  });

  test("HeadBucket is denied, with a status and no more", async () => {
    const it = subject("head");
    const off = world.simulator.faults.deny("s3:ListBucket", { bucket: it.spec.bucketName ?? "" });
    await PHASES.create.begin(it);
    await world.statuses.when(it.name, isStalled("BucketOwnedByAnotherAccount"));
    off();
    await lookAgain(world, it.name);
    await world.statuses.when(it.name, isReady);
    expect(stateAtAws(it)).toEqual(expected.get("create"));
  });

  test("lifecycle answers flap: nothing is written twice", async () => {
    const it = subject("flap");
    world.simulator.normalise.set({ lifecycleFlap: { reads: 3 } }, it.spec.bucketName);
    const over = await PHASES.create.begin(it);
    await world.statuses.when(it.name, isReconciling("Settling"));
    await over();
    expectUndisturbed(it, "create");
    const writes = world.simulator.calls.of(it.spec.bucketName ?? "").filter(({ write }) => write);
    expect(writes.filter(({ action }) => action === "s3:PutLifecycleConfiguration")).toHaveLength(1);
  });

  test("KMS fails", async () => {
    const it = subject("kms", world.account, await world.createKey());
    world.simulator.faults.internalError({ operation: "DescribeKey", times: ATTEMPTS });
    const over = await PHASES.create.begin(it);
    await over();
    expect(condition(await world.bucket(it.name), "Ready")?.status).toBe("True");
  });

  test("STS fails", async () => {
    const { faults } = world.simulator;
    for (const operation of ["AssumeRole", "GetCallerIdentity"]) faults.internalError({ operation, times: ATTEMPTS });
    const it = subject("sts", await accountByRole("third"));
    const over = await PHASES.create.begin(it);
    await over();
    expectUndisturbed(it, "create");
  });
});

describe.concurrent("deletion with Retain does not wait for AWS", () => {
  test.for(FAULTS)("%s that lasts", async (fault) => {
    const it = subject(`retain-${fault}`, accountFor(fault));
    await PHASES.retain.prepare(it);
    const before = stateAtAws(it);
    disturb(fault, it, fault === "operationAborted" ? WRITE_PLACES : PLACES);
    const over = await PHASES.retain.begin(it);
    await over();
    const warning = await eventWhen(world, it.name, "BucketNotReleased");
    expect(warning.type).toBe("Warning");
    // Lost answers: the claim may be half given up, but the rest is as it was.
    expect({ ...stateAtAws(it), tags: {} }).toEqual({ ...before, tags: {} });
  });
});

test("every operation of the operator had its turn", () => {
  const known = new Set([...Object.values(OPERATIONS).flat(), "GetCallerIdentity", "AssumeRole", "DescribeKey"]);
  expect(new Set(operatorCalls(world).map(({ operation }) => operation))).toEqual(known);
});

test("nothing was written while the S3Bucket said that it was ready", () => {
  expect(tooEarly).toEqual([]);
});

test("afterwards all is quiet", () => expectInvariants(world));

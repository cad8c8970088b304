import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Account, CallHook, Match } from "../aws/index.ts";
import type { Remove } from "../aws/faults.ts";
import { kstatus } from "../conformance/kstatus.ts";
import { expectInvariants, operatorCalls } from "./support/invariants.ts";
import { type Operator, startOperator } from "./support/operator.ts";
import { PHASES, type PhaseName, stateAtAws, type Subject, undisturbed } from "./support/phases.ts";
import { fullSpec } from "./support/specs.ts";
import { condition } from "./support/states.ts";
import { createWorld, type World } from "./support/world.ts";

/*
 * Whatever AWS and the network do to a call: once it is over, AWS has what it would have had without, and meanwhile nobody was told anything
 * wrong. Each case is one bucket, and all run at once, in one world with one operator: faults are switched on by bucket.
 */
vi.setConfig({ maxConcurrency: 100, testTimeout: 60_000 });

const READS = [
  "HeadBucket",
  "ListTagsForResource",
  "GetPublicAccessBlock",
  "GetBucketOwnershipControls",
  "GetBucketEncryption",
  "GetBucketVersioning",
  "GetBucketPolicy",
  "GetBucketLifecycleConfiguration",
  "GetBucketCors",
];
const WRITES = [
  "CreateBucket",
  "DeleteBucket",
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
];
const ALL = [...READS, ...WRITES];
/** One more than the SDK's own attempts, so that the operator has to try again too. */
const BEYOND_RETRIES = 4;

let world: World;
let operator: Operator;
let key: string;
/** Reached by a role, with sessions that expire, and with a rate limit of its own. */
let other: Account;
const OTHER = "other-account";
const expected = new Map<PhaseName, object | undefined>();

beforeAll(async () => {
  world = await createWorld();
  operator = startOperator(world, { concurrency: 100 });
  key = await world.createKey();
  other = world.simulator.account("444455556666");
  const { arn: roleArn } = other.addRole("operator", { trustedAccounts: [world.account.id] });
  await world.applyAccount();
  await world.applyAccount({ accountId: other.id, assumeRole: { roleArn } }, `${world.name}-${OTHER}`);
  world.simulator.faults.onCall(expectNotReady);
  await Promise.all(
    phaseNames().map(async (phase) => {
      expected.set(phase, await undisturbed(PHASES[phase], subject(`reference-${phase.toLowerCase()}`)));
    }),
  );
});

afterAll(async () => {
  await operator?.stop();
  await world?.[Symbol.asyncDispose]();
});

const phaseNames = () => Object.keys(PHASES) as PhaseName[];

function subject(name: string, account: Account = world.account): Subject {
  const accountRef = { name: account === other ? `${world.name}-${OTHER}` : world.name };
  return { world, account, name, spec: { accountRef, ...fullSpec(world.bucketName(name), key) } };
}

/** What an S3Bucket says at the moment at which a write for it reaches AWS. */
const tooEarly: string[] = [];
const expectNotReady: CallHook = async ({ write, bucket, operation, caller }, phase) => {
  if (!write || bucket === undefined || phase === "after" || caller.endsWith("/person")) return;
  const found = await world.findBucket(bucket.slice(0, -world.name.length - 1));
  if (found !== undefined && kstatus(found) === "Current") tooEarly.push(`${operation} ${bucket}`);
};

type Switch = (match: Match) => Remove;

/** Every operation in turn fails so often. */
const each = (operations: string[], times: number, on: Switch) => (bucket: string) => {
  const switches = operations.map((operation) => on({ bucket, operation, times }));
  return () => switches.forEach((off) => off());
};

const faults = () => world.simulator.faults;

interface Fault {
  on: (bucket: string) => Remove;
  inOther?: true;
}

const BOUNDED: Record<string, Fault> = {
  throttle: { on: each(ALL, BEYOND_RETRIES, (match) => faults().throttle(match)), inOther: true },
  operationAborted: { on: each(WRITES, 1, (match) => faults().operationAborted(match)) },
  internalError: { on: each(ALL, BEYOND_RETRIES, (match) => faults().internalError(match)) },
  loseAnswer: { on: each(ALL, BEYOND_RETRIES, (match) => faults().loseAnswer(match)) },
  connectionReset: { on: each(ALL, BEYOND_RETRIES, (match) => faults().connectionReset(match)) },
  delay: { on: each(ALL, 1, (match) => faults().delay(150, match)) },
};

describe.concurrent("a fault that passes", () => {
  const cases = Object.entries(BOUNDED).flatMap(([name, fault]) =>
    phaseNames()
      .filter((phase) => phase !== "retain")
      .map((phase) => [name, phase, fault] as const),
  );
  test.for(cases)("%s during %s", async ([name, phaseName, { on, inOther }]) => {
    const phase = PHASES[phaseName];
    const it = subject(`${name}-${phaseName}`.toLowerCase(), inOther ? other : world.account);
    await phase.prepare(it);
    const off = on(it.spec.bucketName ?? "");
    const over = await phase.begin(it);
    await over();
    off();
    expect(stateAtAws(it)).toEqual(expected.get(phaseName));
    expectNeverStalled(it);
  });
});

test("every operation of the operator had its turn", () => {
  const known = new Set([...ALL, "GetCallerIdentity", "AssumeRole", "DescribeKey"]);
  const used = new Set(operatorCalls(world).map(({ operation }) => operation));
  expect(used).toEqual(known);
});

test("nothing was written while the S3Bucket said that it was ready", () => {
  expect(tooEarly).toEqual([]);
});

test("afterwards all is quiet", () => expectInvariants(world));

function expectNeverStalled({ name }: Subject): void {
  const stalled = world.statuses.of(name).map((state) => condition(state, "Stalled"));
  expect(stalled.filter((each) => each !== undefined)).toEqual([]);
}

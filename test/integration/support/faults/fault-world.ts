import { expect } from "vitest";
import type { Remove } from "../../../aws/faults.ts";
import type { Account } from "../../../aws/index.ts";
import { condition } from "../expect/states.ts";
import { startOperator } from "../process/operator.ts";
import { loseAccount } from "../world/lost-account.ts";
import { fullSpec } from "../world/specs.ts";
import { createWorld, type World } from "../world/world.ts";
import { PHASES, stateAtAws, undisturbed, type Phase, type PhaseName, type Subject } from "./phases.ts";
import { watchWrites } from "./write-watch.ts";

/** Operations by their place in a reconcile. */
export const OPERATIONS = {
  existence: ["HeadBucket"],
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
export type Place = keyof typeof OPERATIONS;
export const PLACES = Object.keys(OPERATIONS) as Place[];
/** Places where S3 may answer that another change is in progress. */
export const WRITE_PLACES: readonly Place[] = ["bucket", "writes"];

/** The reason of Ready while a fault lasts. */
export const REASON_DURING = {
  throttle: "Throttled",
  operationAborted: "Conflict",
  internalError: "Unavailable",
  loseAnswer: "Unavailable",
  connectionReset: "Unavailable",
} as const;
export type Fault = keyof typeof REASON_DURING;
export const FAULTS = Object.keys(REASON_DURING) as Fault[];

/** As many attempts as the SDK makes: the call fails, and the operator must retry it. */
export const ATTEMPTS = 3;

/**
 * A world with one operator and any number of buckets for concurrent phases, with faults by bucket. Their results are
 * compared with those of buckets without faults.
 */
export interface FaultWorld extends AsyncDisposable {
  world: World;
  /**
   * A subject with all eight settings, in the world's account, or in one of its own, reached by a role, with its own
   * sessions and rate limit.
   */
  subject(purpose: string, ownAccount?: boolean): Promise<Subject>;
  /** Writes that came too early, see {@link watchWrites}. */
  tooEarly: readonly string[];
  /** Asserts that AWS has the same state as without faults, and that the S3Bucket was never Stalled. */
  expectUndisturbed(subject: Subject, phase: PhaseName): void;
}

export async function createFaultWorld(): Promise<FaultWorld> {
  const world = await createWorld();
  const operator = startOperator(world, { concurrency: 200 });
  await world.applyAccount();
  const key = await world.createKey();
  const accounts: string[] = [];

  async function accountByRole(): Promise<Account> {
    const account = world.simulator.account(String(111_111_111_111 + accounts.length));
    const name = `${world.name}-${account.id}`;
    accounts.push(name);
    const { arn: roleArn } = account.addRole("operator", { trustedAccounts: [world.account.id] });
    await world.applyAccount({ accountId: account.id, assumeRole: { roleArn } }, name);
    return account;
  }

  async function subject(purpose: string, ownAccount = false): Promise<Subject> {
    const name = purpose.toLowerCase();
    const account = ownAccount ? await accountByRole() : world.account;
    const accountRef = { name: ownAccount ? `${world.name}-${account.id}` : world.name };
    const bucketName = world.bucketName(name);
    return { world, account, name, bucketName, spec: { accountRef, ...fullSpec(bucketName, key) } };
  }

  const references = Object.entries(PHASES).map(
    async ([name, phase]: [string, Phase]) =>
      [name, await undisturbed(phase, await subject(`reference-${name}`))] as const,
  );
  const expected = new Map<string, object | undefined>(await Promise.all(references));

  return {
    world,
    subject,
    tooEarly: watchWrites(world),
    expectUndisturbed(it, phase) {
      expect(stateAtAws(it)).toEqual(expected.get(phase));
      const stalled = world.statuses.of(it.name).map((state) => condition(state, "Stalled"));
      expect(stalled.filter((each) => each !== undefined)).toEqual([]);
    },
    async [Symbol.asyncDispose]() {
      await operator.stop();
      await Promise.all(accounts.map((name) => loseAccount(world.kube, name)));
      await world[Symbol.asyncDispose]();
    },
  };
}

/** Makes each operation of these places fail `times` times, or until the returned function is called. */
export function disturb(
  fault: Fault,
  { world, bucketName: bucket }: Subject,
  places: readonly Place[],
  times = Infinity,
): Remove {
  const operations = places.flatMap((place) => OPERATIONS[place]);
  const switches = operations.map((operation) => world.simulator.faults[fault]({ bucket, operation, times }));
  return () => switches.forEach((off) => off());
}

/** Operations on the subject's bucket without a response, or with one that a healthy S3 does not send. */
export function failedOperations({ world, bucketName }: Subject): string[] {
  const failed = world.simulator.calls
    .of(bucketName)
    .filter(({ status, errorCode = "" }) => (status === 0 || status >= 400) && !errorCode.startsWith("NoSuch"));
  return [...new Set(failed.map(({ operation }) => operation))];
}

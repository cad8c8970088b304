import fc from "fast-check";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { FIELDS } from "../api/generated/fields.ts";
import type { AccountPublicAccessBlock, AWSAccount } from "../api/types.ts";
import type { Aws } from "../aws/session.ts";
import { fakeBucket, sdkError, type Call } from "../bucket/testing/fake-bucket.ts";
import { awsAccount, target } from "../bucket/testing/fixtures.ts";
import { OutcomeError } from "../kube/outcome.ts";
import { createHistory } from "../reconcile/history.ts";
import type { Outcome } from "../reconcile/outcome.ts";
import { createAccountReconciler } from "./controller.ts";
import { decidingAccount, mattersToOtherAccounts } from "./deciding.ts";
import { usersIn } from "./testing/users.ts";

const ON = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };
const HALF = { ...ON, blockPublicPolicy: false };
const ID = "111122223333";

/**
 * What each field of an AWSAccount is about. "Shared": the AWS account, so that two AWSAccounts of one AWS account can
 * disagree, which the tests below cover. "Own": the objects that use this AWSAccount.
 */
const REACH: Record<string, "Own" | "Shared"> = {
  // The operator's identity, one for each AWSAccount.
  accountId: "Own",
  region: "Own",
  assumeRole: "Own",
  // resolve.ts reports a second default, in whatever AWS account.
  default: "Own",
  allowedNamespaces: "Own",
  naming: "Own",
  allowAdoption: "Own",
  allowedDeletionPolicies: "Own",
  tags: "Own",
  guardrails: "Own",
  workloadIdentity: "Own",
  iam: "Own",
  access: "Own",
  publicAccessBlock: "Shared",
  rateLimit: "Shared",
};

test("REACH classifies every field of an AWSAccount", () => {
  expect(Object.keys(REACH).sort()).toEqual([...specFields()].sort());
});

function specFields(): string[] {
  const paths = JSON.stringify(FIELDS["awsaccounts"]);
  return Object.keys((JSON.parse(paths) as { spec: object }).spec);
}

function account(name: string, publicAccessBlock?: AccountPublicAccessBlock, metadata = {}): AWSAccount {
  const made = awsAccount({ ...(publicAccessBlock && { publicAccessBlock }) }, name);
  return { ...made, metadata: { name, creationTimestamp: "2026-01-02T00:00:00Z", ...metadata } };
}

describe("decidingAccount", () => {
  const older = { creationTimestamp: "2026-01-01T00:00:00Z" };
  const decides = (...accounts: AWSAccount[]) => {
    const deciding = decidingAccount(ID, accounts)?.metadata.name;
    expect(decidingAccount(ID, accounts.toReversed())?.metadata.name, "in any order").toBe(deciding);
    return deciding;
  };

  test("returns the oldest", () => {
    expect(decides(account("a", ON), account("b", HALF, older))).toBe("b");
  });

  test("returns the first by name of those that were created in the same second", () => {
    expect(decides(account("b", ON), account("a", HALF), account("c", ON))).toBe("a");
  });

  test("returns one that declares publicAccessBlock", () => {
    expect(decides(account("a", undefined, older), account("b", HALF))).toBe("b");
    expect(decides(account("a"))).toBeUndefined();
  });

  test("does not return one that is being deleted", () => {
    const deleted = { ...older, deletionTimestamp: "2026-01-03T00:00:00Z" };
    expect(decides(account("a", ON, deleted), account("b", HALF))).toBe("b");
  });

  test("does not return one of another AWS account", () => {
    const other = account("a", ON, older);
    other.spec.accountId = "444455556666";
    expect(decides(other, account("b", HALF))).toBe("b");
  });
});

/** A user's change to one of the AWSAccounts. */
type Step =
  | { does: "declare"; index: number; block: AccountPublicAccessBlock | undefined }
  | { does: "limit"; index: number; requestsPerSecond: number | undefined }
  | { does: "delete" | "begin to delete"; index: number };

const NAMES = ["a", "b", "c"];
const BLOCKS = [undefined, ON, HALF];
const index = fc.nat(NAMES.length - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant("declare" as const), index, block: fc.constantFrom(...BLOCKS) }),
  fc.record({ does: fc.constant("limit" as const), index, requestsPerSecond: fc.constantFrom(undefined, 5, 50) }),
  fc.record({ does: fc.constantFrom("delete" as const, "begin to delete" as const), index }),
);

/** AWSAccounts of one AWS account, and a reconciler with a queue that wakes them as watches.ts does. */
function createCluster(pick: (below: number) => number) {
  let atAws: object | undefined;
  let writes = 0;
  let rate: number | undefined;
  const { bucket } = fakeBucket(({ command, input }: Call) => {
    if (command === "GetPublicAccessBlockCommand") {
      if (atAws === undefined) throw sdkError("NoSuchPublicAccessBlockConfiguration", 404);
      return { PublicAccessBlockConfiguration: atAws };
    }
    writes += 1;
    atAws = input["PublicAccessBlockConfiguration"] as object | undefined;
    return {};
  });
  const session = { ...target().session, s3Control: () => bucket.s3Control };
  const limit = (_: string, requestsPerSecond?: number) => void (rate = requestsPerSecond);
  const aws = { verify: async () => session, denied: () => [], limit } as unknown as Aws;
  const accounts = new Map<string, AWSAccount>();
  const outcomes = new Map<string, Outcome>();
  const queue = new Set<string>();
  const reconciler = createAccountReconciler({
    aws,
    accounts: () => [...accounts.values()],
    users: usersIn({}),
    finalizer: "s3-operator.io/in-use-1",
    history: createHistory(() => 0, 0),
    sweepAccess: async () => Infinity,
    now: () => 0,
    onDrift: () => undefined,
  });

  const put = (next: AWSAccount) => {
    const { name } = next.metadata;
    const old = accounts.get(name);
    accounts.set(name, next);
    if (old?.metadata.generation !== next.metadata.generation) queue.add(name);
    if (old === undefined || mattersToOtherAccounts(old) !== mattersToOtherAccounts(next)) wakeOthers(name);
  };
  const wakeOthers = (name: string) => {
    for (const other of accounts.keys()) if (other !== name) queue.add(other);
  };
  const reconcile = async (name: string) => {
    const object = accounts.get(name);
    queue.delete(name);
    if (object === undefined) return;
    const status = structuredClone(object.status ?? {});
    const nothing = () => Promise.resolve();
    const log = pino({ enabled: false });
    const { signal } = new AbortController();
    const finalizing = { ensureCurrent: nothing, ensureFinalizer: nothing, removeFinalizer: nothing };
    const callbacks = { ...finalizing, progress: nothing, setCondition: () => {}, event: () => {} };
    const context = { key: object.metadata, object, status, signal, log, ...callbacks };
    outcomes.set(name, await reconciler(context).catch(outcomeIn));
    put({ ...object, status });
  };
  return {
    accounts,
    outcomes,
    put,
    remove: (name: string) => {
      if (accounts.delete(name)) wakeOthers(name);
    },
    atAws: () => atAws,
    rate: () => rate,
    /** Reconciles until the queue is empty. Returns the number of writes. */
    settle: async () => {
      const before = writes;
      for (let left = 50; queue.size > 0; left -= 1) {
        if (left === 0) throw new Error("the AWSAccounts overwrite each other");
        await reconcile([...queue][pick(queue.size)] ?? "");
      }
      return writes - before;
    },
    /** Queues all AWSAccounts, as at the end of the poll interval. */
    poll: () => accounts.forEach((_, name) => queue.add(name)),
  };
}

function act({ accounts, put, remove }: ReturnType<typeof createCluster>, { index, ...step }: Step, time: number) {
  const name = NAMES[index] ?? "";
  const creationTimestamp = new Date(time).toISOString();
  const { spec, ...old } = accounts.get(name) ?? account(name, undefined, { creationTimestamp, generation: 0 });
  const metadata = { ...old.metadata, generation: (old.metadata.generation ?? 0) + 1 };
  switch (step.does) {
    case "declare":
      return put({ ...old, metadata, spec: withBlock(spec, step.block) });
    case "limit":
      return put({ ...old, metadata, spec: withRate(spec, step.requestsPerSecond) });
    case "begin to delete":
      return accounts.has(name)
        ? put({ ...old, spec, metadata: { ...metadata, deletionTimestamp: creationTimestamp } })
        : undefined;
    case "delete":
      return remove(name);
  }
}

function withBlock(spec: AWSAccount["spec"], publicAccessBlock?: AccountPublicAccessBlock): AWSAccount["spec"] {
  const { accountId, region, rateLimit } = spec;
  return { accountId, region, ...(rateLimit && { rateLimit }), ...(publicAccessBlock && { publicAccessBlock }) };
}

function withRate(spec: AWSAccount["spec"], requestsPerSecond?: number): AWSAccount["spec"] {
  const { accountId, region, publicAccessBlock } = spec;
  const rest = withBlock({ accountId, region }, publicAccessBlock);
  return { ...rest, ...(requestsPerSecond !== undefined && { rateLimit: { requestsPerSecond } }) };
}

function outcomeIn(error: unknown): Outcome {
  if (error instanceof OutcomeError) return error.outcome as Outcome;
  throw error;
}

const raised = (block: AccountPublicAccessBlock) =>
  Object.fromEntries(
    Object.entries(block).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]),
  );

test("AWSAccounts of one AWS account agree after any edits and deletions, reconciled in any order", async () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(steps, fc.infiniteStream(fc.nat()), async (steps, numbers) => {
      const cluster = createCluster((below) => (numbers.next().value ?? 0) % below);
      for (const [time, each] of steps.entries()) {
        act(cluster, each, time * 1000);
        expect(await cluster.settle(), "writes").toBeLessThanOrEqual(2);
        expectAgreement(cluster);
        const deletes = steps.slice(0, time + 1).some(({ does }) => does === "delete" || does === "begin to delete");
        const declared = [...cluster.accounts.values()].some(({ spec }) => spec.publicAccessBlock !== undefined);
        if (!deletes && !declared) expect(cluster.atAws(), "what the operator wrote").toBeUndefined();
        cluster.poll();
        expect(await cluster.settle(), "writes when nothing has changed").toBe(0);
      }
    }),
    { numRuns: 300 },
  );
});

function expectAgreement({ accounts, outcomes, atAws, rate }: ReturnType<typeof createCluster>): void {
  const living = [...accounts.values()].filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const deciding = decidingAccount(ID, living);
  const decided = deciding?.spec.publicAccessBlock;
  if (decided !== undefined) expect(atAws()).toEqual(raised(decided));
  for (const { metadata, spec } of living) {
    const agrees = spec.publicAccessBlock === undefined || spec.publicAccessBlock === decided;
    expect(outcomes.get(metadata.name)?.kind, metadata.name).toBe(agrees ? "done" : "failure");
  }
  const rates = [...accounts.values()].flatMap(({ spec }) => spec.rateLimit?.requestsPerSecond ?? []);
  if (living.length > 0) expect(rate()).toBe(rates.length === 0 ? undefined : Math.min(...rates));
}

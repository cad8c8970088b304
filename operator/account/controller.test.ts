import { pino } from "pino";
import { expect, test } from "vitest";
import type { AWSAccount } from "../api/types.ts";
import type { DeniedAction } from "../aws/denials.ts";
import type { Aws, Identity } from "../aws/session.ts";
import { awsAccount, target } from "../bucket/testing/fixtures.ts";
import { createHistory } from "../reconcile/history.ts";
import { createAccountReconciler } from "./controller.ts";
import { usersIn } from "./testing/users.ts";

function reconciling(
  object: AWSAccount,
  verify: (identity: Identity) => Promise<unknown>,
  denied: () => DeniedAction[] = () => [],
  others: AWSAccount[] = [],
) {
  const limits: [string, number | undefined][] = [];
  const limit = (...change: [string, number | undefined]) => limits.push(change);
  const status: NonNullable<AWSAccount["status"]> = structuredClone(object.status ?? {});
  const nothing = () => Promise.resolve();
  const context = {
    key: object.metadata,
    object,
    status,
    signal: new AbortController().signal,
    log: pino({ enabled: false }),
    setCondition: () => undefined,
    progress: nothing,
    event: () => undefined,
    ensureCurrent: nothing,
    ensureFinalizer: nothing,
    removeFinalizer: nothing,
  };
  return {
    status,
    limits,
    run: () =>
      createAccountReconciler({
        aws: { verify, denied, limit } as unknown as Aws,
        accounts: () => [object, ...others],
        users: usersIn({}),
        finalizer: "s3-operator.io/in-use-1",
        history: createHistory(() => 0, 0),
        sweepAccess: async () => Infinity,
        now: () => 0,
        onDrift: () => undefined,
      })(context),
  };
}

test("the account reconciler records the operator's identity in status", async () => {
  const callerArn = "arn:aws:sts::111122223333:assumed-role/s3-operator/s";
  const asked: Identity[] = [];
  const { status, run } = reconciling(awsAccount(), async (identity) => {
    asked.push(identity);
    return { ...target().session, callerArn };
  });
  expect(await run()).toEqual({ kind: "done", recheckAfterMs: 600_000, message: `The operator is ${callerArn}` });
  expect(status).toEqual({ accountId: "111122223333", callerArn });
  expect(asked).toEqual([{ accountId: "111122223333", region: "eu-central-1" }]);
});

test("the account reconciler rethrows an error of STS, and records no identity", async () => {
  const { status, run } = reconciling(awsAccount(), () => Promise.reject(new Error("denied")));
  await expect(run()).rejects.toThrow("denied");
  expect(status).toEqual({});
});

test("the account reconciler releases a deleted AWSAccount without a call to AWS", async () => {
  const account = awsAccount();
  account.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
  const { run } = reconciling(account, () => Promise.reject(new Error("asked")));
  expect(await run()).toEqual({ kind: "released" });
});

test("the account reconciler records denied actions in status until they are allowed", async () => {
  const assume = { action: "sts:AssumeRole", message: "AWS denied it" };
  const denied = reconciling(
    awsAccount(),
    () => Promise.reject(new Error("denied")),
    () => [assume],
  );
  await expect(denied.run()).rejects.toThrow("denied");
  expect(denied.status).toEqual({ denied: [assume] });

  const before = { ...awsAccount(), status: { denied: [assume] } };
  const allowed = reconciling(before, async () => target().session);
  await allowed.run();
  expect(allowed.status.denied).toBeUndefined();
});

test("the account reconciler makes no call to AWS for a paused AWSAccount", async () => {
  const account = awsAccount();
  account.metadata.annotations = { "s3-operator.io/paused": "true" };
  const { run } = reconciling(account, () => Promise.reject(new Error("asked")));
  expect(await run()).toEqual({ kind: "paused" });
});

test.each<[number | undefined, number | undefined, number | undefined]>([
  [undefined, undefined, undefined],
  [50, undefined, 50],
  [undefined, 20, 20],
  [50, 20, 20],
])(
  "the account reconciler, with %s requests per second here and %s in another AWSAccount, limits the AWS account to %s",
  async (own, other, rate) => {
    const withLimit = (requestsPerSecond: number | undefined, more = {}) =>
      awsAccount({ ...(requestsPerSecond !== undefined && { rateLimit: { requestsPerSecond } }), ...more });
    const others = [withLimit(other), withLimit(1, { accountId: "444455556666" })];
    const { limits, run } = reconciling(withLimit(own), async () => target().session, undefined, others);
    await run();
    expect(limits).toEqual([["111122223333", rate]]);
  },
);

import { pino } from "pino";
import { expect, test } from "vitest";
import type { AWSAccount } from "../api/types.ts";
import type { Aws, Identity } from "../aws/session.ts";
import { awsAccount, target } from "../bucket/testing/fixtures.ts";
import { createAccountReconciler } from "./controller.ts";

function reconciling(object: AWSAccount, verify: (identity: Identity) => Promise<unknown>) {
  const status: NonNullable<AWSAccount["status"]> = {};
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
    ensureFinalizer: nothing,
    removeFinalizer: nothing,
  };
  return { status, run: () => createAccountReconciler({ verify } as unknown as Aws)(context) };
}

test("status says who the operator is", async () => {
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

test("what STS answers is for the controller loop to classify, and status claims nothing", async () => {
  const { status, run } = reconciling(awsAccount(), () => Promise.reject(new Error("denied")));
  await expect(run()).rejects.toThrow("denied");
  expect(status).toEqual({});
});

test("an account that goes owns nothing, and asks nothing", async () => {
  const account = awsAccount();
  account.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
  const { run } = reconciling(account, () => Promise.reject(new Error("asked")));
  expect(await run()).toEqual({ kind: "released" });
});

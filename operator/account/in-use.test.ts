import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { bucketAccess } from "../access/testing/objects.ts";
import type { AWSAccount } from "../api/types.ts";
import { awsAccount, s3Bucket } from "../bucket/testing/fixtures.ts";
import type { OutcomeError } from "../kube/outcome.ts";
import { accountFinalizer, accountsConcerned, holdInUse, release } from "./in-use.ts";
import { usersIn } from "./testing/users.ts";

const OURS = accountFinalizer("s3-operator-system", "s3-operator");
const THEIRS = accountFinalizer("s3-operator-system", "shard-b");
const named = { accountRef: { name: "main" } };

function account(metadata: Partial<AWSAccount["metadata"]> = {}): AWSAccount {
  const given = awsAccount();
  return { ...given, metadata: { ...given.metadata, ...metadata } };
}

/** Runs `step`, and returns the calls that it made. */
async function calls(
  step: typeof holdInUse | typeof release,
  object: AWSAccount,
  buckets = [s3Bucket(named)],
  isReachable = true,
) {
  const made: string[] = [];
  const note = (name: string) => async (options?: object) =>
    void made.push(options === undefined ? name : `${name} ${JSON.stringify(options)}`);
  const context = {
    object,
    ensureCurrent: note("ensureCurrent"),
    ensureFinalizer: note("ensureFinalizer"),
    removeFinalizer: note("removeFinalizer"),
    log: pino({ enabled: false }),
    event: ({ note: text }: { note: string }) => void made.push(text),
  };
  const users = usersIn({ accounts: [object], buckets });
  const aws = { verify: () => (isReachable ? Promise.resolve() : Promise.reject(new Error("no answer"))) };
  const sweepAccess = async () => void made.push("sweep");
  const dependencies = { users, finalizer: OURS, aws, sweepAccess };
  const ended = await step(dependencies as never, context as never).catch((error: OutcomeError) => error);
  return { made, ended };
}

test("each lease gives a finalizer of its own, which Kubernetes takes", () => {
  expect(new Set([OURS, THEIRS, accountFinalizer("another", "s3-operator")]).size).toBe(3);
  expect(OURS).toMatch(/^s3-operator\.io\/in-use-[0-9a-f]{8}$/);
});

describe("an account that is not being deleted", () => {
  test("gets the finalizer while it is used", async () => {
    expect((await calls(holdInUse, account())).made).toEqual(["ensureFinalizer"]);
  });

  test("loses it when it is not", async () => {
    expect((await calls(holdInUse, account(), [])).made).toEqual(['removeFinalizer {"evenIfLive":true}']);
  });
});

describe("a deleted account", () => {
  const deletionTimestamp = "2026-01-01T00:00:00Z";
  const deleted = account({ deletionTimestamp, finalizers: [OURS, THEIRS] });

  test("is released when no object uses it, as the API server shows it now", async () => {
    expect((await calls(release, deleted, [])).made).toEqual(["ensureCurrent", "removeFinalizer"]);
  });

  test("that another operator holds is left to it", async () => {
    const { made, ended } = await calls(release, account({ deletionTimestamp, finalizers: [THEIRS] }));
    expect(made).toEqual([]);
    expect(ended).toEqual({ kind: "released" });
  });

  test("waits, and says how many objects use it and where", async () => {
    const buckets = ["a", "b", "c", "d", "e", "f", "g"].map((name) =>
      s3Bucket(named, { name, namespace: `n-${name}` }),
    );
    const { made, ended } = await calls(release, deleted, buckets);
    const message =
      "The AWSAccount is kept while 7 objects in 7 namespaces use it: S3Bucket n-a/a, S3Bucket n-b/b, S3Bucket n-c/c, " +
      "S3Bucket n-d/d, S3Bucket n-e/e and 2 more. Delete them first; until then they continue to work";
    expect((ended as OutcomeError).outcome).toMatchObject({ kind: "waiting", reason: "AccountInUse", message });
    expect(made).toEqual(["ensureCurrent", "sweep", message]);
  });

  test("waits as well while AWS does not answer", async () => {
    const { made, ended } = await calls(release, deleted, undefined, false);
    expect((ended as OutcomeError).outcome).toMatchObject({ kind: "waiting", reason: "AccountInUse" });
    expect(made).toHaveLength(2);
  });

  test("records the event once", async () => {
    const condition = { type: "Ready", status: "False", reason: "AccountInUse" } as never;
    const { made } = await calls(release, { ...deleted, status: { conditions: [condition] } });
    expect(made).toEqual(["ensureCurrent", "sweep"]);
  });
});

describe("accounts to reconcile", () => {
  const held = account({ finalizers: [OURS] });
  const concerned = (
    ...[type, object, accounts, left]: [
      "added" | "modified" | "deleted",
      Parameters<typeof accountsConcerned>[1],
      AWSAccount[],
      ReturnType<typeof s3Bucket>[],
    ]
  ) => accountsConcerned(type, object, usersIn({ accounts, buckets: left }), OURS).map(({ metadata }) => metadata.name);

  test("a first user needs the finalizer; further users change nothing", () => {
    expect(concerned("added", s3Bucket(named), [account()], [])).toEqual(["main"]);
    expect(concerned("added", s3Bucket(named), [held], [])).toEqual([]);
    expect(concerned("added", s3Bucket(), [account()], [])).toEqual([]);
  });

  test("the last user releases it; others change nothing", () => {
    expect(concerned("deleted", s3Bucket(named), [held], [])).toEqual(["main"]);
    expect(concerned("deleted", s3Bucket(named), [held], [s3Bucket(named, { name: "left" })])).toEqual([]);
    expect(concerned("deleted", s3Bucket(named), [account()], [])).toEqual([]);
    expect(concerned("modified", s3Bucket(named), [held, account()], [])).toEqual([]);
  });

  test("a BucketAccess of an S3Bucket concerns an account that is being deleted", () => {
    const deleted = account({ finalizers: [OURS], deletionTimestamp: "2026-01-01T00:00:00Z" });
    expect(concerned("deleted", bucketAccess(), [deleted], [])).toEqual(["main"]);
    expect(concerned("deleted", bucketAccess(), [held], [])).toEqual([]);
  });
});

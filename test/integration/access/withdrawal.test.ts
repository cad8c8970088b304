/**
 * What stops granting never stops taking away: principals lose what no BucketAccess asks for, whatever keeps the
 * S3Bucket from being reconciled. The principals' own calls show it, before and after.
 */

import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import type { BucketAccess, S3BucketSpec } from "../../../operator/api/types.ts";
import type { Statement } from "../../../operator/aws/policy/document.ts";
import { eventWhen } from "../support/expect/events.ts";
import { operatorWrites } from "../support/expect/invariants.ts";
import { condition, isReconciling, isStalled } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { accessesOf, workloadAccount, worldWithBucket } from "../support/world/access.ts";
import { defaultAlias, keyByAlias, managedKeySpec } from "../support/world/keys.ts";
import { otherNamespace } from "../support/world/namespace.ts";
import { assumed, s3As } from "../support/world/workloads.ts";
import { createWorld, type World } from "../support/world/world.ts";

const PARTNER = "333344445555";
const EVERYTHING = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});
const PAUSED = { "s3-operator.io/paused": "true" };
const READ: { prefix: string; permissions: "Read"[] }[] = [{ prefix: "a/", permissions: ["Read"] }];

/** A role of a partner, which its own account allows everything. */
interface Reader {
  arn: string;
  /** The answer to a GET of this key: "ok", or the name of the error. */
  get(key: string): Promise<string>;
}

async function readerOf(world: World, name: string): Promise<Reader> {
  const account = world.simulator.account(PARTNER);
  const { arn, inlinePolicies } = account.addRole(name);
  inlinePolicies.set("all", EVERYTHING);
  const s3: S3Client = s3As(world, await assumed(world, account.credentials, arn));
  const read = (Key: string) => s3.send(new GetObjectCommand({ Bucket: world.bucketName("docs"), Key }));
  return {
    arn,
    get: (key) =>
      read(key).then(
        () => "ok",
        (error: Error) => error.name,
      ),
  };
}

async function fill(world: World): Promise<void> {
  for (const Key of ["a/x", "a/b/x"])
    await world.person.send(new PutObjectCommand({ Bucket: world.bucketName("docs"), Key, Body: "x" }));
}

function ofAccesses(policy: string | undefined): Statement[] {
  const { Statement } = JSON.parse(policy ?? `{"Statement":[]}`) as { Statement: Statement[] };
  return Statement.filter(({ Sid }) => Sid?.startsWith("S3OperatorAccess"));
}

const onBucket = (world: World) => ofAccesses(world.account.buckets.get(world.bucketName("docs"))?.policy);
const onKey = (world: World) => ofAccesses(keyByAlias(world.account, defaultAlias(world, "docs"))?.policy);

interface Obstacle {
  what: string;
  spec?: S3BucketSpec;
  /** Keeps the S3Bucket from being reconciled from now on. */
  refuse(world: World): Promise<unknown>;
}

const OBSTACLES: Obstacle[] = [
  {
    what: "beyond its guardrails",
    refuse: async (world) => {
      await world.applyAccount(workloadAccount(world, { guardrails: { requireKMS: true } }));
      await world.bucketWhen("docs", isStalled("GuardrailViolated"));
    },
  },
  {
    what: "beyond a limit on names",
    refuse: async (world) => {
      await world.applyAccount(workloadAccount(world, { naming: { allowedPatterns: ["other-*"] } }));
      await world.bucketWhen("docs", isStalled("BucketNameNotAllowed"));
    },
  },
  {
    what: "stalled, with a policy that locks out the operator",
    spec: managedKeySpec(),
    refuse: async (world) => {
      const statement = { effect: "Deny", principals: { aws: ["*"] }, actions: ["s3:PutBucketPolicy"] };
      await world.editSpec("docs", { policy: { statements: [{ sid: "Lock", ...statement }] } });
      await world.bucketWhen("docs", isStalled("PolicyLocksOut"));
    },
  },
  {
    what: "refused by AWS, with a policy that names a missing role",
    refuse: async (world) => {
      const principals = { aws: [`arn:aws:iam::${PARTNER}:role/nobody`] };
      const statement = { effect: "Allow", principals, actions: ["s3:GetObject"] };
      await world.editSpec("docs", { policy: { statements: [{ sid: "Nobody", ...statement }] } });
      await world.bucketWhen("docs", (each) => condition(each, "Ready")?.reason === "NotYetVisible");
    },
  },
  {
    what: "stalled, with no encryption to enforce",
    refuse: async (world) => {
      await world.editSpec("docs", { baseline: "None", policy: { enforceEncryption: true } });
      await world.bucketWhen("docs", isStalled("EncryptionNotDeclared"));
    },
  },
  {
    what: "without a usable key",
    spec: managedKeySpec(),
    refuse: async (world) => {
      const arn = await world.createKey();
      world.account.aliases.set("eu-central-1/alias/taken", arn.slice(arn.indexOf("/") + 1));
      await world.editSpec("docs", { encryption: { kmsKey: { managed: { alias: "alias/taken" } } } });
      await world.bucketWhen("docs", (each) => condition(each, "KeyUsable")?.status === "False");
    },
  },
  {
    what: "paused",
    spec: managedKeySpec(),
    refuse: async (world) => {
      await world.annotate("docs", PAUSED);
      await world.bucketWhen("docs", (each) => condition(each, "Paused") !== undefined);
    },
  },
];

describe("while the S3Bucket is", () => {
  test.for(OBSTACLES)("$what, principals lose what is no longer granted, and keep the rest", async (obstacle) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    using accesses = await accessesOf(world);
    await worldWithBucket(world, obstacle.spec);
    await fill(world);
    world.simulator.evaluatePolicies = true;
    const [leaving, narrowed, staying] = await Promise.all(
      ["leaving", "narrowed", "staying"].map((n) => readerOf(world, n)),
    );
    if (leaving === undefined || narrowed === undefined || staying === undefined) throw new Error("unreachable");
    for (const [name, { arn }] of Object.entries({ leaving, narrowed, staying }))
      await accesses.ready(name, { principals: [arn], grants: READ });
    for (const each of [leaving, narrowed, staying]) expect(await each.get("a/x")).toBe("ok");

    await obstacle.refuse(world);
    const before = operatorWrites(world).length;
    await accesses.edit("narrowed", { grants: [{ prefix: "a/b/", permissions: ["Read"] }] });
    await accesses.remove("leaving");
    expect(await leaving.get("a/x")).toBe("AccessDenied");
    await eventually(
      () => narrowed.get("a/x"),
      (answer) => answer === "AccessDenied",
    );
    expect(await narrowed.get("a/b/x")).toBe("ok");
    expect(await staying.get("a/x")).toBe("ok");
    expect(onBucket(world)).toHaveLength(2);
    expect(onKey(world)).toHaveLength(obstacle.spec === undefined ? 0 : 2);
    const operations = new Set(
      operatorWrites(world)
        .slice(before)
        .map(({ operation }) => operation),
    );
    expect([...operations].filter((each) => !["PutBucketPolicy", "PutKeyPolicy"].includes(each))).toEqual([]);
  });
});

test("a paused S3Bucket takes out the statements of a namespace whose consent was withdrawn, once paused too", async () => {
  await using world = await createWorld();
  const { name } = await otherNamespace(world);
  await using _operator = startOperator(world, { watchNamespaces: [world.name, name] });
  using accesses = await accessesOf(world, name);
  await worldWithBucket(world, { access: { rules: [{ namespaces: { names: [name] }, principals: true }] } });
  await fill(world);
  world.simulator.evaluatePolicies = true;
  const reader = await readerOf(world, "reader");
  await accesses.ready("reader", {
    bucketRef: { name: "docs", namespace: world.name },
    principals: [reader.arn],
    grants: READ,
  });
  expect(await reader.get("a/x")).toBe("ok");
  await world.annotate("docs", PAUSED);
  await world.bucketWhen("docs", (each) => condition(each, "Paused") !== undefined);
  await world.editSpec("docs", { access: null });
  await eventually(
    () => reader.get("a/x"),
    (answer) => answer === "AccessDenied",
  );
  expect(onBucket(world)).toEqual([]);
  const { status } = await world.bucket("docs");
  expect(condition(await world.bucket("docs"), "Ready")?.status).toBe("True");
  expect(status?.observedGeneration).toBe(1);
});

test("nothing is taken out of the policy of a bucket that is no longer the S3Bucket's, and the access says why it waits", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const reader = await readerOf(world, "reader");
  await accesses.ready("reader", { principals: [reader.arn], grants: READ });
  const bucket = world.account.buckets.get(world.bucketName("docs"));
  bucket?.tags.set("s3-operator.io/namespace", "another");
  await world.annotate("docs", PAUSED);
  await world.bucketWhen("docs", (each) => condition(each, "Paused") !== undefined);
  const before = operatorWrites(world).length;
  await accesses.delete("reader");
  await accesses.when("reader", isReconciling("BucketNotReady"));
  expect(onBucket(world)).toHaveLength(1);
  expect(operatorWrites(world)).toHaveLength(before);
});

test("a paused S3Bucket tells by an event that statements cannot be removed, and tries again", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const reader = await readerOf(world, "reader");
  await accesses.ready("reader", { principals: [reader.arn], grants: READ });
  await world.annotate("docs", PAUSED);
  await world.bucketWhen("docs", (each) => condition(each, "Paused") !== undefined);
  world.simulator.faults.deny("s3:PutBucketPolicy");
  await accesses.delete("reader");
  const { note } = await eventWhen(world, "docs", "AccessDenied");
  expect(note).toContain("still in its policies");
  expect(condition(await world.bucket("docs"), "Ready")?.status).toBe("True");
});

test("an S3Bucket that AWS does not let take statements out says so, and the waiting access says what it waits for", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const reader = await readerOf(world, "reader");
  await accesses.ready("reader", { principals: [reader.arn], grants: READ });
  await world.applyAccount(workloadAccount(world, { guardrails: { requireKMS: true } }));
  await world.bucketWhen("docs", isStalled("GuardrailViolated"));
  const allow = world.simulator.faults.deny("s3:PutBucketPolicy");
  await accesses.delete("reader");
  const bucket = await world.bucketWhen("docs", (each) =>
    (condition(each, "Ready")?.message ?? "").includes("s3:PutBucketPolicy"),
  );
  expect(condition(bucket, "Ready")).toMatchObject({
    reason: "GuardrailViolated",
    message: expect.stringContaining("requireKMS") as string,
  });
  const message = (each: BucketAccess) => condition(each, "Ready")?.message ?? "";
  // Otherwise it looks again within a minute.
  const waiting = await accesses.reconcileAgain("reader");
  expect(message(waiting)).toContain("s3:PutBucketPolicy");
  expect(condition(waiting, "Ready")).toMatchObject({ status: "False", reason: "BucketNotReady" });
  expect(message(waiting)).toContain("GuardrailViolated");
  allow();
  await world.annotate("docs", { "s3-operator.io/reconcile-requested-at": "now" });
  await eventually(
    () => Promise.resolve(onBucket(world)),
    (statements) => statements.length === 0,
  );
});

test("principals lose their access when the AWSAccount no longer admits the namespace, and the access can be deleted", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world, managedKeySpec());
  await fill(world);
  world.simulator.evaluatePolicies = true;
  const reader = await readerOf(world, "reader");
  await accesses.ready("reader", { principals: [reader.arn], grants: READ });
  expect(await reader.get("a/x")).toBe("ok");
  await world.applyAccount(workloadAccount(world, { allowedNamespaces: { names: ["another"] } }));
  await eventually(
    () => reader.get("a/x"),
    (answer) => answer === "AccessDenied",
  );
  await eventually(
    () => Promise.resolve([...onBucket(world), ...onKey(world)]),
    (statements) => statements.length === 0,
  );
  await accesses.remove("reader");
});

test("users, sessions of a role and whole accounts get the access that a BucketAccess names them for, and lose it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world, managedKeySpec());
  await fill(world);
  world.simulator.evaluatePolicies = true;
  const account = world.simulator.account(PARTNER);
  const { arn, inlinePolicies } = account.addRole("reader");
  inlinePolicies.set("all", EVERYTHING);
  const user = account.addUser("reporter");
  const clients = {
    [`arn:aws:iam::${PARTNER}:user/reporter`]: s3As(world, user.credentials),
    [`arn:aws:sts::${PARTNER}:assumed-role/reader/reader`]: s3As(world, await assumed(world, account.credentials, arn)),
    [`arn:aws:iam::${PARTNER}:root`]: s3As(world, await assumed(world, account.credentials, arn)),
  };
  for (const [principal, s3] of Object.entries(clients)) {
    const get = () =>
      s3.send(new GetObjectCommand({ Bucket: world.bucketName("docs"), Key: "a/x" })).then(
        () => "ok",
        (error: Error) => error.name,
      );
    expect(await get(), principal).toBe("AccessDenied");
    await accesses.ready("one", { principals: [principal], grants: READ });
    expect(await get(), principal).toBe("ok");
    await accesses.remove("one");
    expect(await get(), principal).toBe("AccessDenied");
  }
});

const STEPS = [
  "GetBucketPolicy",
  "ListTagsForResource",
  "PutBucketPolicy",
  "DescribeKey",
  "GetKeyPolicy",
  "ListResourceTags",
  "PutKeyPolicy",
] as const;

test.for(STEPS)(
  "a process that ends at %s leaves nothing behind: the next one takes the statements out",
  async (operation) => {
    await using world = await createWorld();
    using accesses = await accessesOf(world);
    {
      await using _first = startOperator(world);
      await worldWithBucket(world, managedKeySpec());
      const reader = await readerOf(world, "reader");
      await accesses.ready("reader", { principals: [reader.arn], grants: READ });
      await world.annotate("docs", PAUSED);
      await world.bucketWhen("docs", (each) => condition(each, "Paused") !== undefined);
      let isReached = false;
      world.simulator.faults.onCall((call, phase) => {
        if (call.operation !== operation || phase !== "before") return undefined;
        isReached = true;
        return "drop";
      });
      await accesses.delete("reader");
      await eventually(
        () => Promise.resolve(isReached),
        (each) => each,
      );
    }
    world.simulator.faults.clear();
    await using _second = startOperator(world);
    await eventually(
      () => Promise.resolve([...onBucket(world), ...onKey(world)]),
      (statements) => statements.length === 0,
    );
  },
);

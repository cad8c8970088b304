import { expect, test } from "vitest";
import type { BucketAccessSpec } from "../../../operator/api/types.ts";
import type { Statement } from "../../../operator/aws/policy/document.ts";
import { eventWhen } from "../support/expect/events.ts";
import { expectInvariants } from "../support/expect/invariants.ts";
import { condition, isReady, isReconciling, isStalled, settingSource, settingState } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import {
  accessCalls,
  accessesOf,
  expectAccessInvariants,
  findConfigMap,
  worldWithBucket,
  type Accesses,
} from "../support/world/access.ts";
import { defaultAlias, keyByAlias, managedKeySpec } from "../support/world/keys.ts";
import { otherNamespace } from "../support/world/namespace.ts";
import { createWorld, type World } from "../support/world/world.ts";

const READER = "333344445555";

/** A role of another account that can be given access. */
function foreignRole({ simulator }: World, name = "reader"): string {
  return simulator.account(READER).addRole(name).arn;
}

function statements(world: World): Statement[] {
  const { policy } = world.account.buckets.get(world.bucketName("docs")) ?? {};
  return (JSON.parse(policy ?? `{"Statement":[]}`) as { Statement: Statement[] }).Statement;
}

function ofAccesses(all: readonly Statement[]): Statement[] {
  return all.filter(({ Sid }) => Sid?.startsWith("S3OperatorAccess"));
}

function keyStatements(world: World): Statement[] {
  const key = keyByAlias(world.account, defaultAlias(world, "docs"));
  return (JSON.parse(key?.policy ?? `{"Statement":[]}`) as { Statement: Statement[] }).Statement;
}

async function readyReader(world: World, accesses: Accesses, spec: Partial<BucketAccessSpec> = {}): Promise<void> {
  await accesses.ready("reader", { principals: [foreignRole(world)], ...spec });
}

test("principals get statements in the bucket policy, beside existing statements, and no role", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await readyReader(world, accesses);
  expect(ofAccesses(statements(world))).toMatchObject([{ Effect: "Allow" }]);
  expect(statements(world).map(({ Sid }) => Sid)).toEqual(
    expect.arrayContaining(["S3OperatorDenyInsecureTransport", "S3OperatorDenyOldTLS"]),
  );
  expect(accessCalls(world)).toEqual([]);
  expect((await findConfigMap(world, world.name, "reader"))?.data).not.toHaveProperty("ROLE_ARN");
  const bucket = await world.bucketWhen("docs", isReady);
  expect(bucket.status?.policy).not.toHaveProperty("externalAccess");
  expect(bucket.status?.drift).toBeUndefined();
  await expectAccessInvariants(world, accesses);

  await accesses.edit("reader", { grants: [{ prefix: "b/", permissions: ["List"] }] });
  const after = await accesses.when(
    "reader",
    ({ metadata, ...each }) => metadata.generation === 2 && isReady({ metadata, ...each }),
  );
  expect(JSON.stringify(ofAccesses(statements(world)))).toContain("b/*");
  expect(after.status?.policy?.summary?.[0]).toContain(READER);

  await accesses.remove("reader");
  expect(ofAccesses(statements(world))).toEqual([]);
  expect(statements(world)).toHaveLength(2);
  await expectInvariants(world);
});

test("on an adopted bucket the policy is managed only while there are principals", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  world.account.createBucket(world.bucketName("docs"), "eu-central-1");
  await worldWithBucket(world, { adoptionPolicy: "Adopt" }, { allowAdoption: true });
  await readyReader(world, accesses);
  const bucket = await world.bucketWhen("docs", (each) => isReady(each) && settingState(each, "policy") === "InSync");
  expect(settingSource(bucket, "policy")).toBe("Spec");
  expect(statements(world)).toHaveLength(1);
  await accesses.remove("reader");
  expect(statements(world)).toEqual([]);
  await world.bucketWhen("docs", (each) => isReady(each) && settingState(each, "policy") === undefined);
});

test("the managed key is shared with principals only while they have access", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world, managedKeySpec());
  expect(keyStatements(world)).toHaveLength(1);
  await readyReader(world, accesses);
  expect(ofAccesses(keyStatements(world))).toMatchObject([{ Resource: "*" }]);
  expect(keyStatements(world)).toHaveLength(2);
  await expectAccessInvariants(world, accesses);
  await accesses.remove("reader");
  expect(keyStatements(world)).toHaveLength(1);
  const bucket = await world.bucketWhen("docs", isReady);
  expect(bucket.status?.managedKey).toBeUndefined();
  await expectInvariants(world);
});

test.for([undefined, managedKeySpec()])(
  "a bucket that is deleted waits for its principals and names them: %j",
  async (spec) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    using accesses = await accessesOf(world);
    await worldWithBucket(world, { deletionPolicy: "Retain", ...spec });
    await readyReader(world, accesses);
    await world.deleteBucket("docs");
    const waiting = await world.bucketWhen("docs", (each) => condition(each, "Ready")?.reason === "BucketInUse");
    expect(condition(waiting, "Ready")?.message).toContain("reader");
    expect(ofAccesses(statements(world))).toHaveLength(1);
    await accesses.remove("reader");
    await world.gone("docs");
    expect(ofAccesses(statements(world))).toEqual([]);
    expect(ofAccesses(keyStatements(world))).toEqual([]);
  },
);

test("a principal of an account that is not allowed is refused, and the bucket keeps its policy", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world, {}, { guardrails: { allowedAccounts: ["999988887777"] } });
  await accesses.apply("reader", { principals: [foreignRole(world)] });
  const access = await accesses.when("reader", isStalled("GuardrailViolated"));
  expect(condition(access, "Ready")?.message).toContain("spec.principals");
  expect(ofAccesses(statements(world))).toEqual([]);
  await world.bucketWhen("docs", isReady);
});

test.for([{}, managedKeySpec()])(
  "a principal that does not exist is told in its own access, and holds up nothing else: %j",
  async (spec) => {
    await using world = await createWorld();
    const { name } = await otherNamespace(world);
    await using _operator = startOperator(world, { watchNamespaces: [world.name, name] });
    using accesses = await accessesOf(world);
    using guests = await accessesOf(world, name);
    await worldWithBucket(world, { ...spec, access: { rules: [{ namespaces: { names: [name] }, principals: true }] } });
    const missing = `arn:aws:iam::${READER}:role/missing`;
    const bucketRef = { name: "docs", namespace: world.name };
    await Promise.all([
      guests.apply("bad", { bucketRef, principals: [missing] }),
      ...["good", "better"].map((each) => accesses.apply(each, { principals: [foreignRole(world, each)] })),
    ]);
    const access = await guests.when("bad", isReconciling("NotYetVisible"));
    expect(condition(access, "Ready")?.message).toContain(missing);
    await accesses.when("good", isReady);
    await accesses.when("better", isReady);
    const before = await world.bucketWhen("docs", isReady);
    const isOnKey = "encryption" in spec;
    expect(ofAccesses(statements(world))).toHaveLength(2);
    expect(ofAccesses(keyStatements(world))).toHaveLength(isOnKey ? 2 : 0);

    // The operator tries again soon, because the role may be new.
    foreignRole(world, "missing");
    await guests.when("bad", isReady);
    expect(ofAccesses(statements(world))).toHaveLength(3);
    expect(ofAccesses(keyStatements(world))).toHaveLength(isOnKey ? 3 : 0);
    const after = await world.bucketWhen(
      "docs",
      ({ status }) => status?.declarationHash !== before.status?.declarationHash,
    );
    expect(isReady(after)).toBe(true);
    expect(after.status?.drift).toBeUndefined();
    await expectInvariants(world);
  },
);

test("a principal that does not exist keeps only its own access waiting: other principals and settings are applied", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await readyReader(world, accesses);
  await accesses.apply("missing", { principals: [`arn:aws:iam::${READER}:role/missing`] });
  await accesses.when("missing", isReconciling("NotYetVisible"));
  await world.editSpec("docs", { policy: { minimumTLSVersion: "1.3" } });
  await world.bucketWhen("docs", () => JSON.stringify(statements(world)).includes('"1.3"'));
  expect(ofAccesses(statements(world))).toHaveLength(1);
  expect(statements(world)).toHaveLength(3);
  await accesses.remove("missing");
  await accesses.when("reader", isReady);
  await world.bucketWhen("docs", isReady);
});

test("a bucket in mode Observe cannot grant access to principals", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await world.editSpec("docs", { mode: "Observe" });
  await accesses.apply("reader", { principals: [foreignRole(world)] });
  const access = await accesses.when("reader", isReconciling("BucketNotReady"));
  expect(condition(access, "Ready")?.message).toContain("Observe");
  expect(ofAccesses(statements(world))).toEqual([]);
});

test("a bucket that changes to mode Observe keeps its statements; the access can be deleted, with a warning", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  await readyReader(world, accesses);
  await world.editSpec("docs", { mode: "Observe" });
  await world.bucketWhen("docs", (each) => each.status?.observedGeneration === 2 && each.spec.mode === "Observe");
  await accesses.remove("reader");
  const [kept] = ofAccesses(statements(world));
  expect((await eventWhen(world, "reader", "StatementsKept")).note).toContain(kept?.Sid?.slice(0, -1));

  await world.editSpec("docs", { mode: "Enforce" });
  await world.bucketWhen("docs", (each) => each.status?.observedGeneration === 3 && isReady(each));
  expect(ofAccesses(statements(world))).toEqual([]);
});

test("an edit of a paused access waits, in the bucket policy and in the key policy, while other changes are written", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world, managedKeySpec());
  await readyReader(world, accesses);
  await accesses.annotate("reader", { "s3-operator.io/paused": "true" });
  await accesses.when("reader", (each) => condition(each, "Paused") !== undefined);
  const before = [ofAccesses(statements(world)), ofAccesses(keyStatements(world))];
  await accesses.edit("reader", { grants: [{ prefix: "b/", permissions: ["Read", "List"] }] });
  await accesses.ready("other", { principals: [foreignRole(world, "other")] });
  expect(ofAccesses(statements(world))).toEqual(expect.arrayContaining(before[0] ?? []));
  expect(ofAccesses(keyStatements(world))).toEqual(expect.arrayContaining(before[1] ?? []));
  await accesses.remove("other");
  expect([ofAccesses(statements(world)), ofAccesses(keyStatements(world))]).toEqual(before);
  await expectInvariants(world);

  await accesses.annotate("reader", { "s3-operator.io/paused": null });
  await accesses.when("reader", (each) => condition(each, "Paused") === undefined && isReady(each));
  expect(JSON.stringify(ofAccesses(statements(world)))).toContain("b/*");
  await accesses.annotate("reader", { "s3-operator.io/paused": "true" });
  await accesses.remove("reader");
  expect([ofAccesses(statements(world)), ofAccesses(keyStatements(world))]).toEqual([[], []]);
});

import { expect, test } from "vitest";
import { API_VERSION, AWS_ACCOUNTS, S3_BUCKETS } from "../../../operator/api/names.ts";
import type { AWSAccount, S3Bucket, S3BucketSpec } from "../../../operator/api/types.ts";
import type { StatusObject } from "../../../operator/kube/object.ts";
import { expectSoundStatus } from "../../conformance/conditions.ts";
import { kstatus } from "../../conformance/kstatus.ts";
import { expectInvariants, operatorCalls, operatorWrites } from "../support/expect/invariants.ts";
import { isReady, isStalled } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket, tagsAt } from "../support/world/buckets.ts";
import { loseAccount } from "../support/world/lost-account.ts";
import { createWorld, NAMESPACES, type World } from "../support/world/world.ts";

async function accountWhen(world: World, until: (account: AWSAccount) => boolean, name = world.name) {
  const account = await eventually(
    () => world.kube.get<AWSAccount>(AWS_ACCOUNTS, { name }),
    until,
    (last) => `AWSAccount ${name}: ${JSON.stringify(last?.status, undefined, 1)}`,
  );
  expectSoundStatus(account);
  return account;
}

function readyOf({ status, metadata }: StatusObject) {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return status?.observedGeneration === metadata.generation ? ready : undefined;
}

const isAccountReady = (account: AWSAccount) => readyOf(account)?.status === "True";
const isWaiting = (bucket: S3Bucket) => readyOf(bucket)?.reason === "AccountNotAvailable";

/** Applies an S3Bucket that names no account. */
async function applyWithoutRef({ kube, name: namespace, selector }: World, name: string, spec: S3BucketSpec = {}) {
  const [label = "", value = ""] = selector.split("=");
  const metadata = { namespace, name, labels: { [label]: value } };
  await kube.apply(S3_BUCKETS, { apiVersion: API_VERSION, kind: "S3Bucket", metadata, spec } as S3Bucket, {
    fieldManager: "test",
  });
}

async function deleteAccount({ kube }: World, name: string): Promise<void> {
  await kube.delete(AWS_ACCOUNTS, { name });
}

test("with the operator's own identity, status reports the caller", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount();
  const { status, metadata } = await accountWhen(world, isAccountReady);
  expect(status).toMatchObject({ callerArn: world.account.callerArn, accountId: world.account.id });
  expect(metadata.finalizers, "it owns nothing at AWS").toBeUndefined();
});

test("with a role and an external ID in another account, buckets are created there, as that role", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const target = world.simulator.account("210987654321");
  const { arn: roleArn } = target.addRole("s3-operator", { externalId: "x-1", trustedAccounts: [world.account.id] });
  await world.applyAccount({ accountId: target.id, assumeRole: { roleArn, externalId: "x-1" } });
  const callerArn = "arn:aws:sts::210987654321:assumed-role/s3-operator/s3-operator";
  const { status } = await accountWhen(world, isAccountReady);
  expect(status).toMatchObject({ callerArn, accountId: target.id });
  const bucketName = world.bucketName("docs");
  await world.applyBucket("docs", { bucketName });
  const ready = await world.bucketWhen("docs", isReady);
  expect(ready.status?.accountId).toBe(target.id);
  expect([...target.buckets.keys()]).toEqual([bucketName]);
  expect(world.account.buckets.size).toBe(0);
  const callers = operatorCalls(world).filter(({ bucket }) => bucket !== undefined);
  expect(new Set(callers.map(({ caller }) => caller))).toEqual(new Set([callerArn]));
  await expectInvariants(world);
});

test("a wrong external ID is reported at the account and the bucket, which recover when it is corrected", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const { arn: roleArn } = world.account.addRole("s3-operator", { externalId: "right" });
  await world.applyAccount({ assumeRole: { roleArn, externalId: "wrong" } });
  await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
  const account = await accountWhen(world, (found) => readyOf(found)?.reason === "AccessDenied");
  const bucket = await world.bucketWhen("docs", (found) => readyOf(found)?.reason === "AccessDenied");
  for (const object of [account, bucket]) {
    expect(readyOf(object)?.message).toContain("sts:AssumeRole");
    expect(readyOf(object)?.message).toContain(roleArn);
    expect(readyOf(object)?.message).toContain("external ID");
    expect(kstatus(object)).toBe("InProgress");
  }
  expect(account.status?.denied?.map(({ action }) => action)).toEqual(["sts:AssumeRole"]);
  expect(operatorWrites(world)).toEqual([]);
  await world.applyAccount({ assumeRole: { roleArn, externalId: "right" } });
  await accountWhen(world, isAccountReady);
  await world.bucketWhen("docs", isReady);
  await expectInvariants(world);
});

test("credentials of another account stall the account and the bucket, and nothing is called with them", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount({ accountId: "111122223333" });
  await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
  const account = await accountWhen(world, (found) => readyOf(found)?.reason === "AccountMismatch");
  const bucket = await world.bucketWhen("docs", isStalled("AccountMismatch"));
  for (const object of [account, bucket]) {
    expect(kstatus(object)).toBe("Failed");
    expect(readyOf(object)?.message).toContain(world.account.id);
    expect(readyOf(object)?.message).toContain("111122223333");
  }
  expect(new Set(operatorCalls(world).map(({ action }) => action))).toEqual(new Set(["sts:GetCallerIdentity"]));
  await expectInvariants(world);
});

test("a missing account and one that does not admit the namespace look the same to a tenant, and both are waited for", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const absent = `${world.name}-x`;
  await world.applyAccount({ allowedNamespaces: { names: ["another"] } });
  await accountWhen(world, isAccountReady);
  await world.applyBucket("one", { bucketName: world.bucketName("one") });
  await world.applyBucket("two", { bucketName: world.bucketName("two"), accountRef: { name: absent } });
  const one = await world.bucketWhen("one", isWaiting);
  const two = await world.bucketWhen("two", isWaiting);
  expect(readyOf(one)?.message).toBe(readyOf(two)?.message.replace(absent, world.name));
  expect(withoutRef(one)).toEqual(withoutRef(two));
  for (const bucket of [one, two]) expect(kstatus(bucket)).toBe("InProgress");

  try {
    await world.applyAccount({}, absent);
    await world.applyAccount({ allowedNamespaces: { names: ["another", world.name] } });
    await world.bucketWhen("one", isReady);
    await world.bucketWhen("two", isReady);
    await expectInvariants(world);
  } finally {
    await loseAccount(world.kube, absent);
  }
});

/** The fields and events that a tenant sees, without those that the tenant wrote. */
function withoutRef({ status }: S3Bucket) {
  return status?.conditions?.map(({ type, status, reason }) => ({ type, status, reason }));
}

test("a namespace is admitted by its current labels", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const label = (team: string | null) =>
    world.kube.mergePatch(NAMESPACES, { name: world.name }, { metadata: { labels: { team } } });
  await world.applyAccount({ allowedNamespaces: { selector: { matchLabels: { team: "documents" } } } });
  await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
  await world.bucketWhen("docs", isWaiting);
  await label("documents");
  await world.bucketWhen("docs", isReady);
  await label("others");
  await world.bucketWhen("docs", isWaiting);
  expect(atAws(world, world.bucketName("docs")).tags.get("s3-operator.io/name"), "no tag is removed").toBe("docs");
  await label("documents");
  await world.bucketWhen("docs", isReady);
  await expectInvariants(world);
});

test("a bucket whose account was lost waits, and recovers when the account is created again", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs");
  await loseAccount(world.kube, world.name);
  await world.bucketWhen("docs", isWaiting);
  const writes = operatorWrites(world).length;
  await world.applyAccount();
  await world.bucketWhen("docs", isReady);
  expect(operatorWrites(world)).toHaveLength(writes);
  await expectInvariants(world);
});

test("a bucket that names no account uses the default one, as soon as there is exactly one", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const second = `${world.name}-2`;
  await world.applyAccount();
  await applyWithoutRef(world, "docs", { bucketName: world.bucketName("docs") });
  const waiting = await world.bucketWhen("docs", isWaiting);
  expect(readyOf(waiting)?.message).toContain("spec.default");
  try {
    await world.applyAccount({ default: true });
    await world.bucketWhen("docs", isReady);
    await world.applyAccount({ default: true }, second);
    const torn = await world.bucketWhen("docs", (bucket) => readyOf(bucket)?.reason === "MoreThanOneDefault");
    expect(readyOf(torn)?.message).toContain(second);
    expect(kstatus(torn)).toBe("InProgress");
  } finally {
    await deleteAccount(world, second);
  }
  await world.bucketWhen("docs", isReady);
  await expectInvariants(world);
});

test("only default accounts that admit the namespace count", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const second = `${world.name}-2`;
  try {
    await world.applyAccount({ default: true, tags: { from: "first" } });
    await world.applyAccount({ default: true, allowedNamespaces: { names: ["others"] } }, second);
    await applyWithoutRef(world, "docs", { bucketName: world.bucketName("docs") });
    await world.bucketWhen("docs", isReady);
    expect(tagsAt(world, world.bucketName("docs"))["from"]).toBe("first");
    await expectInvariants(world);
  } finally {
    await deleteAccount(world, second);
  }
});

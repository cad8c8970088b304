import { expect, test } from "vitest";
import { RECONCILE_REQUESTED_AT } from "../../operator/api/names.ts";
import type { PolicyStatement, S3Bucket, S3BucketSpec } from "../../operator/api/types.ts";
import { SETTINGS } from "../../operator/bucket/settings/index.ts";
import { ALL_BLOCKED, publicAccessBlockDocument } from "../aws/s3/public-access-block.ts";
import { atAws, readyBucket, snapshot } from "./support/buckets.ts";
import { expectInvariants, lookAgain, operatorCalls, operatorWrites } from "./support/invariants.ts";
import { startOperator } from "./support/operator.ts";
import { fullSpec } from "./support/specs.ts";
import { condition, isReady, isReconciling, isStalled, settingState } from "./support/states.ts";
import { eventually } from "./support/wait.ts";
import { createWorld, type World } from "./support/world.ts";

const statement = (more: Partial<PolicyStatement>): PolicyStatement => ({
  sid: "Mine",
  effect: "Deny",
  principals: { aws: ["*"] },
  actions: ["s3:DeleteObject"],
  ...more,
});

/** Every setting but this one is as declared. */
function expectOthersInSync(bucket: S3Bucket, setting: string): void {
  const others = bucket.status?.settings?.filter(({ name }) => name !== setting) ?? [];
  expect(others.length).toBeGreaterThan(0);
  for (const { name, state, source } of others) expect(source === "Unmanaged" ? "InSync" : state, name).toBe("InSync");
}

function settingOf({ status }: S3Bucket, setting: string) {
  return status?.settings?.find(({ name }) => name === setting);
}

interface Refusal {
  what: string;
  setting: string;
  spec: S3BucketSpec;
  prepare?(world: World, bucketName: string): unknown;
  reason: string;
  says: string;
}

const REFUSALS: Refusal[] = [
  {
    what: "a policy that S3 does not take",
    setting: "policy",
    spec: { policy: { statements: [statement({ actions: ["s3:ListBucket"], resources: ["{bucket}/*"] })] } },
    reason: "Invalid",
    says: "Action does not apply to any resource",
  },
  {
    what: "a policy that is too large",
    setting: "policy",
    spec: {
      policy: {
        statements: Array.from({ length: 20 }, (_, index) =>
          statement({ sid: `S${index}`, resources: [`{bucket}/${"x".repeat(1_000)}`] }),
        ),
      },
    },
    reason: "PolicyTooLarge",
    says: "20480",
  },
  {
    what: "an ACL that ownership forbids",
    setting: "objectOwnership",
    spec: { objectOwnership: "BucketOwnerEnforced" },
    prepare: (world, bucketName) => {
      atAws(world, bucketName).acl = "public-read";
    },
    reason: "Invalid",
    says: "Bucket cannot have ACLs set",
  },
  {
    what: "more tags than S3 takes",
    setting: "tags",
    spec: { tags: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`tag${index}`, "x"])) },
    prepare: (world, bucketName) => {
      for (let index = 0; index < 40; index += 1) atAws(world, bucketName).tags.set(`theirs${index}`, "x");
    },
    reason: "Invalid",
    says: "50",
  },
];

test.for(REFUSALS)("$what: stalled with AWS's reason, and the other settings are applied", async (row) => {
  const { setting, spec, prepare, reason, says } = row;
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("docs");
  await readyBucket(world, "docs", { objectOwnership: "BucketOwnerPreferred" });
  prepare?.(world, bucketName);
  await world.editSpec("docs", { versioning: "Enabled", ...spec });
  const stalled = await world.bucketWhen("docs", isStalled(reason));
  expect(condition(stalled, "Stalled")?.message).toContain(setting);
  expect(condition(stalled, "Stalled")?.message).toContain(says);
  expect(settingOf(stalled, setting)).toMatchObject({ state: "Failed", reason });
  expectOthersInSync(stalled, setting);
  expect(atAws(world, bucketName).versioning).toBe("Enabled");
});

test("a public policy that the account's Block Public Access prevents: AWS's reason, and no advice about IAM", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  world.account.publicAccessBlock = publicAccessBlockDocument(ALL_BLOCKED);
  const open = {
    blockPublicAcls: true,
    ignorePublicAcls: true,
    blockPublicPolicy: false,
    restrictPublicBuckets: false,
  };
  const bucketName = world.bucketName("site");
  const everybody = statement({ effect: "Allow", actions: ["s3:GetObject"], resources: ["{bucket}/*"] });
  await world.applyAccount();
  await world.applyBucket("site", {
    bucketName,
    publicAccessBlock: open,
    policy: { statements: [everybody] },
    versioning: "Enabled",
  });
  const refused = await world.bucketWhen("site", (bucket) => settingState(bucket, "policy") === "Denied");
  const message = settingOf(refused, "policy")?.message;
  expect(message).toContain("BlockPublicPolicy");
  expect(message).not.toContain("IAM policy");
  expectOthersInSync(refused, "policy");
  expect(isReady(refused)).toBe(false);

  world.account.publicAccessBlock = undefined;
  await world.annotate("site", { [RECONCILE_REQUESTED_AT]: "allowed" });
  await world.bucketWhen("site", isReady);
  expect(atAws(world, bucketName).policy).toContain("S3OperatorSpecMine");
  await expectInvariants(world);
});

test("a principal that is not there may come yet: waited for, never stalled", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const role = `arn:aws:iam::${world.account.id}:role/reader`;
  await world.applyAccount();
  const allow = statement({
    effect: "Allow",
    principals: { aws: [role] },
    actions: ["s3:GetObject"],
    resources: ["{bucket}/*"],
  });
  await world.applyBucket("docs", { bucketName: world.bucketName("docs"), policy: { statements: [allow] } });
  const waiting = await world.bucketWhen("docs", isReconciling("NotYetVisible"));
  expect(condition(waiting, "Ready")?.message).toContain("Invalid principal");
  expectOthersInSync(waiting, "policy");
  world.account.addRole("reader");
  await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: "created" });
  await world.bucketWhen("docs", isReady);
  await expectInvariants(world);
});

// s3:DeleteBucketPolicy is denied in reset.test.ts, where a policy leaves the spec.
const WRITES = SETTINGS.flatMap(({ name, permissions }) =>
  permissions.write.map((action) => ({ setting: name, action })),
).filter(({ action }) => action !== "s3:DeleteBucketPolicy");

test.for(WRITES)(
  "$action denied: $setting says so and what to allow, the others are applied",
  async ({ setting, action }) => {
    await using world = await createWorld();
    await using _operator = startOperator(world, { pollIntervalMs: 200 });
    const bucketName = world.bucketName("docs");
    await readyBucket(world, "docs", { tags: { old: "x" } });
    const before = snapshot(world, bucketName);
    const allow = world.simulator.faults.deny(action);
    const { tags, ...spec } = fullSpec(bucketName, await world.createKey());
    await world.editSpec("docs", { ...spec, tags: { ...tags, old: null } });
    const denied = await world.bucketWhen("docs", isReconciling("AccessDenied"));
    expect(settingOf(denied, setting)).toMatchObject({ state: "Denied", reason: "AccessDenied" });
    for (const message of [settingOf(denied, setting)?.message, condition(denied, "Ready")?.message]) {
      expect(message).toContain(action);
      expect(message).toContain(`arn:aws:s3:::${bucketName}`);
    }
    expectOthersInSync(denied, setting);
    expect(atAws(world, bucketName)).not.toEqual(before);

    const tries = world.simulator.calls.count(action);
    await otherPolls(world, 20);
    expect(world.simulator.calls.count(action), "retried slowly").toBe(tries);
    allow();
    await lookAgain(world, "docs");
    await world.bucketWhen("docs", isReady);
    await expectInvariants(world);
  },
);

/** So many calls about another bucket, which is polled often. */
async function otherPolls(world: World, calls: number): Promise<void> {
  const bucketName = world.bucketName("other");
  // An account of its own kind of settings: nothing that it writes is denied.
  await world.applyBucket("other", { bucketName, mode: "Observe" });
  await eventually(
    () => operatorCalls(world).filter(({ bucket }) => bucket === bucketName).length,
    (count) => count >= Math.min(calls, 3),
  );
}

const READS = SETTINGS.filter(({ name }) => name !== "tags").map(({ name, permissions }) => ({
  setting: name,
  action: permissions.read[0],
}));

test.for(READS)("$action denied: $setting is not called in sync, the others are kept", async ({ setting, action }) => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("docs");
  await readyBucket(world, "docs", fullSpec(bucketName, await world.createKey()));
  const writes = operatorWrites(world).length;
  const allow = world.simulator.faults.deny(action);
  await lookAgain(world, "docs");
  const denied = await world.bucketWhen("docs", isReconciling("AccessDenied"));
  expect(settingOf(denied, setting)).toMatchObject({ state: "Denied", reason: "AccessDenied" });
  expect(settingOf(denied, setting)?.message).toContain(action);
  expectOthersInSync(denied, setting);
  allow();
  await lookAgain(world, "docs");
  await world.bucketWhen("docs", isReady);
  expect(operatorWrites(world)).toHaveLength(writes);
  await expectInvariants(world);
});

test("without the tags nobody knows whose the bucket is: nothing is written", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("docs");
  await readyBucket(world, "docs", { versioning: "Enabled" });
  const writes = operatorWrites(world).length;
  const allow = world.simulator.faults.deny("s3:ListTagsForResource");
  await world.editSpec("docs", { versioning: "Suspended" });
  const denied = await world.bucketWhen("docs", isReconciling("AccessDenied"));
  expect(condition(denied, "Ready")?.message).toContain("s3:ListTagsForResource");
  expect(operatorWrites(world)).toHaveLength(writes);
  allow();
  await lookAgain(world, "docs");
  await world.bucketWhen("docs", isReady);
  expect(atAws(world, bucketName).versioning).toBe("Suspended");
  await expectInvariants(world);
});

test.for(["s3:CreateBucket", "s3:TagResource"])(
  "%s denied: no bucket is made, and the message says what to allow",
  async (action) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const bucketName = world.bucketName("docs");
    const allow = world.simulator.faults.deny(action);
    await world.applyAccount();
    await world.applyBucket("docs", { bucketName });
    const denied = await world.bucketWhen("docs", isReconciling("AccessDenied"));
    expect(condition(denied, "Ready")?.message).toContain(action);
    expect(world.account.buckets.has(bucketName)).toBe(false);
    allow();
    await lookAgain(world, "docs");
    await world.bucketWhen("docs", isReady);
    await expectInvariants(world);
  },
);

test("s3:ListBucket denied: S3 says no more than of another's bucket, and the message names both", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  world.simulator.faults.deny("s3:ListBucket");
  await world.applyAccount();
  await world.applyBucket("docs", { bucketName: world.bucketName("docs") });
  const stalled = await world.bucketWhen("docs", isStalled("BucketOwnedByAnotherAccount"));
  expect(condition(stalled, "Stalled")?.message).toContain("s3:ListBucket");
  expect(operatorWrites(world)).toEqual([]);
  await expectInvariants(world);
});

type KeySpec = NonNullable<NonNullable<S3BucketSpec["encryption"]>["kmsKey"]>;

interface KeyProblem {
  what: string;
  /** Prepares the key and says how the spec names it. */
  key(world: World, arn: string): KeySpec;
  reason: string;
  says: string;
  mend(world: World, arn: string): unknown;
}

const REGION = "eu-central-1";
const idOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

function keyOf({ account }: World, arn: string) {
  const key = account.keys.get(arn);
  if (key === undefined) throw new Error(`No key ${arn}`);
  return key;
}

function enable(world: World, arn: string): void {
  keyOf(world, arn).state = "Enabled";
}

const KEY_PROBLEMS: KeyProblem[] = [
  {
    what: "does not exist",
    key: ({ account }, arn) => {
      account.keys.delete(arn);
      return { arn };
    },
    reason: "KMSKeyNotFound",
    says: "does not exist",
    mend: (world) => world.createKey().then((arn) => world.editSpec("docs", { encryption: { kmsKey: { arn } } })),
  },
  {
    what: "is disabled",
    key: (world, arn) => {
      keyOf(world, arn).state = "Disabled";
      return { arn };
    },
    reason: "KMSKeyNotUsable",
    says: "Disabled",
    mend: enable,
  },
  {
    what: "is about to be deleted",
    key: (world, arn) => {
      keyOf(world, arn).state = "PendingDeletion";
      return { arn };
    },
    reason: "KMSKeyNotUsable",
    says: "cancel its deletion",
    mend: enable,
  },
  {
    what: "has an alias that does not exist",
    key: () => ({ alias: "alias/documents" }),
    reason: "KMSKeyNotFound",
    says: "alias/documents",
    mend: ({ account }, arn) => account.aliases.set(`${REGION}/alias/documents`, idOf(arn)),
  },
];

test.for(KEY_PROBLEMS)(
  "a KMS key that $what: stalled, the rest is applied, and well as soon as it is mended",
  async (row) => {
    await using world = await createWorld();
    await using _operator = startOperator(world);
    const bucketName = world.bucketName("docs");
    const arn = await world.createKey();
    const kmsKey = row.key(world, arn);
    await world.applyAccount();
    await world.applyBucket("docs", {
      bucketName,
      encryption: { sseAlgorithm: "aws:kms", kmsKey },
      versioning: "Enabled",
    });
    const stalled = await world.bucketWhen("docs", isStalled(row.reason));
    expect(condition(stalled, "Stalled")?.message).toContain(row.says);
    expect(settingOf(stalled, "encryption")).toMatchObject({ state: "Failed", reason: row.reason });
    expectOthersInSync(stalled, "encryption");
    expect(stalled.status?.kmsKeyArn).toBeUndefined();
    await expectInvariants(world);
    await row.mend(world, arn);
    await lookAgain(world, "docs");
    const ready = await world.bucketWhen("docs", isReady);
    expect(ready.status?.kmsKeyArn).toMatch(/^arn:aws:kms:/);
    expect(JSON.stringify(atAws(world, bucketName).encryption)).toContain(ready.status?.kmsKeyArn);
    await expectInvariants(world);
  },
);

test("an alias is resolved once, and status names the key behind it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const arn = await world.createKey();
  world.account.aliases.set(`${REGION}/alias/documents`, idOf(arn));
  const ready = await readyBucket(world, "docs", {
    encryption: { sseAlgorithm: "aws:kms", kmsKey: { alias: "alias/documents" }, bucketKeyEnabled: true },
  });
  expect(ready.status?.kmsKeyArn).toBe(arn);
  await lookAgain(world, "docs");
  expect(world.simulator.calls.count("kms:DescribeKey")).toBe(1);
  await expectInvariants(world);
});

/**
 * Attempts of a tenant to exceed the guardrails of an account. Each is refused before a write to AWS, with a message
 * that reveals nothing new.
 */

import { expect, test } from "vitest";
import type { AWSAccountSpec, S3Bucket, S3BucketSpec } from "../../../operator/api/types.ts";
import { kstatus } from "../../conformance/kstatus.ts";
import { expectInvariants, expectSoundHistory, operatorCalls, operatorWrites } from "../support/expect/invariants.ts";
import { condition, isReady, isReconciling, isStalled } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, snapshot } from "../support/world/buckets.ts";
import { loseAccount } from "../support/world/lost-account.ts";
import { createWorld, type World } from "../support/world/world.ts";

const PARTNER = "444455556666";
const FOREIGN = "999999999999";
const ALL_ON = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };

const letIn = (aws: string[]): S3BucketSpec => ({
  policy: { statements: [{ sid: "Share", effect: "Allow", principals: { aws }, actions: ["s3:GetObject"] }] },
});

interface Attack {
  what: string;
  account: Partial<AWSAccountSpec>;
  spec: S3BucketSpec;
  reason: string;
  /** The message names the guardrail, the field and what to do. */
  says: string[];
  /** A spec that the account allows. */
  instead: S3BucketSpec;
}

const FEW: Partial<AWSAccountSpec> = { guardrails: { allowedAccounts: [PARTNER] } };
const PRIVATE: Partial<AWSAccountSpec> = { guardrails: { allowPublicAccess: false } };
const ENCRYPTED: Partial<AWSAccountSpec> = { guardrails: { requireKMS: true } };

/** A role of the platform that may replicate any bucket. */
const SHARED_ROLE = "arn:aws:iam::111122223333:role/replicate-everything";
const VICTIM = "victim-secrets";

const ATTACKS: Attack[] = [
  {
    what: "replication with a role of others into a bucket of others",
    account: FEW,
    spec: {
      versioning: "Enabled",
      replication: {
        roleArn: SHARED_ROLE,
        rules: [
          {
            id: "pump",
            priority: 1,
            status: "Enabled",
            destination: { bucket: `arn:aws:s3:::${VICTIM}` },
          },
        ],
      },
    },
    reason: "GuardrailViolated",
    says: ["allowedRoles", "spec.replication.roleArn", SHARED_ROLE, "allowedDestinations", VICTIM],
    instead: { versioning: "Enabled" },
  },
  {
    what: "logs into a bucket of others",
    account: ENCRYPTED,
    spec: { encryption: { sseAlgorithm: "aws:kms" }, logging: { targetBucket: VICTIM } },
    reason: "GuardrailViolated",
    says: ["allowedDestinations", "spec.logging.targetBucket", VICTIM, "S3Bucket in namespace"],
    instead: { encryption: { sseAlgorithm: "aws:kms" } },
  },
  {
    what: "analytics and inventory into buckets of others",
    account: PRIVATE,
    spec: {
      analytics: { configurations: [{ id: "a", dataExport: { bucket: `arn:aws:s3:::${VICTIM}` } }] },
      inventory: {
        configurations: [
          {
            id: "i",
            includedObjectVersions: "Current",
            frequency: "Daily",
            destination: { bucket: `arn:aws:s3:::${VICTIM}`, format: "CSV" },
          },
        ],
      },
    },
    reason: "GuardrailViolated",
    says: ["spec.analytics.configurations[a].dataExport.bucket", "spec.inventory.configurations[i].destination.bucket"],
    instead: {},
  },
  {
    what: "an alias that others may look for",
    account: PRIVATE,
    spec: { encryption: { sseAlgorithm: "aws:kms", kmsKey: { managed: { alias: "alias/payments" } } } },
    reason: "GuardrailViolated",
    says: ["allowedKeyAliases", "spec.encryption.kmsKey.managed.alias", "omit it"],
    instead: { versioning: "Enabled" },
  },
  {
    what: "access of another account",
    account: FEW,
    spec: letIn([FOREIGN]),
    reason: "GuardrailViolated",
    says: ["allowedAccounts", "spec.policy.statements[Share]", FOREIGN, "name only principals of allowed accounts"],
    instead: letIn([PARTNER]),
  },
  {
    what: "access of all principals, another account included",
    account: FEW,
    spec: letIn(["*"]),
    reason: "GuardrailViolated",
    says: ["allowPublicAccess", "spec.policy.statements[Share]"],
    instead: { policy: { statements: [] } },
  },
  {
    what: "Block Public Access turned off",
    account: PRIVATE,
    spec: { publicAccessBlock: { ...ALL_ON, blockPublicPolicy: false } },
    reason: "GuardrailViolated",
    says: ["allowPublicAccess", "spec.publicAccessBlock.blockPublicPolicy", "set it to true"],
    instead: { publicAccessBlock: ALL_ON },
  },
  {
    what: "ACLs enabled, with public ones not blocked",
    account: PRIVATE,
    spec: { baseline: "None", objectOwnership: "ObjectWriter" },
    reason: "GuardrailViolated",
    says: ["allowPublicAccess", "spec.objectOwnership", "spec.publicAccessBlock"],
    instead: { objectOwnership: "BucketOwnerEnforced" },
  },
  {
    what: "encryption without KMS",
    account: ENCRYPTED,
    spec: { encryption: { sseAlgorithm: "AES256" } },
    reason: "GuardrailViolated",
    says: ["requireKMS", "spec.encryption.sseAlgorithm", "aws:kms"],
    instead: { encryption: { sseAlgorithm: "aws:kms" } },
  },
];

test.for(ATTACKS)("$what is refused: no bucket is created until the spec is corrected", async (attack) => {
  const { account, spec, reason, says, instead } = attack;
  await using world = await createWorld();
  await using _operator = startOperator(world);
  // The account is created before the bucket: a missing account would be another error.
  for (const id of [PARTNER, FOREIGN]) world.simulator.account(id);
  await world.applyAccount(account);
  const bucketName = world.bucketName("docs");
  await world.applyBucket("docs", { bucketName, ...spec });
  await world.applyBucket("watched", { bucketName: world.bucketName("watched"), mode: "Observe", ...spec });
  for (const name of ["docs", "watched"]) {
    const refused = await world.bucketWhen(name, isStalled(reason));
    const message = condition(refused, "Stalled")?.message;
    for (const text of says) expect(message).toContain(text);
    expect(message, "an allowed account").not.toContain(PARTNER);
    expect(kstatus(refused)).toBe("Failed");
    expect(refused.status?.bucketName).toBeUndefined();
  }
  expect(operatorCalls(world).filter(({ bucket }) => bucket !== undefined)).toEqual([]);

  const cleared = Object.fromEntries(Object.keys(spec).map((field) => [field, null]));
  await world.editSpec("docs", { ...cleared, ...instead });
  await world.bucketWhen("docs", isReady);
  await expectInvariants(world);
});

test("a guardrail that is added later stops all changes to the bucket, removes nothing, and does not delay its deletion", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  world.simulator.account(FOREIGN);
  await world.applyAccount();
  const bucketName = world.bucketName("docs");
  await world.applyBucket("docs", { bucketName, deletionPolicy: "DeleteIfEmpty", ...letIn([FOREIGN]) });
  await world.bucketWhen("docs", isReady);
  const before = snapshot(world, bucketName);
  const writes = operatorWrites(world).length;

  await world.applyAccount({ guardrails: { allowedAccounts: [] }, naming: { allowedPatterns: ["*"] } });
  await world.bucketWhen("docs", isStalled("GuardrailViolated"));
  await world.editSpec("docs", { versioning: "Enabled" });
  await world.bucketWhen("docs", isStalled("GuardrailViolated"));
  expect(snapshot(world, bucketName)).toEqual(before);
  expect(operatorWrites(world)).toHaveLength(writes);

  await world.applyAccount({ guardrails: { allowedAccounts: [FOREIGN] } });
  await world.bucketWhen("docs", isReady);
  expect(atAws(world, bucketName).versioning).toBe("Enabled");
  await world.applyAccount({ guardrails: { allowedAccounts: [] }, naming: { allowedPatterns: ["nothing-like-it"] } });
  await world.bucketWhen("docs", isStalled("BucketNameNotAllowed"));
  await world.deleteBucket("docs");
  await world.gone("docs");
  expect(world.account.buckets.has(bucketName)).toBe(false);
  expectSoundHistory(world);
});

test("a bucket's name is checked against the account's patterns before any call to AWS", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount({ naming: { allowedPatterns: ["payroll-*", "{namespace}-*", `*-${world.name}`] } });
  await world.applyBucket("docs", { bucketName: "another-teams" });
  const refused = await world.bucketWhen("docs", isStalled("BucketNameNotAllowed"));
  const message = condition(refused, "Stalled")?.message;
  expect(message).toContain("'another-teams'");
  expect(message).toContain(`${world.name}-*`);
  expect(message, "patterns for other tenants").not.toContain("payroll");
  expect(operatorCalls(world).filter(({ service }) => service !== "sts")).toEqual([]);

  await world.applyBucket("named", { bucketName: world.bucketName("docs") });
  await world.applyBucket("unnamed", {});
  await world.bucketWhen("named", isReady);
  await world.bucketWhen("unnamed", isReady);
  await world.applyAccount({ naming: { allowedPatterns: ["another-teams"] } });
  await world.bucketWhen("docs", isReady);
  await expectInvariants(world);
});

test("another AWSAccount of the same AWS account does not bypass a guardrail, and gets the message for a missing account", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const [open, absent] = [`${world.name}-open`, `${world.name}-absent`];
  await world.applyAccount({ default: true, guardrails: { allowPublicAccess: false } });
  await world.applyAccount({ allowedNamespaces: { names: ["platform"] } }, open);
  try {
    const spec = { publicAccessBlock: { ...ALL_ON, blockPublicPolicy: false } };
    await world.applyBucket("around", { bucketName: world.bucketName("a"), accountRef: { name: open }, ...spec });
    await world.applyBucket("astray", { bucketName: world.bucketName("b"), accountRef: { name: absent }, ...spec });
    const around = await world.bucketWhen("around", isReconciling("AccountNotAvailable"));
    const astray = await world.bucketWhen("astray", isReconciling("AccountNotAvailable"));
    expect(ready(around).replaceAll(open, "x")).toBe(ready(astray).replaceAll(absent, "x"));
    expect(operatorCalls(world).filter(({ service }) => service !== "sts")).toEqual([]);
    expectSoundHistory(world);
  } finally {
    await loseAccount(world.kube, open);
  }
});

function ready(bucket: S3Bucket): string {
  return condition(bucket, "Ready")?.message ?? "";
}

test("a bucket is adopted only where the account allows it, and deleted only as the account allows", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const bucketName = world.bucketName("theirs");
  world.account.createBucket(bucketName, "eu-central-1");
  await world.applyAccount({ allowedDeletionPolicies: ["Retain"] });
  await world.applyBucket("docs", { bucketName, adoptionPolicy: "Adopt", deletionPolicy: "DeleteIfEmpty" });
  const refused = await world.bucketWhen("docs", isStalled("BucketNotOwned"));
  expect(condition(refused, "Stalled")?.message).toContain("spec.allowAdoption");
  expect(operatorWrites(world)).toEqual([]);

  await world.applyAccount({ allowedDeletionPolicies: ["Retain"], allowAdoption: true });
  await world.bucketWhen("docs", isReady);
  await world.deleteBucket("docs");
  const kept = await world.bucketWhen("docs", waitsFor("DeletionPolicyNotAllowed"));
  expect(ready(kept)).toContain("set spec.deletionPolicy to Retain");
  expect(atAws(world, bucketName).tags.get("s3-operator.io/name")).toBe("docs");
  await world.applyAccount({ allowAdoption: true });
  await world.gone("docs");
  expectSoundHistory(world);
});

function waitsFor(reason: string): (bucket: S3Bucket) => boolean {
  return (bucket) => bucket.metadata.deletionTimestamp !== undefined && condition(bucket, "Ready")?.reason === reason;
}

test("guardrails of one AWSAccount do not apply to another", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const open = `${world.name}-open`;
  world.simulator.account(FOREIGN);
  await world.applyAccount({ guardrails: { allowedAccounts: [] } });
  await world.applyAccount({}, open);
  try {
    await inBoth(world, open);
    await world.bucketWhen("closed", isStalled("GuardrailViolated"));
    await world.bucketWhen("open", isReady);
    await expectInvariants(world);
  } finally {
    await loseAccount(world.kube, open);
  }
});

async function inBoth(world: World, open: string): Promise<void> {
  await world.applyBucket("closed", { bucketName: world.bucketName("closed"), ...letIn([FOREIGN]) });
  await world.applyBucket("open", {
    bucketName: world.bucketName("open"),
    accountRef: { name: open },
    ...letIn([FOREIGN]),
  });
}

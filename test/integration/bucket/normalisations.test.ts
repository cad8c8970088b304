import fc from "fast-check";
import { expect, test } from "vitest";
import type { S3Bucket, S3BucketSpec } from "../../../operator/api/types.ts";
import type { Normalisations } from "../../aws/index.ts";
import { dumpBucket } from "../support/expect/dump.ts";
import { expectInvariants, expectNothingToWrite, reconcileAgain } from "../support/expect/invariants.ts";
import { isReady, settingSource } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { atAws, readyBucket } from "../support/world/buckets.ts";
import { createWorld, type World } from "../support/world/world.ts";
import { arbitrarySpec } from "./arbitrary-spec.ts";
import { TAMPER_WITH } from "./tamper.ts";

/*
 * AWS returns settings in other forms than they were written. In any form, a declared value counts as equal, so that
 * another reconcile writes nothing, and a user's change is still detected. A failure prints the seed, which repeats it
 * as a parameter of the check.
 */

interface Case {
  spec: S3BucketSpec;
  normalisations: Normalisations;
  /** Chooses the setting that a user changes. */
  choice: number;
}

const normalisations: fc.Arbitrary<Normalisations> = fc.record(
  {
    reorderPolicy: fc.boolean(),
    unknownExtraFields: fc.boolean(),
    lifecyclePrefixForm: fc.constantFrom("EmptyFilter" as const, "FilterPrefix" as const, "Prefix" as const),
    lifecycleFlap: fc.record({ reads: fc.integer({ min: 1, max: 2 }) }),
    awsTags: fc.constant({ "aws:cloudformation:stack-name": "stack", "aws:servicecatalog:id": "1" }),
  },
  { requiredKeys: [] },
);

/** All specs run concurrently, in one world. */
const CASES = 24;

test("any spec counts as applied in every form in which AWS returns it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world, { concurrency: CASES });
  await world.applyAccount({ tags: { owner: "platform" } });
  const roles = ["reader", "writer"].map((name) => world.account.addRole(name));
  const named = {
    kmsKeyArn: await world.createKey(),
    accountId: world.account.id,
    roleArns: roles.map(({ arn }) => arn),
    roleIds: roles.map(({ uniqueId }) => uniqueId),
  };
  const one = fc.record({ spec: arbitrarySpec(named), normalisations, choice: fc.nat() });
  const many = fc.array(one, { minLength: CASES, maxLength: CASES });
  const property = fc.asyncProperty(many, (cases) => holds(world, cases));
  const { failed, seed, errorInstance } = await fc.check(property, { numRuns: 1, endOnFailure: true });
  // Not by fc.assert, which prints all the cases.
  if (failed) throw new Error(`With { seed: ${seed} }`, { cause: errorInstance });
  await expectInvariants(world);
});

async function holds(world: World, cases: readonly Case[]): Promise<void> {
  const names = cases.map((_, index) => `spec-${index}`);
  await Promise.all(
    cases.map(async ({ spec, normalisations }, index) => {
      const name = names[index] ?? "";
      const bucketName = world.bucketName(name);
      world.simulator.normalise.set(normalisations, bucketName);
      await world.applyBucket(name, { bucketName, ...spec });
      const context = () => JSON.stringify({ spec, normalisations }, undefined, 1);
      await world.statuses.when(name, isReady).catch((cause: unknown) => {
        throw new Error(`Never ready: ${context()}`, { cause });
      });
    }),
  );
  await expectInvariants(world);
  // A fault that only delays is left out after its first use.
  for (const name of names) world.simulator.normalise.set({ lifecycleFlap: undefined }, world.bucketName(name));
  await Promise.all(cases.map((each, index) => expectDriftFound(world, names[index] ?? "", each)));
}

test("a policy of several authors in another order at each read is the same policy", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await readyBucket(world, "docs");
  const bucket = atAws(world, world.bucketName("docs"));
  const { Statement = [], ...rest } = JSON.parse(bucket.policy ?? "") as { Statement?: object[] };
  const theirs = ["s3:GetObject", "s3:PutObject", "s3:GetObjectAcl", "s3:DeleteObject"].map((action, index) => ({
    ...(index > 1 && { Sid: `Theirs${index}` }),
    Effect: "Allow",
    Principal: { AWS: ["arn:aws:iam::111122223333:root"] },
    Action: [action],
    Resource: [`arn:aws:s3:::${bucket.name}/*`],
  }));
  bucket.policy = JSON.stringify({ ...rest, Statement: [...theirs, ...Statement] });
  const { status } = await reconcileAgain(world, "docs");
  expect(status?.policy?.unmanagedStatements).toEqual(["#1", "#2", "Theirs2", "Theirs3"]);
  world.simulator.normalise.set({ reorderPolicy: true });
  for (let round = 1; round <= 4; round += 1) await expectNothingToWrite(world, ["docs"]);
});

test("values that AWS accepts without effect, or returns under another name, are written once", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const statement = { effect: "Allow" as const, actions: ["s3:GetObject"], resources: ["{bucket}/*"] };
  const canonicalUser = [world.account.id.padStart(64, "0")];
  const rule = { id: "all", status: "Enabled" as const };
  await readyBucket(world, "docs", {
    publicAccessBlock: { blockPublicAcls: true, blockPublicPolicy: true },
    encryption: { sseAlgorithm: "AES256", bucketKeyEnabled: true },
    lifecycle: { rules: [{ ...rule, filter: { prefix: "" }, transitions: [{ storageClass: "INTELLIGENT_TIERING" }] }] },
    metrics: { configurations: [{ id: "all", filter: { prefix: "" } }] },
    intelligentTiering: {
      configurations: [{ ...rule, filter: { prefix: "" }, tierings: [{ accessTier: "ARCHIVE_ACCESS", days: 90 }] }],
    },
    website: {
      indexDocument: "index.html",
      routingRules: [{ condition: { keyPrefixEquals: "" }, redirect: { replaceKeyWith: "" } }],
    },
    policy: {
      statements: [
        { sid: "By canonical user", principals: { canonicalUser }, ...statement },
        { sid: "By unique ID", principals: { aws: [world.account.addRole("reader").uniqueId] }, ...statement },
        { sid: "By identity", principals: { canonicalUser: ["0a".repeat(48)] }, ...statement },
      ],
    },
  });
  await expectNothingToWrite(world, ["docs"]);
  expect(JSON.stringify(atAws(world, world.bucketName("docs")).publicAccessBlock)).not.toContain("false");
  await expectInvariants(world);
});

async function expectDriftFound(world: World, name: string, { spec, choice }: Case): Promise<void> {
  const bucket = atAws(world, world.bucketName(name));
  const before = dumpBucket(bucket, name);
  const current = await world.bucket(name);
  const managed = Object.keys(TAMPER_WITH).filter((setting) => isManaged(current, setting));
  const setting = managed[choice % managed.length] ?? "";
  TAMPER_WITH[setting]?.(bucket);
  expect(dumpBucket(bucket, name)).not.toEqual(before);
  await reconcileAgain(world, name);
  const corrected = (seen: S3Bucket) => isReady(seen) && seen.status?.drift?.lastCorrectedTime !== undefined;
  const { status } = await world.statuses.when(name, corrected);
  const changes = status?.drift?.changes?.map((change) => change.setting);
  expect(new Set(changes), JSON.stringify(spec)).toEqual(new Set([setting]));
  // Unknown fields in AWS's responses are kept, and so they are now in the bucket.
  expect(withoutUnknown(dumpBucket(bucket, name))).toEqual(withoutUnknown(before));
}

function withoutUnknown(dump: object | undefined): unknown {
  const reviver = (key: string, value: unknown) => (key === "SimulatedUnknownField" ? undefined : value);
  return JSON.parse(JSON.stringify(dump), reviver) as unknown;
}

function isManaged(bucket: S3Bucket, setting: string): boolean {
  const source = settingSource(bucket, setting);
  return source === "Spec" || source === "Baseline";
}

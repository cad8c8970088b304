import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  PutKeyPolicyCommand,
  type KMSClient,
} from "@aws-sdk/client-kms";
import { expect, test } from "vitest";
import type { Statement } from "../../operator/aws/policy/document.ts";
import { expectNothingToWrite } from "../integration/support/expect/invariants.ts";
import { isReady } from "../integration/support/expect/states.ts";
import { eventually } from "../integration/support/expect/wait.ts";
import { startOperator } from "../integration/support/process/operator.ts";
import { readyBucket } from "../integration/support/world/buckets.ts";
import { defaultAlias, managedKeySpec } from "../integration/support/world/keys.ts";
import { createLocalStackWorld, type LocalStackWorld } from "./world.ts";

const DAY_MS = 86_400_000;
/** The default at AWS, which LocalStack does not have. */
const PolicyName = "default";

/** The key with this alias; "" without one. */
async function arnOf(kms: KMSClient, KeyId: string): Promise<string> {
  return kms.send(new DescribeKeyCommand({ KeyId })).then(
    ({ KeyMetadata }) => KeyMetadata?.Arn ?? "",
    () => "",
  );
}

async function rotationOf(kms: KMSClient, KeyId: string): Promise<number | undefined> {
  const status = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
  return status.KeyRotationEnabled === true ? status.RotationPeriodInDays : undefined;
}

/** Stops the operator meanwhile, because it reads its keys only now and then. */
async function changedByHand(world: LocalStackWorld, change: (kms: KMSClient, arn: string) => Promise<unknown>) {
  const { kms } = world.clients();
  const spec = managedKeySpec();
  const alias = defaultAlias(world, "docs");
  {
    await using _operator = startOperator(world);
    await readyBucket(world, "docs", spec);
    await expectNothingToWrite(world, ["docs"]);
  }
  const arn = await arnOf(kms, alias);
  await change(kms, arn);
  return { kms, arn, alias };
}

test("a managed key is created with its alias and rotation, follows the spec, and a second look writes nothing", async () => {
  await using world = await createLocalStackWorld();
  await using _operator = startOperator(world);
  const { kms } = world.clients();
  const { status } = await readyBucket(world, "docs", managedKeySpec({ rotationPeriodInDays: 90 }));
  const arn = status?.kmsKeyArn ?? "";
  expect(await arnOf(kms, defaultAlias(world, "docs"))).toBe(arn);
  expect(await rotationOf(kms, arn)).toBe(90);
  await expectNothingToWrite(world, ["docs"]);
  await world.editSpec("docs", { ...managedKeySpec({ alias: `alias/${world.name}`, rotationPeriodInDays: 180 }) });
  await world.bucketWhen("docs", isReady);
  expect(await arnOf(kms, `alias/${world.name}`)).toBe(arn);
  expect(await rotationOf(kms, arn)).toBe(180);
  await expectNothingToWrite(world, ["docs"]);
});

test("disabled rotation and a removed alias are corrected", async () => {
  await using world = await createLocalStackWorld();
  const { kms, arn, alias } = await changedByHand(world, async (client, KeyId) => {
    await client.send(new DisableKeyRotationCommand({ KeyId }));
    await client.send(new DeleteAliasCommand({ AliasName: defaultAlias(world, "docs") }));
  });
  await using _operator = startOperator(world);
  await eventually(
    async () => [await arnOf(kms, alias), await rotationOf(kms, arn)] as const,
    ([found, days]) => found === arn && days === 365,
  );
  await world.bucketWhen("docs", isReady);
  await expectNothingToWrite(world, ["docs"]);
});

test("an alias that another user moved to another key is not taken back", async () => {
  await using world = await createLocalStackWorld();
  const { kms, arn, alias } = await changedByHand(world, async (client) => {
    const AliasName = defaultAlias(world, "docs");
    await client.send(new DeleteAliasCommand({ AliasName }));
    await client.send(new CreateAliasCommand({ AliasName, TargetKeyId: await world.createKey() }));
  });
  await using _operator = startOperator(world);
  await world.annotate("docs", { "s3-operator.io/reconcile-requested-at": "now" });
  await world.bucketWhen("docs", ({ status }) => status?.reconcileRequestedAt === "now");
  expect(await arnOf(kms, alias)).not.toBe(arn);
});

test("a foreign statement of the key policy stays, beside the one for CloudFront", async () => {
  await using world = await createLocalStackWorld();
  const theirs = { Sid: "Theirs", Effect: "Allow", Principal: { AWS: `arn:aws:iam::${world.aws.accountId}:root` } };
  const { kms, arn } = await changedByHand(world, async (client, KeyId) => {
    const { Policy = "" } = await client.send(new GetKeyPolicyCommand({ KeyId, PolicyName }));
    const document = JSON.parse(Policy) as { Statement: object[] };
    document.Statement.push({ ...theirs, Action: "kms:DescribeKey", Resource: "*" });
    await client.send(new PutKeyPolicyCommand({ KeyId, PolicyName, Policy: JSON.stringify(document) }));
  });
  await using _operator = startOperator(world);
  const cloudFrontDistributions = ["arn:aws:cloudfront::111122223333:distribution/E1A2B3C4D5E6F7"];
  await world.editSpec("docs", { policy: { cloudFrontDistributions } });
  await world.bucketWhen("docs", isReady);
  const { Policy = "" } = await kms.send(new GetKeyPolicyCommand({ KeyId: arn, PolicyName }));
  const sids = (JSON.parse(Policy) as { Statement: Statement[] }).Statement.map(({ Sid }) => Sid);
  expect(sids).toEqual(expect.arrayContaining(["Theirs", expect.stringMatching(/^S3Operator/)]));
  await expectNothingToWrite(world, ["docs"]);
});

test("a key is scheduled for deletion with its bucket, and revived with the manifest", async () => {
  await using world = await createLocalStackWorld();
  await using _operator = startOperator(world);
  const { kms } = world.clients();
  const spec = { deletionPolicy: "DeleteIfEmpty" as const, ...managedKeySpec({ deletionWindowInDays: 9 }) };
  const { status } = await readyBucket(world, "docs", spec);
  const KeyId = status?.kmsKeyArn ?? "";
  await world.deleteBucket("docs");
  await world.gone("docs");
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
  expect(KeyMetadata?.KeyState).toBe("PendingDeletion");
  expect(Math.round(((KeyMetadata?.DeletionDate?.getTime() ?? 0) - Date.now()) / DAY_MS)).toBe(9);
  const again = await readyBucket(world, "docs", spec);
  expect(again.status?.kmsKeyArn).toBe(KeyId);
  expect(await rotationOf(kms, KeyId)).toBe(365);
  await expectNothingToWrite(world, ["docs"]);
});

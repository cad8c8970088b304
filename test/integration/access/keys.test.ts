/**
 * A bucket that changes its KMS key: older objects stay readable for those with access, with the credentials of their
 * Pods.
 */

import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { BucketAccess, S3BucketSpec } from "../../../operator/api/types.ts";
import { asList, type Statement } from "../../../operator/aws/policy/document.ts";
import { isReady } from "../support/expect/states.ts";
import { expectAccessInvariants, inlinePolicy, roleOf } from "../support/world/access.ts";
import { createKey, runExample, type Pod, type Stage } from "../support/world/workloads.ts";

/** Settings by which a change of the key is over as soon as S3 has it. */
const AT_ONCE = { settleWindowMs: 0 };
const OTHER_SETTINGS = { sseAlgorithm: "aws:kms", bucketKeyEnabled: true } as const;

/** Waits until S3 has this encryption and the access includes it. */
async function encryptBy(stage: Stage, encryption: S3BucketSpec["encryption"], arn?: string): Promise<BucketAccess> {
  const { metadata } = await stage.world.editSpec("invoices", { encryption });
  await stage.world.bucketWhen(
    "invoices",
    (each) => each.status?.observedGeneration === metadata.generation && isReady(each),
  );
  // By a reconcile that has read the bucket after the change of its key.
  await stage.accesses.reconcileAgain("invoices");
  return stage.accesses.when("invoices", (each) => isReady(each) && each.status?.kmsKeyArn === arn);
}

async function read({ s3, bucket: Bucket }: Pod, Key: string): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return Body?.transformToString();
}

async function write({ s3, bucket: Bucket }: Pod, Key: string): Promise<string | undefined> {
  return (await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))).SSEKMSKeyId;
}

/** The actions that the role may use with a key. */
function actionsOn(stage: Stage, access: BucketAccess, key: string): string[] {
  const { Statement } = inlinePolicy(roleOf(stage.world, access)) as { Statement: Statement[] };
  return Statement.filter(({ Resource }) => asList(Resource).includes(key)).flatMap(({ Action }) => asList(Action));
}

test("objects under former keys stay readable, and no object is written with them", async () => {
  await using stage = await runExample("private-storage", "IRSA", AT_ONCE);
  const { world, accesses } = stage;
  using pod = await stage.pod("invoices");
  const first = (await accesses.get("invoices")).status?.kmsKeyArn ?? "";
  expect(await write(pod, "issued/1")).toBe(first);

  const second = await createKey(stage);
  const access = await encryptBy(stage, { ...OTHER_SETTINGS, kmsKey: { managed: null, arn: second } as never }, second);
  expect(access.status?.formerKeys).toEqual([{ kmsKeyArn: first, encryptionContexts: ["Bucket"] }]);
  expect(access.status?.policy?.summary).toContain(`kms:Decrypt with ${first}, through S3 only`);
  expect(access.status?.drift).toBeUndefined();
  expect(actionsOn(stage, access, first)).toEqual(["kms:Decrypt"]);
  expect(actionsOn(stage, access, second)).toEqual(["kms:Decrypt", "kms:GenerateDataKey"]);
  expect(await write(pod, "issued/2")).toBe(second);
  expect(await read(pod, "issued/1")).toBe("issued/1");
  await expectAccessInvariants(world, accesses);

  // No key at all, then a recorded key again: the rights return.
  const keyless = await encryptBy(stage, { sseAlgorithm: "AES256", kmsKey: null, bucketKeyEnabled: null } as never);
  expect(keyless.status?.formerKeys?.map(({ kmsKeyArn }) => kmsKeyArn)).toEqual([second, first]);
  for (const key of ["issued/1", "issued/2"]) expect(await read(pod, key)).toBe(key);
  const back = await encryptBy(stage, { ...OTHER_SETTINGS, kmsKey: { arn: first } }, first);
  expect(back.status?.formerKeys?.map(({ kmsKeyArn }) => kmsKeyArn)).toEqual([second]);
  expect(await read(pod, "issued/2")).toBe("issued/2");
  await expectAccessInvariants(world, accesses);
});

test("the record of keys is dropped with the access", async () => {
  await using stage = await runExample("private-storage", "IRSA", AT_ONCE);
  const { accesses } = stage;
  const { spec } = await accesses.when("invoices", isReady);
  const second = await createKey(stage);
  await encryptBy(stage, { ...OTHER_SETTINGS, kmsKey: { managed: null, arn: second } as never }, second);
  await accesses.remove("invoices");
  await accesses.apply("invoices", spec);
  const anew = await accesses.when("invoices", (each) => isReady(each));
  expect(anew.status).not.toHaveProperty("formerKeys");
});

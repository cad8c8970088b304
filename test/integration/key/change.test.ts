/** A bucket that changes its KMS key while workloads write to it and read from it: none of their requests is denied. */

import { setTimeout } from "node:timers/promises";
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { S3BucketSpec } from "../../../operator/api/types.ts";
import { asList, type Statement } from "../../../operator/aws/policy/document.ts";
import { expectInvariants, operatorCalls } from "../support/expect/invariants.ts";
import { isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { expectAccessInvariants, inlinePolicy, roleOf } from "../support/world/access.ts";
import { assumed, createKey, runExample, s3As, type Stage } from "../support/world/workloads.ts";

type Encryption = S3BucketSpec["encryption"];

/** A short settle window: the time given to IAM to apply a permission, and to S3 to stop using the former key. */
const SHORT = { settleWindowMs: 1_000 };
const BY_KEY = { sseAlgorithm: "aws:kms", bucketKeyEnabled: true } as const;
const BY_S3 = { sseAlgorithm: "AES256", kmsKey: null, bucketKeyEnabled: null } as unknown as Encryption;

const byKey = (arn: string, more: object = {}) =>
  ({ ...BY_KEY, kmsKey: { managed: null, arn }, ...more }) as unknown as Encryption;

/** Writes an object, reads it, and repeats until told to stop. */
function keepWriting(s3: S3Client, Bucket: string, prefix: string) {
  const denied: string[] = [];
  const keys: (string | undefined)[] = [];
  const end = new AbortController();
  const writing = (async () => {
    for (let count = 0; !end.signal.aborted; count += 1) {
      const Key = `${prefix}${count}`;
      try {
        const { SSEKMSKeyId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        await Body?.transformToString();
        if (keys.at(-1) !== SSEKMSKeyId || keys.length === 0) keys.push(SSEKMSKeyId);
      } catch (error) {
        denied.push(String(error));
      }
      await setTimeout(10);
    }
  })();
  const stop = async () => {
    end.abort();
    await writing;
  };
  return {
    /** Requests that failed. */
    denied,
    /** The keys of the objects, in order. */
    keys,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Waits until S3 has this encryption, and the change is over. */
async function changeTo({ world }: Stage, name: string, encryption: Encryption): Promise<void> {
  const { metadata } = await world.editSpec(name, { encryption });
  await world.bucketWhen(
    name,
    (each) =>
      each.status?.observedGeneration === metadata.generation && isReady(each) && each.status?.keyChange === undefined,
  );
}

test.each(["IRSA", "PodIdentity"] as const)(
  "a workload with a role by %s is never denied during the change",
  async (type) => {
    await using stage = await runExample("private-storage", type, SHORT);
    const { world, accesses } = stage;
    using pod = await stage.pod("invoices");
    const first = (await accesses.get("invoices")).status?.kmsKeyArn ?? "";
    const second = await createKey(stage);
    await using writer = keepWriting(pod.s3, pod.bucket, "issued/");
    await changeTo(stage, "invoices", byKey(second));
    await changeTo(stage, "invoices", BY_S3);
    await changeTo(stage, "invoices", byKey(first));
    await changeTo(stage, "invoices", byKey(first, { bucketKeyEnabled: false }));
    await changeTo(stage, "invoices", byKey(first));
    await writer.stop();
    expect(writer.denied).toEqual([]);
    expect(writer.keys).toEqual([first, second, undefined, first]);

    // Permissions that served only the change are removed after it.
    const access = await accesses.when("invoices", (each) => isReady(each) && each.status?.kmsKeyArn === first);
    const onFormer = () => {
      const { Statement } = inlinePolicy(roleOf(world, access)) as { Statement: Statement[] };
      return Statement.filter(({ Resource }) => asList(Resource).includes(second)).flatMap(({ Action }) =>
        asList(Action),
      );
    };
    await eventually(onFormer, (actions) => actions.join() === "kms:Decrypt");
    expect((await world.bucket("invoices")).status?.drift).toBeUndefined();
    expect(access.status?.drift).toBeUndefined();
    await expectAccessInvariants(world, accesses);
    await expectInvariants(world);
  },
);

test("a role of another account is never denied during the change of a managed key", async () => {
  await using stage = await runExample("private-storage", "IRSA", SHORT);
  const { world, accesses } = stage;
  const bucket = (await accesses.when("invoices", isReady)).status?.bucketName ?? "";
  await changeTo(stage, "invoices", BY_S3);
  const other = world.simulator.account("444455556666");
  const role = other.addRole("reader");
  role.inlinePolicies.set("all", JSON.stringify({ Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }));
  const grants = [{ prefix: "in/", permissions: ["Read" as const, "Write" as const] }];
  await accesses.ready("reader", { bucketRef: { name: "invoices" }, principals: [role.arn], grants });
  const s3 = s3As(world, await assumed(world, other.credentials, role.arn));
  await using writer = keepWriting(s3, bucket, "in/");
  const from = operatorCalls(world).length;
  await changeTo(stage, "invoices", { ...BY_KEY, kmsKey: { managed: {} } });
  await writer.stop();
  s3.destroy();
  expect(writer.denied).toEqual([]);
  const writes = operatorCalls(world)
    .slice(from)
    .map(({ operation }) => operation);
  expect(writes.indexOf("PutKeyPolicy")).toBeLessThan(writes.indexOf("PutBucketEncryption"));
  await accesses.when("reader", isReady);
  await expectAccessInvariants(world, accesses);
});

test("a spec that is refused removes no permission on the key that S3 still uses", async () => {
  await using stage = await runExample("private-storage", "IRSA", SHORT);
  const { world, accesses } = stage;
  using pod = await stage.pod("invoices");
  const write = () => pod.s3.send(new PutObjectCommand({ Bucket: pod.bucket, Key: "issued/1", Body: "1" }));
  world.simulator.faults.deny("s3:PutEncryptionConfiguration");
  await world.editSpec("invoices", { encryption: BY_S3 });
  await world.bucketWhen("invoices", ({ status }) =>
    Boolean(status?.settings?.some(({ name, state }) => name === "encryption" && state === "Denied")),
  );
  await accesses.reconcileAgain("invoices");
  await accesses.when("invoices", isReady);
  await write();
});

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";
import { isNotFound } from "../../../operator/kube/errors.ts";
import { expectSoundHistory } from "../support/expect/invariants.ts";
import { isReady, isStalled } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { readyBucket, tagsAt } from "../support/world/buckets.ts";
import { otherNamespace } from "../support/world/namespace.ts";
import { createWorld, NAMESPACES, type World } from "../support/world/world.ts";

// Kubernetes' own controllers are slow at both deletions, so these run concurrently.
test("the deletion of a namespace with its content and a deletion in the foreground both finish", async () => {
  await using world = await createWorld();
  const doomed = await otherNamespace(world);
  await using _operator = startOperator(world, { watchNamespaces: [world.name, doomed.name] });
  await readyBucket(world, "docs", { deletionPolicy: "DeleteIfEmpty" });
  const [kept, deleted] = [`kept-${doomed.name}`, `deleted-${doomed.name}`];
  await doomed.applyBucket("kept", { bucketName: kept });
  await doomed.applyBucket("deleted", { bucketName: deleted, deletionPolicy: "DeleteIfEmpty" });
  await doomed.bucketWhen("kept", isReady);
  await doomed.bucketWhen("deleted", isReady);
  await doomed.applyBucket("loser", { bucketName: kept });
  await doomed.bucketWhen("loser", isStalled("BucketNotOwned"));

  await Promise.all([deleteNamespace(world, doomed.name), deleteInForeground(world, "docs")]);

  expect([...world.account.buckets.keys()]).toEqual([kept]);
  expect(tagsAt(world, kept)).toHaveProperty("s3-operator.io/released-by");
  expectSoundHistory(world);
});

/** Deletes the namespace, and resolves when it is gone. */
async function deleteNamespace({ kube }: World, name: string): Promise<void> {
  await kube.delete(NAMESPACES, { name });
  const phase = async () => {
    try {
      return JSON.stringify(await kube.get(NAMESPACES, { name }));
    } catch (error) {
      if (isNotFound(error)) return "gone";
      throw error;
    }
  };
  await eventually(phase, (found) => found === "gone");
}

/**
 * Deletes in the foreground, as Argo CD prunes: the garbage collector adds its own finalizer. Resolves when the object
 * is gone.
 */
async function deleteInForeground({ kubeconfigPath, name }: World, bucket: string): Promise<void> {
  const where = ["--kubeconfig", kubeconfigPath, "--namespace", name];
  const deletion = ["delete", "s3bucket", bucket, "--cascade=foreground", "--timeout=30s"];
  await promisify(execFile)(inject("kubectlPath"), [...where, ...deletion]);
}

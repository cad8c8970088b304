import { beforeAll, expect, test, vi } from "vitest";
import { CONFIRM_DELETE_CONTENTS } from "../../../operator/api/names.ts";
import type { S3Bucket } from "../../../operator/api/types.ts";
import { installCrds } from "../../controlplane/crds.ts";
import { startControlPlane } from "../../controlplane/index.ts";
import { isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { holdCalls } from "../support/faults/trap.ts";
import { ensureBundle } from "../support/process/bundle.ts";
import { spawnOperator } from "../support/process/operator.ts";
import { atAws, tagsAt } from "../support/world/buckets.ts";
import { createWorld } from "../support/world/world.ts";

/*
 * etcd is restored from a backup while the operator runs: the operator accepts the older state.
 * https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#restoring-an-etcd-cluster
 */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const PAGE = 1_000;
const OBJECTS = 20 * PAGE;

let bundle: string;
beforeAll(async () => {
  bundle = await ensureBundle();
});

const isAt = (step: string) => (bucket: S3Bucket) => isReady(bucket) && bucket.spec.tags?.["step"] === step;

test.each([1, 2])("with %i replica(s), a restore during an edit and a deletion is accepted", async (replicas) => {
  const controlPlane = await startControlPlane({ log: () => undefined });
  try {
    await installCrds(controlPlane);
    await using world = await createWorld(controlPlane.kubeconfigPath);
    const flags = ["--leader-elect=true", `--leader-election-namespace=${world.name}`];
    await world.applyAccount({ allowedDeletionPolicies: ["DeleteWithContents"] });
    await using stack = new AsyncDisposableStack();
    const operators = Array.from({ length: replicas }, () => stack.use(spawnOperator(world, bundle, flags)));
    const edited = world.bucketName("edited");
    const deleted = world.bucketName("deleted");
    await world.applyBucket("edited", { bucketName: edited, tags: { step: "1" } });
    const annotations = { [CONFIRM_DELETE_CONTENTS]: deleted };
    await world.applyBucket("deleted", { bucketName: deleted, deletionPolicy: "DeleteWithContents" }, { annotations });
    for (const name of ["edited", "deleted"]) await world.bucketWhen(name, isReady);
    atAws(world, deleted).fillWith({ keys: OBJECTS, versionsPerKey: 1 });
    const restore = await controlPlane.backUp();

    await world.editSpec("edited", { tags: { step: "2" } });
    await world.bucketWhen("edited", isAt("2"));
    expect(tagsAt(world, edited)).toMatchObject({ step: "2" });
    // Many versions are lost, so that no write to the restored objects soon exceeds the known versions.
    for (let step = 0; step < 200; step += 1) await world.annotate("edited", { step: String(step) });
    const held = holdCalls(world.simulator, "DeleteObjects");
    await world.deleteBucket("deleted");
    await held.full;
    world.statuses.stop();
    await restore();
    const restored = await world.bucket("edited");
    expect(restored.spec.tags).toEqual({ step: "1" });
    held.release();

    const tags = () => tagsAt(world, edited)["step"];
    const output = () => operators.map((operator) => operator.output()).join("\n");
    await eventually(tags, (step) => step === "1", output, 90_000);
    await world.editSpec("edited", { tags: { step: "3" } });
    await world.bucketWhen("edited", isAt("3"), 30_000);
    expect(tags()).toBe("3");
    const kept = await world.bucketWhen("deleted", isReady, 30_000);
    expect(kept.metadata.deletionTimestamp).toBeUndefined();
    // A request that was sent when the deletion was lost cannot be cancelled.
    expect(atAws(world, deleted).objects.size).toBeGreaterThanOrEqual(OBJECTS - 5 * PAGE);
    const logged = operators.flatMap((operator) => operator.log().map(({ msg }) => msg));
    expect(logged).toContain("The API server went back to an older state, which is accepted");
  } finally {
    await controlPlane.stop();
  }
});

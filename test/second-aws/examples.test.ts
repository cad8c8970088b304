import { expect, test } from "vitest";
import type { KubeObject } from "../../operator/kube/object.ts";
import { expectNothingToWrite, operatorWrites } from "../integration/support/expect/invariants.ts";
import { isReady, outOfSync } from "../integration/support/expect/states.ts";
import { startOperator } from "../integration/support/process/operator.ts";
import { accessesOf } from "../integration/support/world/access.ts";
import {
  accountOf,
  accountSpecOf,
  applyAsItStands,
  exampleFolders,
  manifestsOf,
  showToOperator,
} from "../integration/support/world/examples.ts";
import { prepareExample } from "./named-resources.ts";
import { createLocalStackWorld } from "./world.ts";

const namesOf = (objects: readonly KubeObject[], kind: string) =>
  objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);

test.each(exampleFolders)(
  "examples/%s becomes Ready on LocalStack, and a second look writes nothing",
  async (folder) => {
    const { accountId, workloadIdentity, ...spec } = accountSpecOf(accountOf(folder));
    await using world = await createLocalStackWorld(accountId);
    using accesses = await accessesOf(world);
    await prepareExample(world, folder);
    const identity =
      workloadIdentity === undefined ? {} : { workloadIdentity: { ...workloadIdentity, type: "IRSA" as const } };
    await world.applyAccount({ ...spec, ...identity });
    await using _operator = startOperator(world);
    const objects = await applyAsItStands(world, manifestsOf(folder));
    await showToOperator(world, objects);
    const buckets = namesOf(objects, "S3Bucket");
    for (const name of buckets) expect(outOfSync(await world.bucketWhen(name, isReady))).toEqual([]);
    for (const name of namesOf(objects, "BucketAccess")) await accesses.when(name, isReady);

    await expectNothingToWrite(world, buckets);
    const writes = operatorWrites(world).length;
    for (const name of namesOf(objects, "BucketAccess")) await accesses.reconcileAgain(name);
    expect(operatorWrites(world).slice(writes)).toEqual([]);
  },
);

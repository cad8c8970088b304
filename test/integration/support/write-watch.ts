import { FINALIZER } from "../../../operator/api/names.ts";
import type { S3Bucket } from "../../../operator/api/types.ts";
import { isReadyToKubectl } from "../../conformance/kubectl-wait.ts";
import { kstatus } from "../../conformance/kstatus.ts";
import { PERSON, type World } from "./world.ts";

/**
 * Looks, at the moment at which each of the operator's writes reaches AWS and before it is applied, at the S3Bucket. The list that is returned fills
 * with the writes that came too early: while it still said that all is as declared, or had no finalizer yet that would lead to an end of what is begun.
 * An S3Bucket must be called what its bucket is called, see {@link World.bucketName}.
 */
export function watchWrites(world: World): readonly string[] {
  const tooEarly: string[] = [];
  world.simulator.faults.onCall(async ({ write, bucket, operation, caller }, phase) => {
    if (!write || bucket === undefined || phase === "after" || caller.endsWith(`:user/${PERSON}`)) return;
    const problem = problemOf(await world.findBucket(bucket.slice(0, -world.name.length - 1)));
    if (problem !== undefined) tooEarly.push(`${operation} ${bucket}: ${problem}`);
  });
  return tooEarly;
}

function problemOf(bucket: S3Bucket | undefined): string | undefined {
  if (bucket === undefined) return "there is no S3Bucket";
  if (bucket.metadata.finalizers?.includes(FINALIZER) !== true) return "it has no finalizer";
  if (kstatus(bucket) === "Current" || isReadyToKubectl(bucket)) return "it says that it is ready";
  return undefined;
}

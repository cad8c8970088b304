import { FINALIZER } from "../../../../operator/api/names.ts";
import type { StatusObject } from "../../../../operator/kube/object.ts";
import { isReadyToKubectl } from "../../../conformance/kubectl-wait.ts";
import { kstatus } from "../../../conformance/kstatus.ts";
import { PERSON, type World } from "../world/world.ts";

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

/** The same of writes to IAM and EKS, for the only BucketAccess of the world. */
export function watchAccessWrites(world: World, get: () => Promise<StatusObject>): readonly string[] {
  const tooEarly: string[] = [];
  world.simulator.faults.onCall(async ({ write, service, operation }, phase) => {
    if (!write || phase === "after" || (service !== "iam" && service !== "eks")) return;
    const problem = problemOf(await get());
    if (problem !== undefined) tooEarly.push(`${operation}: ${problem}`);
  });
  return tooEarly;
}

function problemOf(object: StatusObject | undefined): string | undefined {
  if (object === undefined) return "there is no such object";
  if (object.metadata.finalizers?.includes(FINALIZER) !== true) return "it has no finalizer";
  if (kstatus(object) === "Current" || isReadyToKubectl(object)) return "it says that it is ready";
  return undefined;
}

import { FINALIZER } from "../../../../operator/api/names.ts";
import type { StatusObject } from "../../../../operator/kube/object.ts";
import { kstatus } from "../../../conformance/kstatus.ts";
import { isReadyToKubectl } from "../../../conformance/kubectl-wait.ts";
import { PERSON, type World } from "../world/world.ts";

/**
 * Reads the S3Bucket whenever a write of the operator reaches AWS, before the write is applied. Returns a list that
 * collects writes that came too early: while the S3Bucket was Ready, or had no finalizer to clean up after an
 * interruption. An S3Bucket must have the name of its bucket, see {@link World.bucketName}.
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

/** The same for writes to IAM and EKS, for the only BucketAccess of the world. */
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
  if (object === undefined) return "the object does not exist";
  if (object.metadata.finalizers?.includes(FINALIZER) !== true) return "it has no finalizer";
  if (kstatus(object) === "Current" || isReadyToKubectl(object)) return "it is Ready";
  return undefined;
}

import { kstatus } from "../../conformance/kstatus.ts";
import { PERSON, type World } from "./world.ts";

/**
 * Looks, at the moment at which each of the operator's writes reaches AWS and before it is applied, at what the S3Bucket says. The list that is
 * returned fills with the writes that came while it said that all is as declared: nobody may be told so as long as there is something to write.
 * An S3Bucket must be called what its bucket is called, see {@link World.bucketName}.
 */
export function watchWrites(world: World): readonly string[] {
  const tooEarly: string[] = [];
  world.simulator.faults.onCall(async ({ write, bucket, operation, caller }, phase) => {
    if (!write || bucket === undefined || phase === "after" || caller.endsWith(`:user/${PERSON}`)) return;
    const found = await world.findBucket(bucket.slice(0, -world.name.length - 1));
    if (found !== undefined && kstatus(found) === "Current") tooEarly.push(`${operation} ${bucket}`);
  });
  return tooEarly;
}

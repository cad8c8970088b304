import { GetBucketTaggingCommand, PutBucketTaggingCommand } from "@aws-sdk/client-s3";
import { S3_BUCKETS } from "../../../../operator/api/names.ts";
import type { S3Bucket, S3BucketSpec } from "../../../../operator/api/types.ts";
import type { Bucket } from "../../../aws/index.ts";
import { isReady } from "../expect/states.ts";
import type { AnyWorld, World } from "./world.ts";

/** The bucket in the simulator, to read it, or to change it without a call. Throws when it does not exist. */
export function atAws({ account }: World, bucketName: string): Bucket {
  const bucket = account.buckets.get(bucketName);
  if (bucket === undefined) throw new Error(`Account ${account.id} has no bucket ${bucketName}`);
  return bucket;
}

/** A copy of the whole state of the bucket. */
export function snapshot(world: World, bucketName: string): Omit<Bucket, "fillWith"> {
  return copyOf(atAws(world, bucketName));
}

export function copyOf(bucket: Bucket): Omit<Bucket, "fillWith"> {
  const held: Partial<Bucket> = { ...bucket };
  // Functions cannot be cloned.
  delete held.fillWith;
  return structuredClone(held) as Omit<Bucket, "fillWith">;
}

/** An S3Bucket named `name` that is Ready, in an account with default settings. */
export async function readyBucket(world: AnyWorld, name: string, spec: S3BucketSpec = {}): Promise<S3Bucket> {
  await world.applyAccount();
  await world.applyBucket(name, { bucketName: world.bucketName(name), ...spec });
  return world.bucketWhen(name, isReady);
}

/** Changes tags as a user with the classic API, which writes all tags at once; undefined removes one. */
export async function retag(
  { person }: AnyWorld,
  bucketName: string,
  changes: Record<string, string | undefined>,
): Promise<void> {
  const { TagSet = [] } = await person.send(new GetBucketTaggingCommand({ Bucket: bucketName }));
  const before = Object.fromEntries(TagSet.map(({ Key = "", Value = "" }) => [Key, Value]));
  const after = Object.entries({ ...before, ...changes }).flatMap(([Key, Value]) =>
    Value === undefined ? [] : [{ Key, Value }],
  );
  await person.send(new PutBucketTaggingCommand({ Bucket: bucketName, Tagging: { TagSet: after } }));
}

export function tagsAt(world: World, bucketName: string): Record<string, string> {
  return Object.fromEntries(atAws(world, bucketName).tags);
}

export async function wipeStatus({ kube, name: namespace }: World, name: string): Promise<void> {
  await kube.mergePatch(S3_BUCKETS, { namespace, name }, { status: null }, { subresource: "status" });
}

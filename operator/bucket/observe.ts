import { isNoSuchBucket } from "../aws/errors.ts";
import type { BucketClient } from "./bucket-client.ts";
import type { Setting } from "./settings/setting.ts";

/** Result of one read. Each setting has its own, so that a failed read does not stop the others. */
export type Observation = { value: unknown; error?: never } | { value?: never; error: unknown };

export type Observations = ReadonlyMap<string, Observation>;

/** Reads all settings at once: one GET each, in one round trip. */
export async function observe(bucket: BucketClient, settings: readonly Setting[]): Promise<Observations> {
  return new Map(
    await Promise.all(settings.map(async (setting) => [setting.name, await observeOne(bucket, setting)] as const)),
  );
}

async function observeOne(bucket: BucketClient, setting: Setting): Promise<Observation> {
  try {
    return { value: await setting.observe(bucket) };
  } catch (error) {
    return { error };
  }
}

/**
 * Whether a read says that the bucket does not exist: it is gone, or new and not visible everywhere yet. A store
 * without the API of that read may answer the same, so HeadBucket must confirm it.
 */
export function bucketMissing(observations: Observations): boolean {
  return [...observations.values()].some(({ error }) => error !== undefined && isNoSuchBucket(error));
}

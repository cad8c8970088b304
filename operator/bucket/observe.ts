import { isNoSuchBucket } from "../aws/errors.ts";
import type { BucketClient } from "./bucket-client.ts";
import type { Setting } from "./settings/setting.ts";

/** What one GET brought. A failed one does not stop the others: each setting is judged by itself. */
export type Observation = { value: unknown; error?: never } | { value?: never; error: unknown };

export type Observations = ReadonlyMap<string, Observation>;

/** All at once: as many GETs as settings, in one round trip. */
export async function observe(bucket: BucketClient, settings: readonly Setting[]): Promise<Observations> {
  return new Map(
    await Promise.all(settings.map(async (setting) => [setting.name, await look(bucket, setting)] as const)),
  );
}

async function look(bucket: BucketClient, setting: Setting): Promise<Observation> {
  try {
    return { value: await setting.observe(bucket) };
  } catch (error) {
    return { error };
  }
}

/**
 * A read says that there is no such bucket: it is gone, or has only just been made and is not yet to be seen
 * everywhere. Or what answered is a store without the API of that read, so that HeadBucket has to say it too.
 */
export function bucketMissing(observations: Observations): boolean {
  return [...observations.values()].some(({ error }) => error !== undefined && isNoSuchBucket(error));
}

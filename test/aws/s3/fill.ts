/** Fills large buckets for tests, without calls. */

import type { Bucket, Contents, World } from "../state.ts";
import { defaultRetention } from "./object-lock.ts";
import { newDeleteMarker, newVersion, PLAIN } from "./object-versions.ts";
import { addUpload } from "./uploads.ts";

/** All objects share one body. */
const CONTENT = {
  ...PLAIN,
  body: Buffer.from("x"),
  etag: '"9dd4e461268c8034f5c8564e155c67a6"',
  checksum: undefined,
  partSizes: undefined,
};

export function fillBucket(bucket: Bucket, contents: Contents, world: World): void {
  const { keys, versionsPerKey = 1, deleteMarkers = false, uploads = 0 } = contents;
  if (bucket.versioning !== "Enabled" && (versionsPerKey > 1 || deleteMarkers)) {
    throw new Error(`${bucket.name} is not versioned: it has one version of each key, and no delete markers`);
  }
  const last = lastNumber(bucket);
  for (let number = last + 1; number <= last + keys; number++) {
    const versions = Array.from({ length: versionsPerKey }, () => {
      const retention = defaultRetention(bucket, world.now());
      return newVersion(bucket, world, { ...CONTENT, tags: new Map(), retention });
    });
    if (deleteMarkers) versions.push(newDeleteMarker(bucket, world));
    bucket.objects.set(objectKey(number), versions.toReversed());
  }
  for (let number = 1; number <= uploads; number++) {
    addUpload(bucket, objectKey(number), world, { ...PLAIN, tags: new Map() }, undefined);
  }
}

/** The highest number of the present keys, so that filling again adds keys. */
function lastNumber({ objects }: Bucket): number {
  return [...objects.keys()].reduce((last, key) => Math.max(last, Number(/^object-(\d+)$/.exec(key)?.[1] ?? 0)), 0);
}

function objectKey(number: number): string {
  return `object-${String(number).padStart(7, "0")}`;
}

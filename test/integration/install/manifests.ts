import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { API_VERSION } from "../../../operator/api/names.ts";
import type { S3Bucket, S3BucketSpec } from "../../../operator/api/types.ts";
import type { World } from "../support/world/world.ts";

/** The manifest of an S3Bucket of a team in this world: in its namespace and account, selected by its operator. */
export function manifestOf(world: World, name: string, spec: S3BucketSpec): S3Bucket {
  const [label = "", value = ""] = world.selector.split("=");
  return {
    apiVersion: API_VERSION,
    kind: "S3Bucket",
    metadata: { namespace: world.name, name, labels: { [label]: value } },
    spec: { ...spec, accountRef: { name: world.name }, bucketName: world.bucketName(name) },
  };
}

/** A file with the manifest. Disposing removes it. */
export async function manifestFile(manifest: object): Promise<{ path: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "manifest-"));
  const path = join(folder, "manifest.json");
  await writeFile(path, JSON.stringify(manifest));
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

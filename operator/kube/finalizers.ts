/**
 * Adds and removes one finalizer: https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/. A
 * merge patch replaces the whole list, so it includes the resourceVersion and the uid that the list was read with.
 */

import type { KubeClient } from "./client.ts";
import { isConflict, isNotFound, KubeError, unlessNotFound } from "./errors.ts";
import { keyOf, type KubeObject, type Resource } from "./object.ts";

const MAX_CONFLICTS = 5;

/** Resolves with the new object. Does nothing to an object that is being deleted. Throws on a conflict. */
export async function addFinalizer<T extends KubeObject>(
  client: KubeClient,
  resource: Resource,
  object: T,
  finalizer: string,
  signal: AbortSignal,
): Promise<T> {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(finalizer) || object.metadata.deletionTimestamp !== undefined) return object;
  return await patchFinalizers(client, resource, object, [...finalizers, finalizer], signal);
}

export interface RemoveOptions {
  /** Also from an object that is not being deleted: nothing needs the finalizer any more. Absent: false. */
  evenIfLive?: boolean;
}

/**
 * Resolves with the object without the finalizer, or undefined if the object is gone. Reads the object again on a
 * conflict.
 * @throws KubeError, a conflict if the object is not being deleted, unless `evenIfLive`.
 */
export async function removeFinalizer<T extends KubeObject>(
  client: KubeClient,
  resource: Resource,
  object: T,
  finalizer: string,
  signal: AbortSignal,
  { evenIfLive = false }: RemoveOptions = {},
): Promise<T | undefined> {
  let current = object;
  for (let conflicts = 0; ; conflicts += 1) {
    const { finalizers = [], deletionTimestamp } = current.metadata;
    if (!finalizers.includes(finalizer)) return current;
    if (deletionTimestamp === undefined && !evenIfLive)
      throw new KubeError(`finalize ${keyOf(object.metadata)}`, 409, "Conflict", "the object is not being deleted");
    const rest = finalizers.filter((name) => name !== finalizer);
    try {
      return await patchFinalizers(client, resource, current, rest, signal);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (!isConflict(error) || conflicts >= MAX_CONFLICTS) throw error;
    }
    const fresh = await readAgain(client, resource, object, signal);
    if (fresh === undefined) return undefined;
    current = fresh;
  }
}

/** Undefined also if another object has the name now. */
async function readAgain<T extends KubeObject>(client: KubeClient, resource: Resource, object: T, signal: AbortSignal) {
  const fresh = await unlessNotFound(client.get<T>(resource, object.metadata, { signal }));
  return fresh?.metadata.uid === object.metadata.uid ? fresh : undefined;
}

function patchFinalizers<T extends KubeObject>(
  client: KubeClient,
  resource: Resource,
  { metadata }: T,
  finalizers: string[],
  signal: AbortSignal,
): Promise<T> {
  const { uid, resourceVersion } = metadata;
  const patch = { metadata: { uid, resourceVersion, finalizers } };
  return client.mergePatch<T>(resource, metadata, patch, { signal });
}

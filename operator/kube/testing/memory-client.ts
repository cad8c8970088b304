/** A small, strict API server in memory that implements KubeClient. */

import type { KubeClient, MergePatch, WriteOptions } from "../client.ts";
import { errorOfStatus, type KubeError } from "../errors.ts";
import { keyOf, type KubeObject, type ObjectKey, type Resource, type StatusObject } from "../object.ts";

export interface MemoryCall {
  verb: "get" | "create" | "update" | "patch" | "delete";
  plural: string;
  key: string;
  subresource?: string;
  body?: unknown;
}

export interface MemoryClient extends KubeClient {
  /** All calls, including failed ones. */
  calls: MemoryCall[];
  /** Called before each call, to throw or wait. "lost": the call is executed, and its response is lost. */
  interfere: ((call: MemoryCall, signal: AbortSignal | undefined) => Promise<"lost" | void> | void) | undefined;
  /** Stores or replaces an object like another client; returns the stored object. */
  seed<T extends KubeObject>(resource: Resource, object: T): T;
  /** Removes the object, even if it has finalizers. */
  remove(resource: Resource, key: ObjectKey): void;
  find(resource: Resource, key: ObjectKey): StatusObject | undefined;
  all(resource: Resource): StatusObject[];
}

export const refusal = (status: number, reason: string): KubeError =>
  errorOfStatus("test", status, { reason, message: "refused" });

export function createMemoryClient(): MemoryClient {
  const objects = new Map<string, KubeObject>();
  let version = 100;
  let uids = 0;
  const pathOf = (resource: Resource, key: ObjectKey) => `${resource.group}/${resource.plural}/${keyOf(key)}`;

  function stored(resource: Resource, key: ObjectKey): KubeObject {
    const object = objects.get(pathOf(resource, key));
    if (object === undefined) throw refusal(404, "NotFound");
    return object;
  }

  /** Sets generation and uid. Removes a deleted object when it has no finalizers. */
  function store(resource: Resource, next: KubeObject, old: KubeObject | undefined): KubeObject {
    const { status: _, metadata: __, ...spec } = next as KubeObject & { status?: unknown };
    const { status: _s, metadata: __m, ...oldSpec } = (old ?? {}) as KubeObject & { status?: unknown };
    const changed = JSON.stringify(spec) !== JSON.stringify(oldSpec);
    const object: KubeObject = structuredClone({
      ...next,
      metadata: {
        ...next.metadata,
        uid: old?.metadata.uid ?? next.metadata.uid ?? `uid-${(uids += 1)}`,
        generation:
          old === undefined ? (next.metadata.generation ?? 1) : (old.metadata.generation ?? 1) + (changed ? 1 : 0),
        resourceVersion: String((version += 1)),
      },
    });
    const path = pathOf(resource, object.metadata);
    if (object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).length === 0)
      objects.delete(path);
    else objects.set(path, object);
    return structuredClone(object);
  }

  function checkVersion(sent: KubeObject["metadata"] | undefined, old: KubeObject) {
    const stale = sent?.resourceVersion !== undefined && sent.resourceVersion !== old.metadata.resourceVersion;
    const other = sent?.uid !== undefined && sent.uid !== old.metadata.uid;
    if (stale || other) throw refusal(409, "Conflict");
  }

  async function perform<T>(
    call: MemoryCall,
    signal: AbortSignal | undefined,
    effect: () => KubeObject | void,
  ): Promise<T> {
    signal?.throwIfAborted();
    client.calls.push(structuredClone(call));
    const fate = await client.interfere?.(call, signal);
    const result = effect();
    if (fate === "lost") throw errorOfStatus("test", 0, { reason: "Unreachable" });
    return result as T;
  }

  const client: MemoryClient = {
    calls: [],
    interfere: undefined,
    seed: <T extends KubeObject>(resource: Resource, object: T) =>
      store(resource, object, objects.get(pathOf(resource, object.metadata))) as T,
    remove: (resource, key) => void objects.delete(pathOf(resource, key)),
    find: (resource, key) => structuredClone(objects.get(pathOf(resource, key))),
    all: (resource) =>
      [...objects].filter(([path]) => path.startsWith(`${resource.group}/${resource.plural}/`)).map(([, each]) => each),

    get: (resource, key, { signal } = {}) =>
      perform({ verb: "get", plural: resource.plural, key: keyOf(key) }, signal, () =>
        structuredClone(stored(resource, key)),
      ),

    create: (resource, object, { signal } = {}) =>
      perform({ verb: "create", plural: resource.plural, key: keyOf(object.metadata), body: object }, signal, () => {
        if (objects.has(pathOf(resource, object.metadata))) throw refusal(409, "AlreadyExists");
        return store(resource, object, undefined);
      }),

    update: (resource, object, { signal } = {}) =>
      perform({ verb: "update", plural: resource.plural, key: keyOf(object.metadata), body: object }, signal, () => {
        const old = stored(resource, object.metadata);
        checkVersion(object.metadata, old);
        return store(resource, object, old);
      }),

    mergePatch: (resource, key, patch: MergePatch, { subresource, signal }: WriteOptions = {}) =>
      perform(
        {
          verb: "patch",
          plural: resource.plural,
          key: keyOf(key),
          ...(subresource === undefined ? {} : { subresource }),
          body: patch,
        },
        signal,
        () => {
          const old = stored(resource, key);
          const sent = patch["metadata"] as KubeObject["metadata"] | undefined;
          // Like the API server: a patch of status ignores all metadata except the resourceVersion.
          const { uid: _, ...sentWithStatus } = sent ?? { name: "" };
          checkVersion(subresource === "status" ? sentWithStatus : sent, old);
          const patched = applyMergePatch(old, patch) as KubeObject & { status?: unknown };
          const { status, ...rest } = old as KubeObject & { status?: unknown };
          const next =
            subresource === "status"
              ? { ...rest, ...(patched.status === undefined ? {} : { status: patched.status }) }
              : { ...patched, ...(status === undefined ? {} : { status }) };
          return store(resource, next, old);
        },
      ),

    delete: (resource, key, { signal } = {}) =>
      perform({ verb: "delete", plural: resource.plural, key: keyOf(key) }, signal, () => {
        stored(resource, key);
        objects.delete(pathOf(resource, key));
      }),

    apply: () => Promise.reject(new Error("not in the memory client")),
    list: () => Promise.reject(new Error("not in the memory client")),
    watch: () => {
      throw new Error("not in the memory client");
    },
    close: () => Promise.resolve(),
  };
  return client;
}

/** RFC 7396. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === "object" && target !== null && !Array.isArray(target);
  const result = new Map<string, unknown>(isObject ? Object.entries(target) : []);
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) result.delete(field);
    else result.set(field, applyMergePatch(result.get(field), value));
  }
  return Object.fromEntries(result);
}

import { S3_BUCKETS } from "../../../../operator/api/names.ts";
import type { S3Bucket } from "../../../../operator/api/types.ts";
import type { KubeClient } from "../../../../operator/kube/client.ts";
import type { Resource, StatusObject } from "../../../../operator/kube/object.ts";

/** Records every state of every object of one kind in a namespace, with a watch of its own. */
export interface StatusRecorder<T extends StatusObject = S3Bucket> {
  /** Resolves when the watch is established. */
  started: Promise<void>;
  /** Oldest first. */
  of(name: string): T[];
  all(): T[];
  /** Resolves with a present or later state for which `until` returns true; fails with the last one. Makes no calls. */
  when(name: string, until: (object: T) => boolean, timeoutMs?: number): Promise<T>;
  /** Resolves when the object is gone. */
  whenGone(name: string, timeoutMs?: number): Promise<void>;
  stop(): void;
}

const TIMEOUT_MS = 60_000;

export function recordStatuses<T extends StatusObject = S3Bucket>(
  kube: KubeClient,
  namespace: string,
  resource: Resource = S3_BUCKETS,
): StatusRecorder<T> {
  const abort = new AbortController();
  const seen: T[] = [];
  const gone = new Set<string>();
  const started = Promise.withResolvers<void>();
  const listeners = new Set<() => void>();
  void follow().catch((error: unknown) => {
    started.reject(error);
    if (!abort.signal.aborted) throw error;
  });

  async function follow(): Promise<void> {
    let { resourceVersion } = await kube.list<T>(resource, { namespace });
    started.resolve();
    // The API server ends a watch that is read too slowly, which the tests and the simulator in this process can cause.
    while (!abort.signal.aborted) {
      const watch = { namespace, resourceVersion, timeoutSeconds: 3_600, signal: abort.signal };
      for await (const { type, object } of kube.watch<T>(resource, watch)) {
        resourceVersion = object.metadata.resourceVersion ?? resourceVersion;
        if (type !== "BOOKMARK") note(type, object);
      }
    }
  }

  function note(type: string, object: T): void {
    seen.push(object);
    if (type === "DELETED") gone.add(object.metadata.name);
    else gone.delete(object.metadata.name);
    for (const listener of listeners) listener();
  }

  const last = (name: string) => seen.findLast(({ metadata }) => metadata.name === name);

  function found<V>(name: string, find: () => V | undefined, timeoutMs = TIMEOUT_MS): Promise<V> {
    const { promise, resolve, reject } = Promise.withResolvers<V>();
    const check = () => {
      const value = find();
      if (value !== undefined) resolve(value);
    };
    const fail = () => {
      const state = JSON.stringify(last(name)?.status, undefined, 1);
      reject(new Error(`Not reached within ${timeoutMs / 1000} s: ${resource.kind} ${name}: ${state}`));
    };
    const timer = setTimeout(fail, timeoutMs);
    listeners.add(check);
    check();
    return promise.finally(() => {
      clearTimeout(timer);
      listeners.delete(check);
    });
  }

  return {
    started: started.promise,
    of: (name) => seen.filter(({ metadata }) => metadata.name === name),
    all: () => seen,
    when(name, until, timeoutMs) {
      const find = () => {
        const object = gone.has(name) ? undefined : last(name);
        return object !== undefined && until(object) ? object : undefined;
      };
      return found(name, find, timeoutMs);
    },
    async whenGone(name, timeoutMs) {
      await found(name, () => gone.has(name) || undefined, timeoutMs);
    },
    stop: () => abort.abort(),
  };
}

import { S3_BUCKETS } from "../../../../operator/api/names.ts";
import type { S3Bucket } from "../../../../operator/api/types.ts";
import type { KubeClient } from "../../../../operator/kube/client.ts";
import type { Resource, StatusObject } from "../../../../operator/kube/object.ts";

/** Records every state of every object of one kind in a namespace, by a watch of its own. */
export interface StatusRecorder<T extends StatusObject = S3Bucket> {
  /** Resolves when nothing can be missed any more. */
  started: Promise<void>;
  /** Oldest first. */
  of(name: string): T[];
  all(): T[];
  /** The object as soon as it is seen to be as `until` wants it, which may be by now; fails with its last state. Costs no calls. */
  when(name: string, until: (object: T) => boolean, timeoutMs?: number): Promise<T>;
  /** As soon as the object is seen to be gone. */
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
    const { resourceVersion } = await kube.list<T>(resource, { namespace });
    const watch = { namespace, resourceVersion, timeoutSeconds: 3_600, signal: abort.signal };
    const events = kube.watch<T>(resource, watch);
    started.resolve();
    for await (const { type, object } of events) {
      if (type === "BOOKMARK") continue;
      seen.push(object);
      if (type === "DELETED") gone.add(object.metadata.name);
      else gone.delete(object.metadata.name);
      for (const listener of listeners) listener();
    }
  }

  const last = (name: string) => seen.findLast(({ metadata }) => metadata.name === name);

  function found<V>(name: string, find: () => V | undefined, timeoutMs = TIMEOUT_MS): Promise<V> {
    const { promise, resolve, reject } = Promise.withResolvers<V>();
    const look = () => {
      const value = find();
      if (value !== undefined) resolve(value);
    };
    const fail = () => {
      const state = JSON.stringify(last(name)?.status, undefined, 1);
      reject(new Error(`Not within ${timeoutMs / 1000} s: ${resource.kind} ${name}: ${state}`));
    };
    const timer = setTimeout(fail, timeoutMs);
    listeners.add(look);
    look();
    return promise.finally(() => {
      clearTimeout(timer);
      listeners.delete(look);
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

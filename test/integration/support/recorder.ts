import { S3_BUCKETS } from "../../../operator/api/names.ts";
import type { S3Bucket } from "../../../operator/api/types.ts";
import type { KubeClient } from "../../../operator/kube/client.ts";

/** Records every state of every S3Bucket of a namespace, by a watch of its own. */
export interface StatusRecorder {
  /** Resolves when nothing can be missed any more. */
  started: Promise<void>;
  /** Oldest first. */
  of(name: string): S3Bucket[];
  all(): S3Bucket[];
  /** The S3Bucket as soon as it is seen to be as `until` wants it, which may be by now; fails with its last state. Costs no calls. */
  when(name: string, until: (bucket: S3Bucket) => boolean, timeoutMs?: number): Promise<S3Bucket>;
  /** As soon as the S3Bucket is seen to be gone. */
  whenGone(name: string, timeoutMs?: number): Promise<void>;
  stop(): void;
}

const TIMEOUT_MS = 30_000;

export function recordStatuses(kube: KubeClient, namespace: string): StatusRecorder {
  const abort = new AbortController();
  const seen: S3Bucket[] = [];
  const gone = new Set<string>();
  const started = Promise.withResolvers<void>();
  const listeners = new Set<() => void>();
  void follow().catch((error: unknown) => {
    started.reject(error);
    if (!abort.signal.aborted) throw error;
  });

  async function follow(): Promise<void> {
    const { resourceVersion } = await kube.list<S3Bucket>(S3_BUCKETS, { namespace });
    const watch = { namespace, resourceVersion, timeoutSeconds: 3_600, signal: abort.signal };
    const events = kube.watch<S3Bucket>(S3_BUCKETS, watch);
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

  function found<T>(name: string, find: () => T | undefined, timeoutMs = TIMEOUT_MS): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const look = () => {
      const value = find();
      if (value !== undefined) resolve(value);
    };
    const fail = () => {
      const state = JSON.stringify(last(name)?.status, undefined, 1);
      reject(new Error(`Not within ${timeoutMs / 1000} s: S3Bucket ${name}: ${state}`));
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
        const bucket = gone.has(name) ? undefined : last(name);
        return bucket !== undefined && until(bucket) ? bucket : undefined;
      };
      return found(name, find, timeoutMs);
    },
    async whenGone(name, timeoutMs) {
      await found(name, () => gone.has(name) || undefined, timeoutMs);
    },
    stop: () => abort.abort(),
  };
}

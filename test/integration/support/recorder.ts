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
  stop(): void;
}

const TIMEOUT_MS = 30_000;

export function recordStatuses(kube: KubeClient, namespace: string): StatusRecorder {
  const abort = new AbortController();
  const seen: S3Bucket[] = [];
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
      for (const listener of listeners) listener();
    }
  }

  return {
    started: started.promise,
    of: (name) => seen.filter(({ metadata }) => metadata.name === name),
    all: () => seen,
    when: (name, until, timeoutMs = TIMEOUT_MS) =>
      new Promise((resolve, reject) => {
        const last = () => seen.findLast(({ metadata }) => metadata.name === name);
        const end = () => {
          clearTimeout(timer);
          listeners.delete(look);
        };
        const timer = setTimeout(() => {
          end();
          const state = JSON.stringify(last()?.status, undefined, 1);
          reject(new Error(`Not within ${timeoutMs / 1000} s: S3Bucket ${name}: ${state}`));
        }, timeoutMs);
        const look = () => {
          const bucket = last();
          if (bucket === undefined || !until(bucket)) return;
          end();
          resolve(bucket);
        };
        listeners.add(look);
        look();
      }),
    stop: () => abort.abort(),
  };
}

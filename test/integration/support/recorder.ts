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
  stop(): void;
}

export function recordStatuses(kube: KubeClient, namespace: string): StatusRecorder {
  const abort = new AbortController();
  const seen: S3Bucket[] = [];
  const started = Promise.withResolvers<void>();
  void follow().catch((error: unknown) => {
    started.reject(error);
    if (!abort.signal.aborted) throw error;
  });

  async function follow(): Promise<void> {
    const { resourceVersion } = await kube.list<S3Bucket>(S3_BUCKETS, { namespace });
    const watch = { namespace, resourceVersion, timeoutSeconds: 3_600, signal: abort.signal };
    const events = kube.watch<S3Bucket>(S3_BUCKETS, watch);
    started.resolve();
    for await (const { type, object } of events) if (type !== "BOOKMARK") seen.push(object);
  }

  return {
    started: started.promise,
    of: (name) => seen.filter(({ metadata }) => metadata.name === name),
    all: () => seen,
    stop: () => abort.abort(),
  };
}

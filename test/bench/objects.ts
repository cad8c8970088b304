import { API_VERSION, S3_BUCKETS } from "../../operator/api/names.ts";
import type { S3Bucket } from "../../operator/api/types.ts";
import type { KubeClient } from "../../operator/kube/client.ts";

const AT_ONCE = 20;

/** A bucket with the baseline, versioning, lifecycle, CORS and tags: eight settings. */
export function bucketManifest(namespace: string, index: number): S3Bucket {
  return {
    apiVersion: API_VERSION,
    kind: "S3Bucket",
    metadata: { namespace, name: `bucket-${index}` },
    spec: {
      versioning: "Enabled",
      lifecycle: {
        rules: [{ id: "uploads", status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } }],
      },
      cors: { rules: [{ allowedOrigins: ["https://app.example.com"], allowedMethods: ["GET"] }] },
      tags: { index: String(index) },
    },
  };
}

/** Calls `act` for each number from `from` up to, but not including, `to`, a few at a time. */
export async function eachOf(from: number, to: number, act: (index: number) => Promise<unknown>): Promise<void> {
  let next = from;
  const worker = async () => {
    while (next < to) await act(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

export async function readyCount(kube: KubeClient, namespace: string): Promise<number> {
  const { items } = await kube.list<S3Bucket>(S3_BUCKETS, { namespace });
  return items.filter(({ status }) =>
    status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
  ).length;
}

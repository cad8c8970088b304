import { randomBytes } from "node:crypto";
import { API_VERSION, S3_BUCKETS } from "../../../../operator/api/names.ts";
import type { S3Bucket, S3BucketSpec } from "../../../../operator/api/types.ts";
import { isNotFound } from "../../../../operator/kube/errors.ts";
import { eventually } from "../expect/wait.ts";
import { NAMESPACES, type World } from "./world.ts";

/** Another namespace. The world's operator reconciles its S3Buckets only when it is told to watch it. */
export interface OtherNamespace {
  name: string;
  applyBucket(name: string, spec: S3BucketSpec): Promise<S3Bucket>;
  bucketWhen(name: string, until: (bucket: S3Bucket) => boolean): Promise<S3Bucket>;
  /** Resolves when the namespace is gone. */
  deleteBucket(name: string): Promise<void>;
}

/** A namespace with a name from a manifest, which several tests may need. */
export async function ensureNamespace({ kube }: World, name: string): Promise<void> {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  await kube.apply(NAMESPACES, namespace, { fieldManager: "test", force: true });
}

export async function otherNamespace(world: World, labels: Record<string, string> = {}): Promise<OtherNamespace> {
  const { kube, selector } = world;
  const namespace = `t-${randomBytes(5).toString("hex")}`;
  await kube.create(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } });
  const [label = "", value = ""] = selector.split("=");
  const get = (name: string) => kube.get<S3Bucket>(S3_BUCKETS, { namespace, name });
  const find = async (name: string): Promise<S3Bucket | undefined> => {
    try {
      return await get(name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
  const describe = (last: S3Bucket | undefined) => JSON.stringify(last?.status, undefined, 1);
  return {
    name: namespace,
    applyBucket: (name, spec) => {
      const metadata = { namespace, name, labels: { [label]: value } };
      const object = {
        apiVersion: API_VERSION,
        kind: "S3Bucket",
        metadata,
        spec: { accountRef: { name: world.name }, ...spec },
      };
      return kube.apply<S3Bucket>(S3_BUCKETS, object, { fieldManager: "test", force: true });
    },
    bucketWhen: (name, until) => eventually(() => get(name), until, describe),
    deleteBucket: async (name) => {
      await kube.delete(S3_BUCKETS, { namespace, name });
      await eventually(
        () => find(name),
        (found) => found === undefined,
        (last) => describe(last),
      );
    },
  };
}

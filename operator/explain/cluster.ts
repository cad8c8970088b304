import { KubeConfig } from "@kubernetes/client-node";
import { Registry } from "prom-client";
import { BUCKET_ACCESSES, S3_BUCKETS } from "../api/names.ts";
import type { BucketAccess, S3Bucket } from "../api/types.ts";
import { bucketKeyOf } from "../access/consent.ts";
import { systemClock } from "../clock.ts";
import { createKubeClient, type KubeClient } from "../kube/client.ts";
import { isNotFound, KubeError } from "../kube/errors.ts";
import { createKubeMetrics } from "../kube/metrics.ts";
import type { ObjectKey } from "../kube/object.ts";
import { ExplainError } from "./error.ts";

/** What Kubernetes knows of an access. */
export interface InCluster {
  access: BucketAccess;
  /** Undefined: not there, or not for the reader's eyes. */
  bucket: S3Bucket | undefined;
}

/** @throws ExplainError */
export async function readCluster(
  kubeconfig: string | undefined,
  key: Required<ObjectKey>,
  userAgent: string,
): Promise<InCluster> {
  const metrics = createKubeMetrics(new Registry());
  const kube = createKubeClient(loadKubeConfig(kubeconfig), { userAgent, clock: systemClock, metrics });
  try {
    const access = await kube.get<BucketAccess>(BUCKET_ACCESSES, key);
    return { access, bucket: await findBucket(kube, access) };
  } catch (error) {
    if (isNotFound(error))
      throw new ExplainError(`BucketAccess '${key.namespace}/${key.name}' does not exist: correct --bucketaccess`);
    if (error instanceof KubeError) throw new ExplainError(error.message);
    throw error;
  } finally {
    await kube.close();
  }
}

/** It may be another namespace's, which whoever asks here need not be allowed to read. */
async function findBucket(kube: KubeClient, access: BucketAccess): Promise<S3Bucket | undefined> {
  try {
    return await kube.get<S3Bucket>(S3_BUCKETS, bucketKeyOf(access));
  } catch (error) {
    if (error instanceof KubeError && [403, 404].includes(error.status)) return undefined;
    throw error;
  }
}

/** Nothing of a file's content, which can be a secret, gets into the message. */
function loadKubeConfig(file: string | undefined): KubeConfig {
  const kubeConfig = new KubeConfig();
  try {
    if (file === undefined) kubeConfig.loadFromDefault();
    else kubeConfig.loadFromFile(file);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "not a kubeconfig";
    throw new ExplainError(`--kubeconfig ${file ?? "(by default)"}: ${why}`);
  }
  // What client-node assumes when it finds nothing at all.
  if ([undefined, "http://localhost:8080"].includes(kubeConfig.getCurrentCluster()?.server)) {
    throw new ExplainError("--kubeconfig is not given, and KUBECONFIG and ~/.kube/config name no cluster");
  }
  return kubeConfig;
}

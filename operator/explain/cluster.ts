import { Registry } from "prom-client";
import { bucketKeyOf } from "../access/consent.ts";
import { BUCKET_ACCESSES, S3_BUCKETS } from "../api/names.ts";
import type { BucketAccess, S3Bucket } from "../api/types.ts";
import { CommandError } from "../cli/command.ts";
import { systemClock } from "../clock.ts";
import { createKubeClient, type KubeClient } from "../kube/client.ts";
import { isNotFound, KubeError } from "../kube/errors.ts";
import { KubeConfigError, loadKubeConfig } from "../kube/kubeconfig.ts";
import { createKubeMetrics } from "../kube/metrics.ts";
import type { ObjectKey } from "../kube/object.ts";

export interface InCluster {
  access: BucketAccess;
  /** Undefined: it does not exist, or the user may not read it. */
  bucket: S3Bucket | undefined;
}

/** @throws CommandError */
export async function readCluster(
  kubeconfig: string | undefined,
  key: Required<ObjectKey>,
  userAgent: string,
): Promise<InCluster> {
  const kube = connect(kubeconfig, userAgent);
  try {
    const access = await kube.get<BucketAccess>(BUCKET_ACCESSES, key);
    return { access, bucket: await findBucket(kube, access) };
  } catch (error) {
    if (isNotFound(error))
      throw new CommandError(`BucketAccess '${key.namespace}/${key.name}' does not exist: correct --bucketaccess`);
    throw error instanceof KubeError ? new CommandError(error.message) : error;
  } finally {
    await kube.close();
  }
}

function connect(kubeconfig: string | undefined, userAgent: string): KubeClient {
  try {
    const metrics = createKubeMetrics(new Registry());
    return createKubeClient(loadKubeConfig(kubeconfig), { userAgent, clock: systemClock, metrics });
  } catch (error) {
    throw error instanceof KubeConfigError ? new CommandError(error.message) : error;
  }
}

/** The S3Bucket can be in another namespace, which the user need not be allowed to read. */
async function findBucket(kube: KubeClient, access: BucketAccess): Promise<S3Bucket | undefined> {
  try {
    return await kube.get<S3Bucket>(S3_BUCKETS, bucketKeyOf(access));
  } catch (error) {
    if (error instanceof KubeError && [403, 404].includes(error.status)) return undefined;
    throw error;
  }
}

import { Registry } from "prom-client";
import { bucketKeyOf } from "../access/consent.ts";
import { SERVICE_ACCOUNTS } from "../access/outputs/service-account.ts";
import { BUCKET_ACCESSES, S3_BUCKETS } from "../api/names.ts";
import type { BucketAccess, S3Bucket } from "../api/types.ts";
import { CommandError } from "../cli/command.ts";
import { systemClock } from "../clock.ts";
import { createKubeClient, type KubeClient } from "../kube/client.ts";
import { isNotFound, KubeError } from "../kube/errors.ts";
import { KubeConfigError, loadKubeConfig } from "../kube/kubeconfig.ts";
import { createKubeMetrics } from "../kube/metrics.ts";
import type { KubeObject } from "../kube/object.ts";
import type { Read } from "./findings.ts";
import type { ExplainOptions } from "./options.ts";
import { recordedIn, type RecordedAccess } from "./recorded.ts";

export interface InCluster {
  access: BucketAccess;
  /** Undefined: it does not exist, or the user may not read it. */
  bucket: S3Bucket | undefined;
  /** The access that status records. Undefined: none was granted. */
  recorded: RecordedAccess | undefined;
  /** The ServiceAccount that gets the role. Value undefined: it does not exist. Undefined: none gets it. */
  serviceAccount: Read<KubeObject | undefined> | undefined;
}

/** @throws CommandError, or ConfigError if `serviceAccount` does not select a role of the access */
export async function readCluster(
  { kubeconfig, access: key, serviceAccount: wanted }: ExplainOptions,
  userAgent: string,
): Promise<InCluster> {
  const kube = connect(kubeconfig, userAgent);
  try {
    const access = await kube.get<BucketAccess>(BUCKET_ACCESSES, key);
    const recorded = recordedIn(access, wanted);
    const name = recorded?.role?.serviceAccount;
    const [bucket, serviceAccount] = await Promise.all([
      access.spec.bucketRef === undefined ? undefined : findBucket(kube, access),
      name === undefined ? undefined : findServiceAccount(kube, key.namespace, name),
    ]);
    return { access, bucket, recorded, serviceAccount };
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

async function findServiceAccount(
  kube: KubeClient,
  namespace: string,
  name: string,
): Promise<Read<KubeObject | undefined>> {
  try {
    return { value: await kube.get(SERVICE_ACCOUNTS, { namespace, name }) };
  } catch (error) {
    if (isNotFound(error)) return { value: undefined };
    if (error instanceof KubeError && error.status === 403) return { remedy: "allow get on serviceaccounts" };
    throw error;
  }
}

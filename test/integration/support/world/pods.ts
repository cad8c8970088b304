import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { clusterOf } from "./access.ts";
import { s3As } from "./workloads.ts";
import type { World } from "./world.ts";

/** A running Pod of a ServiceAccount, by Pod Identity. Each call resolves with the HTTP status. */
export interface RunningPod extends Disposable {
  get(bucket: string, key: string): Promise<number | undefined>;
  put(bucket: string, key: string): Promise<number | undefined>;
}

/** Starts the Pod: it keeps the credentials that it gets now. Its calls are judged by all policies. */
export async function runningPod(world: World, serviceAccount = "app", namespace = world.name): Promise<RunningPod> {
  const { simulator } = world;
  const pod = s3As(world, await simulator.podIdentityCredentials(clusterOf(world), namespace, serviceAccount));
  const judged = async (call: () => Promise<{ $metadata: { httpStatusCode?: number | undefined } }>) => {
    simulator.evaluatePolicies = true;
    try {
      return (await call()).$metadata.httpStatusCode;
    } catch (error) {
      return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    } finally {
      simulator.evaluatePolicies = false;
    }
  };
  return {
    get: (Bucket, Key) => judged(() => pod.send(new GetObjectCommand({ Bucket, Key }))),
    put: (Bucket, Key) => judged(() => pod.send(new PutObjectCommand({ Bucket, Key, Body: Key }))),
    [Symbol.dispose]: () => pod.destroy(),
  };
}

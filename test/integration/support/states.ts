import type { S3Bucket } from "../../../operator/api/types.ts";
import type { Condition } from "../../../operator/kube/object.ts";

export function condition({ status }: S3Bucket, type: string): Condition | undefined {
  return status?.conditions?.find((each) => each.type === type);
}

function isCurrent({ status, metadata }: S3Bucket): boolean {
  return status?.observedGeneration === metadata.generation;
}

export function isReady(bucket: S3Bucket): boolean {
  return isCurrent(bucket) && condition(bucket, "Ready")?.status === "True";
}

export function isStalled(reason: string): (bucket: S3Bucket) => boolean {
  return (bucket) => isCurrent(bucket) && condition(bucket, "Stalled")?.reason === reason;
}

/** Not ready, with this reason, and at work or trying again. */
export function isReconciling(reason: string): (bucket: S3Bucket) => boolean {
  return (bucket) =>
    isCurrent(bucket) &&
    condition(bucket, "Ready")?.reason === reason &&
    condition(bucket, "Reconciling")?.status === "True";
}

export function settingState({ status }: S3Bucket, name: string): string | undefined {
  return status?.settings?.find((setting) => setting.name === name)?.state;
}

export function settingSource({ status }: S3Bucket, name: string): string | undefined {
  return status?.settings?.find((setting) => setting.name === name)?.source;
}

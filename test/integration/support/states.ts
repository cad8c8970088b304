import type { S3Bucket, SettingStatus } from "../../../operator/api/types.ts";
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

function settingStatus({ status }: S3Bucket, name: string): SettingStatus | undefined {
  return status?.settings?.find((setting) => setting.name === name);
}

export function settingState(bucket: S3Bucket, name: string): string | undefined {
  return settingStatus(bucket, name)?.state;
}

export function settingSource(bucket: S3Bucket, name: string): string | undefined {
  return settingStatus(bucket, name)?.source;
}

export function settingMessage(bucket: S3Bucket, name: string): string | undefined {
  return settingStatus(bucket, name)?.message;
}

/** Names of the declared settings that are not as declared. */
export function outOfSync({ status }: S3Bucket): string[] {
  const declared = status?.settings?.filter(({ source }) => source !== "Unmanaged") ?? [];
  return declared.filter(({ state }) => state !== "InSync").map(({ name }) => name);
}

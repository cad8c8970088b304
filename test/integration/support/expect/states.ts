import type { S3Bucket, SettingStatus } from "../../../../operator/api/types.ts";
import type { Condition, StatusObject } from "../../../../operator/kube/object.ts";

export function condition({ status }: StatusObject, type: string): Condition | undefined {
  return status?.conditions?.find((each) => each.type === type);
}

function isCurrent({ status, metadata }: StatusObject): boolean {
  return status?.observedGeneration === metadata.generation;
}

export function isReady(object: StatusObject): boolean {
  return isCurrent(object) && condition(object, "Ready")?.status === "True";
}

export function isStalled(reason: string): (object: StatusObject) => boolean {
  return (object) => isCurrent(object) && condition(object, "Stalled")?.reason === reason;
}

/** Not ready, with this reason, and Reconciling. */
export function isReconciling(reason: string): (object: StatusObject) => boolean {
  return (object) =>
    isCurrent(object) &&
    condition(object, "Ready")?.reason === reason &&
    condition(object, "Reconciling")?.status === "True";
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

/** Names of the declared settings that are not InSync. */
export function outOfSync({ status }: S3Bucket): string[] {
  const declared = status?.settings?.filter(({ source }) => source !== "Unmanaged") ?? [];
  return declared.filter(({ state }) => state !== "InSync").map(({ name }) => name);
}

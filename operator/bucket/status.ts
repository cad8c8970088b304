import type { S3Bucket, S3BucketSpec, S3BucketStatus } from "../api/types.ts";
import { dnsSuffix } from "../aws/arn.ts";
import { removeCondition } from "../kube/conditions.ts";
import { fingerprint } from "../reconcile/fingerprint.ts";
import type { Claim } from "./claim.ts";
import type { BucketContext } from "./dependencies.ts";
import { usability, type KeyResolution } from "./key/resolution.ts";
import type { Recorded, SettingPlan } from "./plan.ts";
import { ENTRY_SETTINGS } from "./settings/entries.ts";
import type { Setting, SettingContext } from "./settings/setting.ts";
import type { Target } from "./target.ts";

const KEY_USABLE = "KeyUsable";

/** What earlier reconciles recorded in status. */
export interface Memory {
  /** Settings that are ours; one that leaves the spec is reset. */
  recorded: Recorded;
  /** The bucket was seen as ours: no HeadBucket is needed. */
  established: boolean;
}

export function memoryOf({ status }: S3Bucket, { bucket }: Target): Memory {
  const applied = new Set(status?.appliedSettings);
  const ours = (status?.settings ?? []).filter(({ name }) => applied.has(name));
  return {
    recorded: new Map(ours.map((entry) => [entry.name, entry])),
    established: status?.arn === bucket.arn,
  };
}

/** Records the bucket before it is created. */
export function noteTarget(status: S3BucketStatus, { bucket }: Target): void {
  Object.assign(status, { bucketName: bucket.name, region: bucket.region, accountId: bucket.accountId });
}

/** Records the key, and in the condition `KeyUsable` whether it can be used. */
export function noteKey({ object, status, setCondition }: BucketContext, key: KeyResolution): void {
  const { arn, failure, changes } = key;
  if (arn !== undefined) status.kmsKeyArn = arn;
  else if (failure === undefined) delete status.kmsKeyArn;
  // With `mode: Observe`, work on the key that has begun is still recorded.
  if (failure === undefined && changes === undefined) endKeyWork(status);
  if (object.spec.encryption?.kmsKey === undefined) {
    status.conditions = removeCondition(status.conditions, KEY_USABLE);
    return;
  }
  setCondition({ type: KEY_USABLE, ...usability(key, object.spec) });
}

function endKeyWork(status: S3BucketStatus): void {
  if (status.managedKey?.isShared === true) status.managedKey = { isShared: true };
  else delete status.managedKey;
}

/** With `mode: Observe`: the bucket does not exist. */
export function notePlannedBucket(status: S3BucketStatus, bucketName: string): void {
  status.plan = [{ setting: "bucket", path: "", desired: bucketName }];
}

/** Records that the bucket exists and is ours. */
export function noteClaim(status: S3BucketStatus, { bucket }: Target, { origin }: Claim): void {
  const domainName = `${bucket.name}.s3.${bucket.region}.${dnsSuffix(bucket.region)}`;
  Object.assign(status, { arn: bucket.arn, domainName, origin });
}

/**
 * Records a hash of what spec, account and this version of the operator declare. A difference is drift only while the
 * hash stays the same.
 */
export function noteDeclaration(
  status: S3BucketStatus,
  settings: readonly Setting[],
  spec: S3BucketSpec,
  context: SettingContext,
): void {
  // Tags to be removed and settings to be reset belong to an earlier declaration.
  const present = { ...context, appliedTagKeys: [], appliedIds: {} };
  const declared = settings.map((setting) => [setting.name, setting.desired(spec, present)] as const);
  status.declarationHash = fingerprint(declared.filter(([, desired]) => desired !== undefined));
}

/** Records which settings are ours and are reset when they leave the spec. Call before the writes and after them. */
export function noteApplied(status: S3BucketStatus, names: readonly string[]): void {
  status.appliedSettings = [...new Set(names)].sort();
}

/** What settings report beyond their state, such as the size of the policy. */
export function noteReports(status: S3BucketStatus, plans: readonly SettingPlan[]): void {
  for (const { setting, desired, observation } of plans) {
    if (observation.value !== undefined) Object.assign(status, setting.report?.(desired, observation.value));
  }
}

/** Removes the reports of lists that are not ours, or no longer. */
export function dropReports(status: S3BucketStatus): void {
  for (const name of ENTRY_SETTINGS) if (!status.appliedSettings?.includes(name)) delete status[name];
}

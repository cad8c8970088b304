import { REASON } from "../api/reasons.ts";
import type { SettingStatus } from "../api/types.ts";
import { partsToWrite } from "../reconcile/apply.ts";
import { announceWrites } from "../reconcile/drift.ts";
import type { BucketContext, BucketDependencies } from "./dependencies.ts";
import { isManaged, type SettingPlan } from "./plan.ts";
import { intendedSettings } from "./report.ts";
import { noteApplied, noteReports, type Memory } from "./status.ts";
import type { Target } from "./target.ts";

/** Records in status what is about to be written, and which settings are ours from now on. */
export async function announceChanges(
  dependencies: BucketDependencies,
  context: BucketContext,
  plans: readonly SettingPlan[],
  memory: Memory,
): Promise<void> {
  const { object, status } = context;
  const toWrite = partsToWrite(plans.filter(isManaged), dependencies.history, object.metadata.uid ?? "");
  if (toWrite.length === 0) return;

  noteApplied(status, [...(status.appliedSettings ?? []), ...toWrite.map(({ name }) => name)]);
  const sameDeclaration = object.status?.declarationHash === status.declarationHash;
  const drifted = sameDeclaration ? toWrite.filter(({ name }) => memory.recorded.get(name)?.state === "InSync") : [];
  status.settings = intendedSettings(plans, new Set(drifted.map(({ name }) => name)));
  noteReports(status, toWrite);
  await announceWrites(dependencies, context, toWrite, drifted);
}

export function announceCreation({ event }: BucketContext, { bucket }: Target): void {
  const note = `Created bucket '${bucket.name}' in ${bucket.region}`;
  event({ type: "Normal", reason: REASON.bucketCreated, action: "Create", note });
}

/** Reports that the owned bucket is gone. It is created again without its objects, unless `mode` is `Observe`. */
export function announceLoss(
  { onDrift, now }: BucketDependencies,
  { object, status, event }: BucketContext,
  { bucket }: Target,
): void {
  delete status.arn;
  const lastDetectedTime = new Date(now()).toISOString();
  status.drift = { lastDetectedTime, changes: [{ setting: "bucket", path: "", desired: bucket.name }] };
  onDrift("bucket");
  const outlook = object.spec.mode === "Observe" ? "" : "; it is created again, without its objects";
  const note = `Bucket '${bucket.name}' was deleted at AWS${outlook}`;
  event({ type: "Warning", reason: REASON.driftDetected, action: "Observe", note });
}

/** Emits an event for statements of others that grant access outside the account, if new or wider than before. */
export function announceExternalAccess({ object, status, event }: BucketContext): void {
  const known = new Set(object.status?.policy?.externalAccess?.map((entry) => JSON.stringify(entry)));
  const opened = (status.policy?.externalAccess ?? []).filter((entry) => !known.has(JSON.stringify(entry)));
  if (opened.length === 0) return;
  const whom = opened.map(({ statement, access, principals = [] }) =>
    access === "Public"
      ? `'${statement}' grants public access`
      : `'${statement}' grants access to ${principals.join(", ")}`,
  );
  const note = `In the bucket policy, and not from this S3Bucket: ${whom.join("; ")}`;
  event({ type: "Warning", reason: REASON.externalAccess, action: "Observe", note });
}

/** Emits an event for a setting that has no effect beside another one, unless the last reconcile found the same. */
export function announceWithoutEffect({ object, status, event }: BucketContext): void {
  const isUseless = ({ reason }: SettingStatus) => reason === REASON.settingWithoutEffect;
  const known = new Set(object.status?.settings?.filter(isUseless).map(({ name, message }) => `${name} ${message}`));
  for (const { name, message } of status.settings?.filter(isUseless) ?? []) {
    if (known.has(`${name} ${message}`)) continue;
    event({ type: "Warning", reason: REASON.settingWithoutEffect, action: "Observe", note: `${name}: ${message}` });
  }
}

import { REASON } from "../api/reasons.ts";
import type { BucketContext, BucketDependencies } from "./dependencies.ts";
import { bucketGone, detected, driftedPlans, driftSummary } from "./drift.ts";
import type { SettingPlan } from "./plan.ts";
import { intendedSettings } from "./report.ts";
import { type Memory, noteApplied, noteReports } from "./status.ts";
import type { Target } from "./target.ts";

/**
 * Puts on record what is about to be written, and why, before it is: whoever looks meanwhile does not see Ready,
 * and a setting that is ours is known to be ours whatever happens next. Nothing to write: nothing to announce.
 */
export async function announceChanges(
  dependencies: BucketDependencies,
  context: BucketContext,
  plans: readonly SettingPlan[],
  memory: Memory,
): Promise<void> {
  const { object, status } = context;
  const { history, now } = dependencies;
  const uid = object.metadata.uid ?? "";
  const toWrite = plans.filter(
    ({ setting, source, desired, changes, held }) =>
      source !== "Unmanaged" &&
      changes.length > 0 &&
      held === undefined &&
      history.judge(uid, { setting: setting.name, desired, changes }) === "Write",
  );
  if (toWrite.length === 0) return;

  noteApplied(status, [...(status.appliedSettings ?? []), ...toWrite.map(({ setting }) => setting.name)]);
  const sameDeclaration = object.status?.declarationHash === status.declarationHash;
  const drifted = sameDeclaration ? driftedPlans(toWrite, memory.recorded) : [];
  status.settings = intendedSettings(plans, new Set(drifted.map(({ setting }) => setting.name)));
  noteReports(
    status,
    toWrite.map((plan) => ({ plan, observed: plan.observation.value })),
  );
  if (drifted.length === 0) {
    await context.progress(REASON.applying, `Applying ${toWrite.map(({ setting }) => setting.name).join(", ")}`);
    return;
  }
  status.drift = detected(drifted, new Date(now()).toISOString());
  for (const { setting } of drifted) dependencies.onDrift(setting.name);
  const note = `Changed at AWS: ${driftSummary(status.drift)}`;
  context.event({ type: "Warning", reason: REASON.driftDetected, action: "Observe", note });
  await context.progress(REASON.driftDetected, note);
}

export function announceCreation({ event }: BucketContext, { bucket }: Target): void {
  const note = `Created bucket '${bucket.name}' in ${bucket.region}`;
  event({ type: "Normal", reason: REASON.bucketCreated, action: "Create", note });
}

/** The bucket was ours, and is gone: it will be made anew, without what was in it; with `mode: Observe` it is only missed. */
export function announceLoss(
  { onDrift, now }: BucketDependencies,
  { object, status, event }: BucketContext,
  { bucket }: Target,
): void {
  delete status.arn;
  status.drift = bucketGone(bucket.name, new Date(now()).toISOString());
  onDrift("bucket");
  const outlook = object.spec.mode === "Observe" ? "" : "; it is created again, without its objects";
  const note = `Bucket '${bucket.name}' was deleted at AWS${outlook}`;
  event({ type: "Warning", reason: REASON.driftDetected, action: "Observe", note });
}

/** Statements of others that let in more than the bucket's account, and were not there, or let in less, at the last look. */
export function announceExternalAccess({ object, status, event }: BucketContext): void {
  const known = new Set(object.status?.policy?.externalAccess?.map((entry) => JSON.stringify(entry)));
  const opened = (status.policy?.externalAccess ?? []).filter((entry) => !known.has(JSON.stringify(entry)));
  if (opened.length === 0) return;
  const whom = opened.map(({ statement, access, principals = [] }) =>
    access === "Public" ? `'${statement}' lets in everybody` : `'${statement}' lets in ${principals.join(", ")}`,
  );
  const note = `In the bucket policy, and not from this S3Bucket: ${whom.join("; ")}`;
  event({ type: "Warning", reason: REASON.externalAccess, action: "Observe", note });
}

import type { Drift } from "../api/types.ts";
import type { SettingResult } from "./apply.ts";
import type { Recorded, SettingPlan } from "./plan.ts";
import { statusChanges } from "./report.ts";

/** Differences that status has room for. */
const MAX_CHANGES = 20;

/**
 * Settings that were in sync and differ now. Only to be asked while the declaration is the one that they were in sync with: then somebody
 * changed them at AWS. `plans` are those to be written: an old answer inside the settle window is not among them.
 */
export function driftedPlans(plans: readonly SettingPlan[], recorded: Recorded): SettingPlan[] {
  return plans.filter(({ setting, changes }) => changes.length > 0 && recorded.get(setting.name)?.state === "InSync");
}

export function detected(drifted: readonly SettingPlan[], now: string): Drift {
  return { lastDetectedTime: now, changes: statusChanges(drifted, MAX_CHANGES) };
}

/** The bucket itself is gone. */
export function bucketGone(bucketName: string, now: string): Drift {
  return { lastDetectedTime: now, changes: [{ setting: "bucket", path: "", desired: bucketName }] };
}

/** The drift on record with the time of its correction, once all that had drifted is as declared again. */
export function corrected(drift: Drift | undefined, results: readonly SettingResult[], now: string): Drift | undefined {
  if (drift === undefined || isCorrected(drift)) return undefined;
  const settings = new Set(drift.changes?.map(({ setting }) => setting));
  const open = results.some(({ plan, state }) => settings.has(plan.setting.name) && state !== "InSync");
  return open ? undefined : { ...drift, lastCorrectedTime: now };
}

function isCorrected({ lastDetectedTime, lastCorrectedTime }: Drift): boolean {
  return lastCorrectedTime !== undefined && lastDetectedTime !== undefined && lastCorrectedTime >= lastDetectedTime;
}

/** For events: what drifted, in a line. */
export function driftSummary({ changes = [] }: Drift): string {
  return changes.map(({ setting, path }) => (path === "" ? setting : `${setting}.${path}`)).join(", ");
}

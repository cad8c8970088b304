import { REASON } from "../api/reasons.ts";
import type { S3BucketSpec, SettingStatus } from "../api/types.ts";
import { cut } from "../reconcile/change.ts";
import { keepsChanging, paths } from "../reconcile/conclude.ts";
import type { SettingResult } from "./apply.ts";
import { sourceOf, type SettingPlan } from "./plan.ts";
import type { Setting, SettingContext } from "./settings/setting.ts";

/** Bound of the CRD. */
const MAX_MESSAGE = 4_096;

/** Before the bucket exists: all that is declared is pending. */
export function declaredSettings(
  settings: readonly Setting[],
  spec: S3BucketSpec,
  context: SettingContext,
): SettingStatus[] {
  return settings
    .filter((setting) => setting.desired(spec, context) !== undefined)
    .map((setting) => entry(setting.name, sourceOf(setting, spec, context), "Pending"));
}

/** Before the writes. */
export function intendedSettings(plans: readonly SettingPlan[], drifted: ReadonlySet<string>): SettingStatus[] {
  return plans.map((plan) => {
    const { setting, source, changes, blocked } = plan;
    if (source === "Unmanaged") return unmanaged(plan);
    if (drifted.has(setting.name)) return entry(setting.name, source, "Drifted", REASON.driftDetected, paths(changes));
    if (changes.length > 0 || blocked) return entry(setting.name, source, "Pending", REASON.applying, paths(changes));
    return entry(setting.name, source, "InSync");
  });
}

/**
 * After the writes. A setting that left the spec and has S3's default again is no longer ours and is omitted.
 * `useless`: messages for settings without effect, by name.
 */
export function resultSettings(
  results: readonly SettingResult[],
  useless: ReadonlyMap<string, string> = new Map(),
): SettingStatus[] {
  return results
    .filter(({ part, state }) => !(part.isReset && state === "InSync" && part.setting.inBaseline !== true))
    .map((result) => resultSetting(result, useless.get(result.part.name)));
}

function resultSetting(result: SettingResult, useless: string | undefined): SettingStatus {
  const { part: plan, state, failure } = result;
  const { name, changes, observation } = plan;
  const of = (...rest: [SettingStatus["state"] & string, string?, string?]) => entry(name, plan.source, ...rest);
  if (plan.source === "Unmanaged") return unmanaged(plan);
  switch (state) {
    case "InSync":
      return plan.isReset
        ? unmanaged({ ...plan, changes: plan.setting.diff(plan.secure, observation.value) })
        : of("InSync", useless && REASON.settingWithoutEffect, useless);
    case "Settling":
      return of("Settling", REASON.settling, paths(changes));
    case "NotKept":
    case "KeepsChanging":
      return of("Drifted", REASON.settingKeepsChanging, keepsChanging([result]));
    case "Planned":
      return of("Drifted", REASON.changesPlanned, paths(changes));
    case "Held":
    case "Skipped":
      return of("Pending", REASON.applying, paths(changes));
    case "Failed":
      return of(failure?.reason === "AccessDenied" ? "Denied" : "Failed", failure?.reason, failure?.message);
  }
}

function unmanaged({ setting, changes, observation }: SettingPlan): SettingStatus {
  const { name } = setting;
  if (observation.error !== undefined || changes.length === 0) return { name, source: "Unmanaged" };
  const where = paths(changes) === "" ? "" : ` (${paths(changes)})`;
  const message = `Falls short of the secure baseline${where}: set spec.baseline to Secure, or declare spec.${name}`;
  return { name, source: "Unmanaged", reason: REASON.belowBaseline, message: cut(message, MAX_MESSAGE) };
}

function entry(
  name: string,
  source: SettingStatus["source"],
  state: SettingStatus["state"] & string,
  reason?: string,
  message?: string,
): SettingStatus {
  return { name, source, state, ...(reason && { reason }), ...(message && { message: cut(message, MAX_MESSAGE) }) };
}

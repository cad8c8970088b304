import type { Change as StatusChange, S3BucketSpec, SettingStatus } from "../api/types.ts";
import { REASON } from "../api/reasons.ts";
import type { SettingResult } from "./apply.ts";
import { MAX_WRITES } from "../reconcile/history.ts";
import { type SettingPlan, sourceOf } from "./plan.ts";
import type { Setting, SettingContext } from "./settings/setting.ts";
import type { Change } from "../reconcile/change.ts";

/** As the CRD bounds them. */
const MAX_MESSAGE = 4_096;
const MAX_PATH = 512;

/** Before there is a bucket: all that is declared, and nothing seen. */
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

/** When all is done. A setting that left the spec and has S3's default again is no longer ours, and drops out. */
export function resultSettings(results: readonly SettingResult[]): SettingStatus[] {
  return results
    .filter(({ plan, state }) => !(plan.isReset && state === "InSync" && plan.setting.inBaseline !== true))
    .map(resultSetting);
}

function resultSetting(result: SettingResult): SettingStatus {
  const { plan, state, changes, observed, failure } = result;
  const { name } = plan.setting;
  const of = (...rest: [SettingStatus["state"] & string, string?, string?]) => entry(name, plan.source, ...rest);
  if (plan.source === "Unmanaged") return unmanaged(plan);
  switch (state) {
    case "InSync":
      return plan.isReset ? unmanaged({ ...plan, changes: plan.setting.diff(plan.secure, observed) }) : of("InSync");
    case "Settling":
      return of("Settling", REASON.settling, paths(changes));
    case "KeepsChanging":
      return of("Drifted", REASON.settingKeepsChanging, keepsChanging(result));
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

function paths(changes: readonly Change[]): string {
  return changes
    .map(({ path }) => path)
    .filter((path) => path !== "")
    .join(", ");
}

export function keepsChanging({ plan, changes }: SettingResult): string {
  const where = [plan.setting.name, paths(changes)].filter((text) => text !== "").join(" ");
  return (
    `Written ${MAX_WRITES} times, and each time found changed again: ${where}. Another tool seems to manage it: ` +
    "let only one of the two do so. The next try is in an hour"
  );
}

/** Changes as status has them, cut to the CRD's bounds. */
export function statusChanges(plans: readonly SettingPlan[], limit: number): StatusChange[] {
  return plans
    .flatMap(({ setting, changes }) => changes.map((change) => ({ setting: setting.name, ...change })))
    .slice(0, limit)
    .map(({ setting, path, desired, actual }) => ({
      setting,
      path: cut(path, MAX_PATH),
      ...(desired !== "" && { desired }),
      ...(actual !== "" && { actual }),
    }));
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

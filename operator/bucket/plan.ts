import type { S3BucketSpec, SettingStatus } from "../api/types.ts";
import type { Failure } from "../kube/outcome.ts";
import type { KeyResolution } from "./key/resolution.ts";
import type { Observation, Observations } from "./observe.ts";
import type { Setting, SettingContext } from "./settings/setting.ts";
import type { Change } from "../reconcile/change.ts";

export type Source = "Spec" | "Baseline" | "Unmanaged";

/** A setting that earlier reconciles put on record in status as ours. */
export type Recorded = ReadonlyMap<string, SettingStatus>;

/** What one setting needs, decided from one look. */
export interface SettingPlan {
  setting: Setting;
  source: Source;
  /** Undefined for a setting that is not ours to write. */
  desired: unknown;
  observation: Observation;
  /** What differs from `desired`, or, where the setting is unmanaged, from the secure baseline. */
  changes: Change[];
  /** Why `desired` cannot be known, such as a KMS key that is not to be found. */
  blocked?: Failure;
  /** Why it is not written yet, and how soon that may have changed. */
  held?: { message: string; afterMs: number };
  /** It left the spec: `desired` is S3's own default. */
  isReset?: true;
  /** Of a reset: what the secure baseline would say, of which the bucket may fall short afterwards. */
  secure?: unknown;
}

/** The settings to read: those declared, those that were ours and may need a reset, and those with a baseline to fall short of. */
export function relevantSettings(
  settings: readonly Setting[],
  spec: S3BucketSpec,
  context: SettingContext,
  recorded: Recorded,
): Setting[] {
  return settings.filter(
    (setting) =>
      setting.inBaseline === true || recorded.has(setting.name) || setting.desired(spec, context) !== undefined,
  );
}

/** Pure: the one place that decides what is to be done about each setting. */
export function planSettings(
  settings: readonly Setting[],
  spec: S3BucketSpec,
  context: SettingContext,
  recorded: Recorded,
  observations: Observations,
  key: KeyResolution,
): SettingPlan[] {
  return settings.flatMap((setting) => {
    const observation = observations.get(setting.name);
    if (observation === undefined) return [];
    if (key.failure !== undefined && setting.usesKey?.(spec) === true) {
      return [{ setting, source: "Spec", desired: undefined, observation, changes: [], blocked: key.failure } as const];
    }
    const declared = setting.desired(spec, context);
    if (declared !== undefined) {
      const plan = planDeclared(setting, sourceOf(setting, spec, context), declared, observation);
      const keyChanges = setting.name === "encryption" ? (key.changes ?? []) : [];
      return [{ ...plan, changes: [...keyChanges, ...plan.changes] }];
    }
    const record = recorded.get(setting.name);
    return (record && planReset(setting, record, observation, context)) ?? planUnmanaged(setting, observation, context);
  });
}

/** Of a setting that is declared. What neither this spec nor the baseline asks of the policy, the spec of a BucketAccess does. */
export function sourceOf({ name }: Setting, spec: S3BucketSpec, { baseline }: SettingContext): Source {
  if (spec[name as keyof S3BucketSpec] !== undefined) return "Spec";
  return name === "policy" && !baseline ? "Spec" : "Baseline";
}

function planDeclared(setting: Setting, source: Source, desired: unknown, observation: Observation): SettingPlan {
  return { setting, source, desired, observation, changes: differences(setting, desired, observation) };
}

/** Undefined when the reset is done. One that cannot be read stays on record until it can be. */
function planReset(
  setting: Setting,
  { source }: SettingStatus,
  observation: Observation,
  context: SettingContext,
): SettingPlan | undefined {
  const unreadable = observation.error !== undefined;
  const desired = unreadable ? undefined : setting.reset(observation.value, context);
  if (desired === undefined && !unreadable) return undefined;
  const secure = secureValue(setting, context);
  return { ...planDeclared(setting, source, desired, observation), isReset: true, secure };
}

/** Only what the baseline would say, to tell where the bucket falls short of it. */
function planUnmanaged(setting: Setting, observation: Observation, context: SettingContext): SettingPlan[] {
  const secure = secureValue(setting, context);
  if (secure === undefined) return [];
  const changes = differences(setting, secure, observation);
  return [{ setting, source: "Unmanaged", desired: undefined, observation, changes }];
}

function secureValue(setting: Setting, context: SettingContext): unknown {
  return setting.inBaseline && setting.desired({}, { ...context, baseline: true });
}

function differences(setting: Setting, desired: unknown, observation: Observation): Change[] {
  return observation.error === undefined ? setting.diff(desired, observation.value) : [];
}

import type { S3BucketSpec, SettingStatus } from "../api/types.ts";
import type { Change } from "../reconcile/change.ts";
import type { Part } from "../reconcile/part.ts";
import type { KeyResolution } from "./key/resolution.ts";
import type { Observation, Observations } from "./observe.ts";
import type { Setting, SettingContext } from "./settings/setting.ts";

export type Source = "Spec" | "Baseline" | "Unmanaged";

/** Settings that status records as ours. */
export type Recorded = ReadonlyMap<string, SettingStatus>;

/**
 * What one setting needs. `desired` is undefined for a setting that is not managed; `changes` are then the differences
 * from the secure baseline. `blocked`: `desired` is unknown, because a KMS key is not found, for example.
 */
export interface SettingPlan extends Part {
  setting: Setting;
  source: Source;
  observation: Observation;
  /** It left the spec: `desired` is S3's default. */
  isReset?: true;
  /** For a reset: the value of the secure baseline, below which the bucket may fall. */
  secure?: unknown;
}

export function isManaged({ source }: SettingPlan): boolean {
  return source !== "Unmanaged";
}

/** The settings to read: declared ones, recorded ones, which may need a reset, and those in the baseline. */
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

/** Decides what to do about each setting. Pure. */
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
      const { name } = setting;
      return [
        { name, setting, source: "Spec", desired: undefined, observation, changes: [], blocked: key.failure } as const,
      ];
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

/**
 * Source of a declared setting. A policy that neither the spec nor the baseline declares comes from the spec of a
 * BucketAccess.
 */
export function sourceOf({ name }: Setting, spec: S3BucketSpec, { baseline }: SettingContext): Source {
  if (spec[name as keyof S3BucketSpec] !== undefined) return "Spec";
  return name === "policy" && !baseline ? "Spec" : "Baseline";
}

function planDeclared(setting: Setting, source: Source, desired: unknown, observation: Observation): SettingPlan {
  return {
    name: setting.name,
    setting,
    source,
    desired,
    observation,
    changes: differences(setting, desired, observation),
  };
}

/** Undefined when the reset is done. A setting that cannot be read stays on record until it can. */
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

/** Compares with the baseline only, to report where the bucket falls short of it. */
function planUnmanaged(setting: Setting, observation: Observation, context: SettingContext): SettingPlan[] {
  const secure = secureValue(setting, context);
  if (secure === undefined) return [];
  const changes = differences(setting, secure, observation);
  return [{ name: setting.name, setting, source: "Unmanaged", desired: undefined, observation, changes }];
}

function secureValue(setting: Setting, context: SettingContext): unknown {
  return setting.inBaseline && setting.desired({}, { ...context, baseline: true });
}

function differences(setting: Setting, desired: unknown, observation: Observation): Change[] {
  return observation.error === undefined ? setting.diff(desired, observation.value) : [];
}

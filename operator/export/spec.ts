import { GROUP } from "../api/names.ts";
import type { S3BucketSpec } from "../api/types.ts";
import type { BucketClient } from "../bucket/bucket-client.ts";
import type { Observation, Observations } from "../bucket/observe.ts";
import type { Setting, SettingContext } from "../bucket/settings/setting.ts";
import type { ExportedSetting } from "../bucket/settings/to-spec.ts";
import { awsFailure } from "../reconcile/aws-failure.ts";

/** A spec with which the operator finds no difference, and notes for the user on what it leaves out. */
export interface DeclaredBucket {
  spec: S3BucketSpec;
  notes: string[];
}

/** Settings that the API accepts only with `versioning: Enabled`. */
const ON_VERSIONS = ["objectLock", "replication"] as const;

/** Pure. */
export function declareBucket(
  settings: readonly Setting[],
  observations: Observations,
  bucket: BucketClient,
): DeclaredBucket {
  const context = contextOf(bucket, observations.get("tags")?.value);
  const spec: S3BucketSpec = {};
  const notes: string[] = [];
  for (const setting of settings) {
    const observation = observations.get(setting.name);
    if (observation === undefined) continue;
    const exported = toSpec(setting, observation, context);
    Object.assign(spec, exported.spec);
    notes.push(...(exported.omitted ?? []).map((omitted) => `${setting.name}: ${omitted}`));
  }
  for (const name of ON_VERSIONS) {
    if (spec[name] === undefined || spec.versioning === "Enabled") continue;
    delete spec[name];
    notes.push(`${name}: needs versioning in the spec, which is left out`);
  }
  return { spec, notes };
}

/** Leaves out a setting that a reconcile with this spec would change. */
function toSpec(setting: Setting, { value, error }: Observation, context: SettingContext): ExportedSetting {
  if (error !== undefined) return { omitted: [`could not be read. ${describe(error, setting, context)}`] };
  const exported = setting.toSpec(value, context);
  const kmsKeyArn = exported.spec?.encryption?.kmsKey?.arn;
  const known = kmsKeyArn === undefined ? context : { ...context, kmsKeyArn };
  const desired = setting.desired(exported.spec ?? {}, known);
  const changes = desired === undefined ? [] : setting.diff(desired, value);
  if (changes.length === 0) return exported;
  const paths = changes.map(({ path }) => path).join(", ");
  return { omitted: [...(exported.omitted ?? []), `has a form that a spec cannot express (${paths})`] };
}

function describe(error: unknown, { iamActions }: Setting, { bucket }: SettingContext): string {
  return awsFailure(error, { action: iamActions.read[0], resource: bucket.arn })?.message ?? String(error);
}

/** An adopted bucket. Its present ownership tags count as desired: adoption replaces them. */
function contextOf(bucket: BucketClient, tags: unknown = {}): SettingContext {
  const ownershipTags = Object.entries(tags as Record<string, string>).filter(([key]) => key.startsWith(`${GROUP}/`));
  return {
    baseline: false,
    bucket,
    operator: { callerArn: "", actions: [] },
    ownershipTags: Object.fromEntries(ownershipTags),
    accountTags: {},
    appliedTagKeys: [],
    appliedIds: {},
    contributedStatements: [],
    pausedSids: [],
  };
}

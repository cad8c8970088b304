import { GROUP } from "../api/names.ts";
import type { S3BucketSpec } from "../api/types.ts";
import { awsFailure } from "../reconcile/aws-failure.ts";
import type { BucketClient } from "../bucket/bucket-client.ts";
import type { Observation, Observations } from "../bucket/observe.ts";
import type { ExportedSetting } from "../bucket/settings/to-spec.ts";
import type { Setting, SettingContext } from "../bucket/settings/setting.ts";

/** What a spec says of a bucket so that the operator finds nothing to do, and, for people, what it cannot say, or nobody could read. */
export interface DeclaredBucket {
  spec: S3BucketSpec;
  notes: string[];
}

/** Settings that the API takes only beside `versioning: Enabled`. */
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
    notes.push(`${name}: a spec can say it only with versioning, of which nothing is known`);
  }
  return { spec, notes };
}

/** Proven by the setting's own comparison: what a reconcile would change is not said. */
function toSpec(setting: Setting, { value, error }: Observation, context: SettingContext): ExportedSetting {
  if (error !== undefined) return { omitted: [`not read, and so left alone. ${describe(error, setting, context)}`] };
  const exported = setting.toSpec(value, context);
  const kmsKeyArn = exported.spec?.encryption?.kmsKey?.arn;
  const known = kmsKeyArn === undefined ? context : { ...context, kmsKeyArn };
  const desired = setting.desired(exported.spec ?? {}, known);
  const changes = desired === undefined ? [] : setting.diff(desired, value);
  if (changes.length === 0) return exported;
  const paths = changes.map(({ path }) => path).join(", ");
  return { omitted: [...(exported.omitted ?? []), `is of a form that a spec does not know (${paths})`] };
}

function describe(error: unknown, { iamActions }: Setting, { bucket }: SettingContext): string {
  return awsFailure(error, { action: iamActions.read[0], resource: bucket.arn })?.message ?? String(error);
}

/** Of an adopted bucket. Whose it is by its tags stays out of the comparison: that will change. */
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

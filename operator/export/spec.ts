import { GROUP } from "../api/names.ts";
import type { S3BucketSpec } from "../api/types.ts";
import type { BucketClient } from "../bucket/bucket-client.ts";
import type { Observation, Observations } from "../bucket/observe.ts";
import type { Setting, SettingContext } from "../bucket/settings/setting.ts";
import type { ExportedSetting } from "../bucket/settings/to-spec.ts";
import { CommandError } from "../cli/command.ts";
import { awsFailure } from "../reconcile/aws-failure.ts";
import { acceptedPart } from "./accepted.ts";
import { violations, type Schema } from "./violations.ts";

/** A spec with which the operator finds no difference, and notes for the user on what it leaves out. */
export interface DeclaredBucket {
  spec: S3BucketSpec;
  notes: string[];
}

/** Settings that the API accepts only with `versioning: Enabled`. */
const ON_VERSIONS = ["objectLock", "replication"] as const;

/**
 * Leaves out what the API server would refuse, and settings that a reconcile with the spec would change. Pure.
 * @param checks of the whole spec
 */
export function declareBucket(
  settings: readonly Setting[],
  observations: Observations,
  bucket: BucketClient,
  checks: Schema,
): DeclaredBucket {
  const context = contextOf(bucket, observations.get("tags")?.value);
  const spec: S3BucketSpec = {};
  const notes: string[] = [];
  for (const setting of settings) {
    const observation = observations.get(setting.name);
    if (observation === undefined) continue;
    const exported = toSpec(setting, observation, context, checks);
    Object.assign(spec, exported.spec);
    notes.push(...(exported.omitted ?? []).map((omitted) => `${setting.name}: ${omitted}`));
  }
  for (;;) {
    const problem =
      changeIn(spec, settings, observations, context) ?? missingVersioning(spec) ?? refusal(spec, bucket, checks);
    if (problem === undefined) return { spec, notes };
    delete spec[problem.setting];
    notes.push(`${problem.setting}: ${problem.note}`);
  }
}

function toSpec(
  setting: Setting,
  { value, error }: Observation,
  context: SettingContext,
  checks: Schema,
): ExportedSetting {
  if (error !== undefined) return { omitted: [`could not be read. ${describe(error, setting, context)}`] };
  return acceptedPart(setting.name as keyof S3BucketSpec, setting.toSpec(value, context), withoutRules(checks));
}

/** Rules of the whole spec concern several settings. */
function withoutRules(checks: Schema): Schema {
  return { ...checks, rules: [] };
}

/** Why a setting cannot be in the spec. */
interface Problem {
  setting: keyof S3BucketSpec;
  note: string;
}

function changeIn(
  spec: S3BucketSpec,
  settings: readonly Setting[],
  observations: Observations,
  context: SettingContext,
): Problem | undefined {
  const kmsKeyArn = spec.encryption?.kmsKey?.arn;
  const known = kmsKeyArn === undefined ? context : { ...context, kmsKeyArn };
  for (const setting of settings) {
    const name = setting.name as keyof S3BucketSpec;
    const desired = spec[name] === undefined ? undefined : setting.desired(spec, known);
    const changes = desired === undefined ? [] : setting.diff(desired, observations.get(name)?.value);
    const paths = changes.map(({ path }) => path).join(", ");
    if (changes.length > 0) return { setting: name, note: `has a form that a spec cannot express (${paths})` };
  }
  return undefined;
}

function missingVersioning(spec: S3BucketSpec): Problem | undefined {
  if (spec.versioning === "Enabled") return undefined;
  const setting = ON_VERSIONS.find((name) => spec[name] !== undefined);
  return setting && { setting, note: "needs versioning in the spec, which is left out" };
}

function refusal(spec: S3BucketSpec, { name, region }: BucketClient, checks: Schema): Problem | undefined {
  const [violation] = violations(checks, { bucketName: name, region, ...spec });
  if (violation === undefined) return undefined;
  const {
    path: [setting = "", ...field],
    message,
  } = violation;
  if (!Object.hasOwn(spec, setting))
    throw new CommandError(`An S3Bucket cannot have this bucket: ${setting} ${message}`);
  return { setting: setting as keyof S3BucketSpec, note: `in a spec, ${[...field, message].join(" ")}` };
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

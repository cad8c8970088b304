import { ownershipTags, type Origin } from "../api/ownership.ts";
import type { S3Bucket } from "../api/types.ts";
import type { Contributions } from "./dependencies.ts";
import { CONFIGURATION_ACTIONS } from "./iam-actions.ts";
import { ENTRY_SETTINGS } from "./settings/entries.ts";
import type { SettingContext } from "./settings/setting.ts";
import type { Target } from "./target.ts";

/** Without `spec.baseline` the baseline applies to buckets that the operator created. */
export function settingContext(
  { spec, status }: S3Bucket,
  { bucket, owner, account, session }: Target,
  origin: Origin,
  kmsKeyArn: string | undefined,
  { bucketPolicy, pausedSids }: Pick<Contributions, "bucketPolicy" | "pausedSids"> = {
    bucketPolicy: [],
    pausedSids: [],
  },
): SettingContext {
  return {
    baseline: spec.baseline === undefined ? origin === "Created" : spec.baseline === "Secure",
    bucket,
    operator: { callerArn: session.callerArn, actions: CONFIGURATION_ACTIONS },
    ...(kmsKeyArn !== undefined && { kmsKeyArn }),
    ownershipTags: ownershipTags(owner, origin),
    accountTags: account.spec.tags ?? {},
    appliedTagKeys: status?.tagKeys ?? [],
    appliedIds: Object.fromEntries(ENTRY_SETTINGS.map((name) => [name, status?.[name]?.appliedIds ?? []])),
    contributedStatements: bucketPolicy,
    pausedSids,
  };
}

import { applyParts, examine, readBack } from "../reconcile/apply.ts";
import type { History } from "../reconcile/history.ts";
import { failed } from "../reconcile/outcome.ts";
import type { PartResult } from "../reconcile/part.ts";
import type { BucketClient } from "./bucket-client.ts";
import type { Claim } from "./claim.ts";
import { lastingFailure, settingFailure } from "./failure.ts";
import { observe, type Observation } from "./observe.ts";
import { isManaged, type SettingPlan } from "./plan.ts";
import { knownRefusal } from "./refusals.ts";

export type SettingResult = PartResult<SettingPlan>;

/** The setting that shows the owner of the bucket. */
const CLAIMING = "tags";

/** Where each setting stands, with nothing written. */
export function examineSettings(bucket: BucketClient, plans: readonly SettingPlan[]): SettingResult[] {
  return plans.map((plan) => (isManaged(plan) ? examine(readable(bucket, plan)) : { part: plan, state: "InSync" }));
}

/**
 * Writes what differs, one setting at a time, since S3 refuses two writes at once on a bucket (409 OperationAborted).
 * Then reads back all that settles, in one round trip. Until the tags show the owner, nothing else is written.
 */
export async function applySettings(
  bucket: BucketClient,
  plans: readonly SettingPlan[],
  history: History,
  uid: string,
  claim: Claim,
): Promise<SettingResult[]> {
  const parts = inWriteOrder(plans.filter(isManaged)).map((plan) => ({
    ...readable(bucket, plan),
    isPrerequisite: claim.isNew && plan.name === CLAIMING,
  }));
  const write = (plan: SettingPlan) =>
    writeLatest(bucket, plan, claim).catch((error: unknown) => {
      const failure = settingFailure(
        knownRefusal(plan, bucket.name, error) ?? error,
        plan.setting.iamActions.write[0],
        bucket.arn,
      );
      throw failed(lastingFailure(error, failure, () => history.refusedFor(uid, plan.name)));
    });
  const written = await applyParts(parts, write, history, uid);
  const results = readBack(written, await observeSettling(bucket, written), history, uid);
  return plans.map((plan) => results.find(({ part }) => part.name === plan.name) ?? { part: plan, state: "InSync" });
}

/** Resets go first, in reverse order: S3 does not suspend versioning, for example, while replication needs it. */
function inWriteOrder(plans: readonly SettingPlan[]): SettingPlan[] {
  return [...plans.filter(({ isReset }) => isReset).toReversed(), ...plans.filter(({ isReset }) => !isReset)];
}

/** A setting that cannot be read is not written. */
function readable(bucket: BucketClient, plan: SettingPlan, { error }: Observation = plan.observation): SettingPlan {
  if (error === undefined || plan.blocked !== undefined) return plan;
  return { ...plan, blocked: settingFailure(error, plan.setting.iamActions.read[0], bucket.arn) };
}

/**
 * Reads a shared document again right before the write, so that the Put keeps what other tools have added since the
 * first read. A bucket that this reconcile created has no other writers yet.
 */
async function writeLatest(
  bucket: BucketClient,
  { setting, desired, observation }: SettingPlan,
  { isCreated }: Claim,
): Promise<void> {
  if (!setting.isShared || isCreated) return setting.write(bucket, desired, observation.value);
  const latest = await setting.observe(bucket);
  if (setting.diff(desired, latest).length > 0) await setting.write(bucket, desired, latest);
}

/** One GET for each setting that settles, also for those that an earlier reconcile wrote. */
async function observeSettling(bucket: BucketClient, results: readonly SettingResult[]): Promise<SettingPlan[]> {
  const plans = results.filter(({ state }) => state === "Settling").map(({ part }) => part);
  const observations = await observe(
    bucket,
    plans.map(({ setting }) => setting),
  );
  return plans.map((plan) => observedAgain(bucket, plan, observations.get(plan.name) ?? plan.observation));
}

/** Keeps the first observation, which status reports, if the setting cannot be read again. */
function observedAgain(bucket: BucketClient, plan: SettingPlan, observation: Observation): SettingPlan {
  if (observation.error !== undefined) return readable(bucket, plan, observation);
  return { ...plan, observation, changes: plan.setting.diff(plan.desired, observation.value) };
}

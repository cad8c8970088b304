import type { Failure } from "../kube/outcome.ts";
import type { BucketClient } from "./bucket-client.ts";
import type { Claim } from "./claim.ts";
import { lastingFailure, settingFailure } from "./failure.ts";
import type { History } from "../reconcile/history.ts";
import { observe } from "./observe.ts";
import type { SettingPlan } from "./plan.ts";
import type { Change } from "../reconcile/change.ts";

/**
 * Where a setting of ours stands when the reconcile is over. `Settling`: written, and not yet read back equal.
 * `Planned`: different, and only observed. `Held`: different, and not to be written yet. `Skipped`: different, and not
 * reached.
 */
export type SettingState = "InSync" | "Settling" | "KeepsChanging" | "Failed" | "Planned" | "Held" | "Skipped";

export interface SettingResult {
  plan: SettingPlan;
  state: SettingState;
  /** What still differs, and what was seen last. */
  changes: Change[];
  observed: unknown;
  failure?: Failure;
}

/** The setting that says whose the bucket is. */
const CLAIMING = "tags";

/** What one look says of each setting, with nothing written. */
export function examineSettings(bucket: BucketClient, plans: readonly SettingPlan[]): SettingResult[] {
  return plans.map((plan) => examine(bucket, plan));
}

function examine(bucket: BucketClient, plan: SettingPlan): SettingResult {
  const { setting, source, observation, changes, blocked, held } = plan;
  if (source === "Unmanaged") return asFound(plan, "InSync");
  if (blocked !== undefined) return { ...asFound(plan, "Failed"), failure: blocked };
  if (observation.error !== undefined) return failed(plan, observation.error, setting.iamActions.read[0], bucket);
  if (changes.length === 0) return asFound(plan, "InSync");
  return asFound(plan, held === undefined ? "Planned" : "Held");
}

/**
 * Writes what differs, in the order of the plans and one write at a time, since S3 refuses two at once on a bucket (409 OperationAborted);
 * then reads back all that was written, in one round trip. A setting that fails does not stop the others,
 * but for the claim: as long as the tags do not say that the bucket is ours, it is left alone.
 */
export async function applySettings(
  bucket: BucketClient,
  plans: readonly SettingPlan[],
  history: History,
  uid: string,
  claim: Claim,
): Promise<SettingResult[]> {
  const results: SettingResult[] = [];
  for (const plan of inWriteOrder(plans)) {
    const halted =
      claim.isNew && results.some(({ plan, state }) => plan.setting.name === CLAIMING && state === "Failed");
    results.push(halted ? asFound(plan, "Skipped") : await applySetting(bucket, plan, history, uid, claim));
  }
  const inOrder = results.toSorted((a, b) => plans.indexOf(a.plan) - plans.indexOf(b.plan));
  return readBack(bucket, inOrder);
}

/** What leaves the spec goes first and backwards: S3 does not suspend versioning, for example, as long as replication needs it. */
function inWriteOrder(plans: readonly SettingPlan[]): SettingPlan[] {
  return [...plans.filter(({ isReset }) => isReset).toReversed(), ...plans.filter(({ isReset }) => !isReset)];
}

async function applySetting(
  bucket: BucketClient,
  plan: SettingPlan,
  history: History,
  uid: string,
  claim: Claim,
): Promise<SettingResult> {
  const { setting, desired, changes, source } = plan;
  const examined = examine(bucket, plan);
  if (examined.state === "InSync" && source !== "Unmanaged") history.held(uid, setting.name);
  if (examined.state !== "Planned") return examined;
  const attempt = { setting: setting.name, desired, changes };
  const verdict = history.judge(uid, attempt);
  if (verdict !== "Write") return asFound(plan, verdict);
  history.wrote(uid, attempt);
  try {
    await writeLatest(bucket, plan, claim);
    return asFound(plan, "Settling");
  } catch (error) {
    history.failed(uid, setting.name);
    const result = failed(plan, error, setting.iamActions.write[0], bucket);
    return { ...result, failure: lastingFailure(error, result.failure, () => history.refusedFor(uid, setting.name)) };
  }
}

/**
 * Reads a shared document again right before the write, so that the Put does not remove what other tools have added since the first read. A
 * bucket that this reconcile created has no other writers yet.
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

/** One GET for each setting that is settling, those among them too that an earlier reconcile wrote. */
async function readBack(bucket: BucketClient, results: readonly SettingResult[]): Promise<SettingResult[]> {
  const written = results.filter(({ state }) => state === "Settling").map(({ plan }) => plan.setting);
  const observations = await observe(bucket, written);
  return results.map((result) => {
    const { plan } = result;
    const observation = observations.get(plan.setting.name);
    if (observation === undefined) return result;
    if (observation.error !== undefined)
      return failed(plan, observation.error, plan.setting.iamActions.read[0], bucket);
    const changes = plan.setting.diff(plan.desired, observation.value);
    return { plan, state: changes.length === 0 ? "InSync" : "Settling", changes, observed: observation.value };
  });
}

function asFound(plan: SettingPlan, state: SettingState): SettingResult {
  return { plan, state, changes: plan.changes, observed: plan.observation.value };
}

function failed(
  plan: SettingPlan,
  error: unknown,
  action: string,
  bucket: BucketClient,
): SettingResult & { failure: Failure } {
  return { ...asFound(plan, "Failed"), failure: settingFailure(error, action, bucket.arn) };
}

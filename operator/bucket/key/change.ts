/**
 * A bucket that gets another KMS key, or another form of its bucket key. BucketAccesses get their rights on the new key
 * before S3 is told of it, and keep those to write with the former one until S3 has let go of that: else what Pods
 * write meanwhile is denied.
 */

import type { KeyChange, S3Bucket } from "../../api/types.ts";
import type { SettingResult } from "../apply.ts";
import type { BucketContext, BucketDependencies } from "../dependencies.ts";
import type { SettingPlan } from "../plan.ts";
import { hasDefaultKey } from "../settings/encryption.ts";
import type { Memory } from "../status.ts";
import type { Target } from "../target.ts";
import type { KeyResolution } from "./resolution.ts";

const SETTING = "encryption";

/** For how long BucketAccesses can hold up the change: they may be another namespace's. */
const PATIENCE_MS = 60_000;

/**
 * For what IAM and KMS were told to be known everywhere, usually seconds:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const PROPAGATION_MS = 5_000;

/**
 * Notes a change of the key in status, by which BucketAccesses hear of it, and holds the encryption back as long as
 * they are to be waited for.
 */
export function prepareKeyChange(
  { uses, now, settleWindowMs }: BucketDependencies,
  { object, status }: BucketContext,
  { account }: Target,
  { arn: kmsKeyArn, failure }: KeyResolution,
  plans: SettingPlan[],
  memory: Memory,
): SettingPlan[] {
  const plan = plans.find(isEncryption);
  if (plan === undefined || failure !== undefined || uses.usersOf(object).length === 0) return plans;
  const formerKmsKeyArn = formerKeyOf(object, kmsKeyArn, plan);
  const wasInSync = memory.recorded.get(SETTING)?.state === "InSync";
  const isDrift = wasInSync && object.status?.declarationHash === status.declarationHash;
  const isAwaited = kmsKeyArn !== undefined && plan.changes.length > 0 && !isDrift;
  const propagationMs = Math.min(PROPAGATION_MS, settleWindowMs);
  const delayMs = isAwaited ? uses.keyDelayMs(object, account, { kmsKeyArn, now: now(), propagationMs }) : 0;
  if (delayMs === 0 && formerKmsKeyArn === undefined) return plans;

  const goesOn = object.status?.kmsKeyArn === kmsKeyArn && (plan.changes.length === 0 || !wasInSync);
  const startTime = (goesOn ? status.keyChange?.startTime : undefined) ?? new Date(now()).toISOString();
  status.keyChange = { startTime, ...(formerKmsKeyArn !== undefined && { formerKmsKeyArn }) };
  const afterMs = Math.min(delayMs, leftOf(status.keyChange, PATIENCE_MS, now()));
  if (afterMs === 0) return plans;
  const held = { message: `Waiting until the bucket's BucketAccesses may use KMS key '${kmsKeyArn}'`, afterMs };
  return plans.map((each) => (each === plan ? { ...each, held } : each));
}

/**
 * Forgets the change once S3 has the new key and time enough to use it everywhere, which is what the settle window is
 * for.
 * Returns milliseconds until that is to be looked at; Infinity where there is nothing to wait for.
 */
export function endKeyChange(
  { now, settleWindowMs }: BucketDependencies,
  { status }: BucketContext,
  results: readonly SettingResult[],
): number {
  const { keyChange } = status;
  if (keyChange === undefined) return Infinity;
  if (results.some(({ part, state }) => isEncryption(part) && state !== "InSync")) return Infinity;
  const leftMs = keyChange.formerKmsKeyArn === undefined ? 0 : leftOf(keyChange, settleWindowMs, now());
  // The queue takes off up to a tenth.
  if (leftMs > 0) return leftMs * 1.2;
  delete status.keyChange;
  return Infinity;
}

function isEncryption({ setting, source }: SettingPlan): boolean {
  return setting.name === SETTING && source !== "Unmanaged";
}

/**
 * The key that was declared before and that S3 still has, as far as can be seen; or the one of a change that is not
 * over yet.
 */
function formerKeyOf({ status = {} }: S3Bucket, declared: string | undefined, plan: SettingPlan): string | undefined {
  const { value, error } = plan.observation;
  const before = status.keyChange?.formerKmsKeyArn;
  const former = [status.kmsKeyArn, before].filter((arn) => arn !== undefined && arn !== declared);
  return former.find((arn) => error !== undefined || hasDefaultKey(value, arn)) ?? former.find((arn) => arn === before);
}

/** Milliseconds of `lengthMs` that are left since the change began; a start in the future is nothing to wait for. */
function leftOf({ startTime }: KeyChange, lengthMs: number, now: number): number {
  const age = now - Date.parse(startTime);
  return age >= 0 ? Math.max(0, lengthMs - age) : 0;
}

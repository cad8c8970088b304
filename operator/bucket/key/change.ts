/**
 * BucketAccesses get permissions on a new key before S3 uses it, and keep write permissions on the former key until S3
 * no longer uses it. Otherwise KMS would deny writes in between.
 */

import type { KeyChange, S3Bucket } from "../../api/types.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import type { SettingResult } from "../apply.ts";
import type { BucketContext, BucketDependencies } from "../dependencies.ts";
import { isManaged, type SettingPlan } from "../plan.ts";
import { hasDefaultKey } from "../settings/encryption.ts";
import type { Memory } from "../status.ts";
import type { Target } from "../target.ts";
import type { Verification, VerifiedBucket } from "../verified.ts";
import type { KeyResolution } from "./resolution.ts";

const SETTING = "encryption";

/** Records the change in status for BucketAccesses, and delays the encryption until they have their permissions. */
export function prepareKeyChange(
  { uses, verified, now, settleWindowMs }: BucketDependencies,
  { object, status }: BucketContext,
  { account }: Target,
  { arn: kmsKeyArn, failure }: KeyResolution,
  plans: SettingPlan[],
  memory: Memory,
): SettingPlan[] {
  const plan = plans.find(isEncryption);
  const before = verifiedKeys(verified.of(object));
  const isUnknown = failure !== undefined && status.keyChange?.formerKmsKeyArn === before.formerKmsKeyArn;
  const recorded = status.keyChange;
  // What a user wrote into status must not become a key that BucketAccesses may use.
  if (!isUnknown) delete status.keyChange;
  if (plan === undefined || failure !== undefined || uses.usersOf(object).length === 0) return plans;
  const formerKmsKeyArn = formerKeyOf(object, before, kmsKeyArn, plan);
  const wasInSync = memory.recorded.get(SETTING)?.state === "InSync";
  const isDrift = wasInSync && object.status?.declarationHash === status.declarationHash;
  const isAwaited = kmsKeyArn !== undefined && plan.changes.length > 0 && !isDrift;
  const propagationMs = Math.min(DELAY_MS.propagation, settleWindowMs);
  const delayMs = isAwaited ? uses.keyDelayMs(object, account, { kmsKeyArn, now: now(), propagationMs }) : 0;
  if (delayMs === 0 && formerKmsKeyArn === undefined) return plans;

  const goesOn = object.status?.kmsKeyArn === kmsKeyArn && (plan.changes.length === 0 || !wasInSync);
  const startTime = (goesOn ? recorded?.startTime : undefined) ?? new Date(now()).toISOString();
  status.keyChange = { startTime, ...(formerKmsKeyArn !== undefined && { formerKmsKeyArn }) };
  const afterMs = Math.min(delayMs, leftOf(status.keyChange, DELAY_MS.keyChange, now()));
  if (afterMs === 0) return plans;
  const held = { message: `Waiting until the bucket's BucketAccesses may use KMS key '${kmsKeyArn}'`, afterMs };
  return plans.map((each) => (each === plan ? { ...each, held } : each));
}

/** Removes the change after the settle window. Returns milliseconds until the next check, or Infinity. */
export function endKeyChange(
  { now, settleWindowMs }: BucketDependencies,
  { status }: BucketContext,
  results: readonly SettingResult[],
): number {
  const { keyChange } = status;
  if (keyChange === undefined) return Infinity;
  if (results.some(({ part, state }) => isEncryption(part) && state !== "InSync")) return Infinity;
  const leftMs = keyChange.formerKmsKeyArn === undefined ? 0 : leftOf(keyChange, settleWindowMs, now());
  // The queue shortens delays by up to a tenth.
  if (leftMs > 0) return leftMs * 1.2;
  delete status.keyChange;
  return Infinity;
}

function isEncryption(plan: SettingPlan): boolean {
  return plan.name === SETTING && isManaged(plan);
}

type Keys = Pick<VerifiedBucket, "kmsKeyArn" | "formerKmsKeyArn">;

function verifiedKeys(verification: Verification | undefined): Keys {
  return verification?.state === "Verified" ? verification : {};
}

/**
 * The previously declared key if S3 still uses it, or cannot be read; or that of a change in progress. After a restart
 * status tells the key, which counts only if S3 has it.
 */
function formerKeyOf(
  { status = {} }: S3Bucket,
  { kmsKeyArn, formerKmsKeyArn: before }: Keys,
  declared: string | undefined,
  plan: SettingPlan,
): string | undefined {
  const { value, error } = plan.observation;
  const isFormer = (arn: string | undefined) => arn !== undefined && arn !== declared;
  const known = [kmsKeyArn, before].filter(isFormer);
  const recorded = [status.kmsKeyArn, status.keyChange?.formerKmsKeyArn].filter(isFormer);
  return (
    known.find((arn) => error !== undefined || hasDefaultKey(value, arn)) ??
    recorded.find((arn) => error === undefined && hasDefaultKey(value, arn)) ??
    known.find((arn) => arn === before)
  );
}

/** Milliseconds left of `lengthMs` since the change began; 0 if the start is in the future. */
function leftOf({ startTime }: KeyChange, lengthMs: number, now: number): number {
  const age = now - Date.parse(startTime);
  return age >= 0 ? Math.max(0, lengthMs - age) : 0;
}

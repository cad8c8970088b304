import type { KeyMetadata } from "@aws-sdk/client-kms";
import { REASON, type Reason } from "../../api/reasons.ts";
import type { S3BucketSpec } from "../../api/types.ts";
import type { ConditionDetail } from "../../kube/conditions.ts";
import type { Change } from "../../reconcile/change.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import type { Failure } from "../../reconcile/outcome.ts";
import type { PartResult } from "../../reconcile/part.ts";
import { cloudFrontAdvice } from "./cloudfront.ts";

/** The result of resolving `spec.encryption.kmsKey`. */
export type KeyResolution =
  KnownKey | { arn?: never; failure: Failure; isNew?: never; changes?: never; rotation?: never };

interface KnownKey {
  /** Undefined: the spec names no key, or, with `mode: Observe`, the key would be created. */
  arn: string | undefined;
  failure?: never;
  /** Why its usability is unknown: another account's key, on which DescribeKey is denied. */
  unseen?: string;
  /** The managed key was created for this object, so that its policy is KMS's default. */
  isNew?: true;
  /** With `mode: Observe`: the planned changes of the managed key. */
  changes?: Change[];
  /** The rotation of the managed key, unless it is as declared. */
  rotation?: PartResult;
}

/**
 * In every state but Enabled, reads and writes of objects fail:
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
export function usable(key: string, { Arn, KeyState }: KeyMetadata): KeyResolution {
  if (Arn !== undefined && KeyState === "Enabled") return { arn: Arn };
  const help = KeyState === "PendingDeletion" ? "cancel its deletion and enable it" : "enable it";
  const message = `KMS key '${key}' is ${KeyState ?? "in no known state"}, so that objects can be neither read nor written: ${help}, or name another key`;
  return { failure: { reason: REASON.kmsKeyNotUsable, message, terminal: true, retryAfterMs: DELAY_MS.key } };
}

/** The condition `KeyUsable`: whether the key can encrypt and decrypt objects. */
export function usability(key: KeyResolution, spec: S3BucketSpec): Omit<ConditionDetail<Reason>, "type"> {
  if (key.failure !== undefined) {
    const { reason, message, terminal } = key.failure;
    return { status: terminal === true || reason === "AccessDenied" ? "False" : "Unknown", reason, message };
  }
  const { arn, unseen, changes = [] } = key;
  if (unseen !== undefined) return { status: "Unknown", reason: "AccessDenied", message: unseen };
  if (arn !== undefined)
    return { status: "True", reason: "Succeeded", message: `KMS key '${arn}' can be used${cloudFrontAdvice(spec)}` };
  const alias = changes.map(({ desired }) => `'${desired}' `).join("");
  return { status: "False", reason: REASON.changesPlanned, message: `Observe mode: KMS key ${alias}would be created` };
}

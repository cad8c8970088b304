import type { KeyMetadata } from "@aws-sdk/client-kms";
import { REASON } from "../../api/reasons.ts";
import type { ConditionDetail } from "../../kube/conditions.ts";
import type { Failure } from "../../kube/outcome.ts";
import type { Change } from "../../reconcile/change.ts";

/** What came of `spec.encryption.kmsKey`. */
export type KeyResolution = KnownKey | { arn?: never; failure: Failure; changes?: never };

interface KnownKey {
  /** What S3 is to be told. Undefined: no key is asked for, and S3 takes the account's own; or, with `mode: Observe`, it is yet to be made. */
  arn: string | undefined;
  failure?: never;
  /** Why nobody knows whether the key can be used: it is another account's, which may not let us look. */
  unseen?: string;
  /** With `mode: Observe`: what would be done to the managed key. */
  changes?: Change[];
}

/** A key that is unusable, or out of our reach, is for a person to mend, perhaps right now. */
export const KEY_RETRY_MS = 120_000;

/** In any other state than Enabled every read and write of objects fails: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
export function usable(key: string, { Arn, KeyState }: KeyMetadata): KeyResolution {
  if (Arn !== undefined && KeyState === "Enabled") return { arn: Arn };
  const help = KeyState === "PendingDeletion" ? "cancel its deletion and enable it" : "enable it";
  const message = `KMS key '${key}' is ${KeyState ?? "in no known state"}, so that objects can be neither read nor written: ${help}, or name another key`;
  return { failure: { reason: REASON.kmsKeyNotUsable, message, terminal: true, retryAfterMs: KEY_RETRY_MS } };
}

/** Whether objects can be read and written with the key, as the condition `KeyUsable` says it. Unknown where KMS has not told. */
export function usability(key: KeyResolution): Omit<ConditionDetail, "type"> {
  if (key.failure !== undefined) {
    const { reason, message, terminal } = key.failure;
    return { status: terminal === true || reason === "AccessDenied" ? "False" : "Unknown", reason, message };
  }
  const { arn, unseen, changes = [] } = key;
  if (unseen !== undefined) return { status: "Unknown", reason: "AccessDenied", message: unseen };
  if (arn !== undefined) return { status: "True", reason: "Succeeded", message: `KMS key '${arn}' can be used` };
  const alias = changes.map(({ desired }) => `'${desired}' `).join("");
  return { status: "False", reason: REASON.changesPlanned, message: `Observe mode: KMS key ${alias}would be created` };
}

/** Key states: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */

import { AwsError } from "../errors.ts";
import type { Key } from "../state.ts";
import { findKey } from "./find-key.ts";
import { text, type KmsAction } from "./route.ts";

const DAY_MS = 86_400_000;

export const keyStateActions: KmsAction[] = [
  {
    operation: "EnableKey",
    write: true,
    parameters: ["KeyId"],
    handle: (input, context) => {
      const key = findKey(text(input, "KeyId"), context);
      refusePending(key);
      key.state = "Enabled";
      return {};
    },
  },
  {
    operation: "DisableKey",
    write: true,
    parameters: ["KeyId"],
    handle: (input, context) => {
      const key = findKey(text(input, "KeyId"), context);
      refusePending(key);
      key.state = "Disabled";
      return {};
    },
  },
  {
    operation: "ScheduleKeyDeletion",
    write: true,
    parameters: ["KeyId", "PendingWindowInDays"],
    handle: (input, context) => {
      const key = findKey(text(input, "KeyId"), context);
      const days = Number(input["PendingWindowInDays"] ?? 30);
      refusePending(key);
      if (!Number.isInteger(days) || days < 7 || days > 30) {
        throw new AwsError(400, "ValidationException", "PendingWindowInDays must be between 7 and 30");
      }
      key.state = "PendingDeletion";
      key.deletionDate = context.world.now() + days * DAY_MS;
      return { KeyId: key.arn, KeyState: key.state, DeletionDate: key.deletionDate / 1000, PendingWindowInDays: days };
    },
  },
  {
    // A key whose deletion is cancelled stays disabled.
    operation: "CancelKeyDeletion",
    write: true,
    parameters: ["KeyId"],
    handle: (input, context) => {
      const key = findKey(text(input, "KeyId"), context);
      if (key.state !== "PendingDeletion") throw invalidState(`${key.arn} is not pending deletion.`);
      key.state = "Disabled";
      key.deletionDate = undefined;
      return { KeyId: key.arn };
    },
  },
];

/** Throws KMSInvalidStateException for a key pending deletion. */
export function refusePending(key: Key): void {
  if (key.state === "PendingDeletion") throw invalidState(`${key.arn} is pending deletion.`);
}

/** Throws KMSInvalidStateException or DisabledException. */
export function refuseNotEnabled(key: Key): void {
  refusePending(key);
  if (key.state === "Disabled") throw new AwsError(400, "DisabledException", `${key.arn} is disabled.`);
}

function invalidState(message: string): AwsError {
  return new AwsError(400, "KMSInvalidStateException", message);
}

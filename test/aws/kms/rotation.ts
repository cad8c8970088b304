/** Automatic rotation: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html */

import { AwsError } from "../errors.ts";
import type { Key } from "../state.ts";
import { findKey } from "./find-key.ts";
import { refuseNotEnabled } from "./key-states.ts";
import { text, type KmsAction, type KmsContext, type KmsInput } from "./route.ts";

const DAY_MS = 86_400_000;
const USUAL_DAYS = 365;
const MIN_DAYS = 90;
const MAX_DAYS = 2560;

export const rotationActions: KmsAction[] = [
  {
    operation: "EnableKeyRotation",
    write: true,
    parameters: ["KeyId", "RotationPeriodInDays"],
    handle: (input, context) => {
      const key = rotatableKey(input, context);
      const days = Number(input["RotationPeriodInDays"] ?? USUAL_DAYS);
      if (!Number.isInteger(days) || days < MIN_DAYS || days > MAX_DAYS) {
        const message = `RotationPeriodInDays must be between ${MIN_DAYS} and ${MAX_DAYS}`;
        throw new AwsError(400, "ValidationException", message);
      }
      key.rotationPeriodInDays = days;
      return {};
    },
  },
  {
    operation: "DisableKeyRotation",
    write: true,
    parameters: ["KeyId"],
    handle: (input, context) => {
      rotatableKey(input, context).rotationPeriodInDays = undefined;
      return {};
    },
  },
  {
    operation: "GetKeyRotationStatus",
    write: false,
    parameters: ["KeyId"],
    handle: (input, context) => status(findKey(text(input, "KeyId"), context), context),
  },
];

/** A key pending deletion is not rotated. A disabled key keeps its setting. */
function status({ id, state, rotationPeriodInDays: days }: Key, { world }: KmsContext): object {
  if (days === undefined || state === "PendingDeletion") return { KeyId: id, KeyRotationEnabled: false };
  const next = (world.now() + days * DAY_MS) / 1000;
  return { KeyId: id, KeyRotationEnabled: true, RotationPeriodInDays: days, NextRotationDate: next };
}

/** Refuses AWS managed keys: AWS decides on their rotation. */
function rotatableKey(input: KmsInput, context: KmsContext): Key {
  const key = findKey(text(input, "KeyId"), context);
  if (key.manager === "AWS") {
    throw new AwsError(400, "UnsupportedOperationException", `${key.arn} is managed by AWS.`);
  }
  refuseNotEnabled(key);
  return key;
}

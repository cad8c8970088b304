import { EnableKeyRotationCommand, GetKeyRotationStatusCommand, type KeyMetadata } from "@aws-sdk/client-kms";
import { keyArnOf } from "../../aws/arn.ts";
import { throwFailure } from "../../reconcile/aws-failure.ts";
import type { KeyClient } from "./key-client.ts";

/** KMS's default: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html */
export const DEFAULT_ROTATION_DAYS = 365;

/** Days between two rotations; undefined if rotation is off. */
export async function rotationOf(client: KeyClient, { KeyId = "" }: KeyMetadata): Promise<number | undefined> {
  const { kms, options } = client;
  const command = new GetKeyRotationStatusCommand({ KeyId });
  const denied = throwFailure("kms:GetKeyRotationStatus", keyArnOf(client, KeyId));
  const { KeyRotationEnabled, RotationPeriodInDays } = await kms.send(command, options).catch(denied);
  return KeyRotationEnabled === true ? (RotationPeriodInDays ?? DEFAULT_ROTATION_DAYS) : undefined;
}

/** Enables rotation, or changes its period. */
export async function enableRotation(client: KeyClient, { KeyId = "" }: KeyMetadata, days: number): Promise<void> {
  const { kms, options } = client;
  const command = new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: days });
  await kms.send(command, options).catch(throwFailure("kms:EnableKeyRotation", keyArnOf(client, KeyId)));
}

import { EnableKeyRotationCommand, GetKeyRotationStatusCommand, type KeyMetadata } from "@aws-sdk/client-kms";
import { keyArnOf } from "../../aws/arn.ts";
import { applyParts, readBack } from "../../reconcile/apply.ts";
import { throwFailure } from "../../reconcile/aws-failure.ts";
import { compare } from "../../reconcile/change.ts";
import type { History } from "../../reconcile/history.ts";
import { failed } from "../../reconcile/outcome.ts";
import type { Part, PartResult } from "../../reconcile/part.ts";
import type { SettingResult } from "../apply.ts";
import type { KeyClient } from "./key-client.ts";
import type { KeyResolution } from "./resolution.ts";

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

/**
 * `actual`: see {@link rotationOf}. Below the setting `encryption`. A part for each key: what was written to another key
 * must not delay the rotation of a new one, since a key without rotation counts as unused.
 */
export function rotationPart(keyId: string | undefined, desired: number, actual: number | undefined): Part {
  const path = "kmsKey.managed.rotationPeriodInDays";
  const [wanted, seen] = [desired, actual].map((days) => (days === undefined ? undefined : `${days}`));
  return { name: `rotation of ${keyId}`, desired, changes: compare(path, wanted, seen) };
}

/** Writes a difference and reads it back, as for any other part. Throws an OutcomeError if KMS refuses. */
export async function keepRotation(
  client: KeyClient,
  key: KeyMetadata,
  { desired, changes }: Part,
  history: History,
  uid: string,
): Promise<PartResult> {
  const days = Number(desired);
  const part = { ...rotationPart(key.KeyId, days, undefined), changes };
  const written = await applyParts([part], () => enableRotation(client, key, days), history, uid);
  const isSettling = written.some(({ state }) => state === "Settling");
  const seen = isSettling ? [rotationPart(key.KeyId, days, await rotationOf(client, key))] : [];
  const [result = { part, state: "InSync" }] = readBack(written, seen, history, uid);
  if (result.failure !== undefined) throw failed(result.failure);
  return result;
}

/** Reports a rotation that is not as declared with the setting that it belongs to. */
export function withRotation(results: SettingResult[], { rotation }: KeyResolution): SettingResult[] {
  if (rotation === undefined) return results;
  return results.map((result) =>
    result.part.name === "encryption" && result.state === "InSync"
      ? { part: { ...result.part, changes: rotation.part.changes }, state: rotation.state }
      : result,
  );
}

/** Enables rotation, or changes its period. */
async function enableRotation(client: KeyClient, { KeyId = "" }: KeyMetadata, days: number): Promise<void> {
  const { kms, options } = client;
  const command = new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: days });
  await kms.send(command, options).catch(throwFailure("kms:EnableKeyRotation", keyArnOf(client, KeyId)));
}

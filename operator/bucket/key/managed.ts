import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyRotationStatusCommand,
  type KeyMetadata,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import type { ManagedKey } from "../../api/types.ts";
import { REASON } from "../../api/reasons.ts";
import { type Owner, ownershipOf, ownershipTags } from "../ownership.ts";
import { Failed } from "../stop.ts";
import { describeKey } from "./describe.ts";
import { findOwnedKeys, keyTags } from "./find.ts";
import type { KeyClient } from "./key-client.ts";

/** A key that the operator makes for one S3Bucket, and what is known of it from before. */
export interface ManagedKeyRequest {
  spec: ManagedKey;
  owner: Owner;
  /** ARN of the key that the bucket had so far. */
  known: string | undefined;
  /** An earlier reconcile set out to create or revive the key, and did not see the end of it. */
  workBegun: boolean;
  /** Puts on record that the key is about to be created or revived; resolves when that is safe in status. */
  beginWork(): Promise<void>;
  /** Nothing may be written. */
  observe: boolean;
}

/** KMS's own default. */
const DEFAULT_ROTATION_DAYS = 365;
/** The shortest that KMS allows; for keys that nothing was ever encrypted with. */
const MIN_WINDOW_DAYS = 7;
const RETRY_MS = 600_000;

/** Aliases are of letters, digits and "/_-": a name's dots become underscores, which Kubernetes names do not have. */
export function managedAlias({ alias }: ManagedKey, { cluster, namespace, name }: Owner): string {
  return alias ?? `alias/s3-operator/${cluster}/${namespace}/${name.replaceAll(".", "_")}`;
}

/**
 * The managed key, made if need be: found by its alias, and if that was never given, by its tags. CreateKey is not idempotent, so that the
 * intent goes on record first, and after a try of unknown outcome all keys are searched for the one that it may have made.
 * Undefined: there is none, and nothing may be written.
 */
export async function ensureManagedKey(
  client: KeyClient,
  request: ManagedKeyRequest,
): Promise<KeyMetadata | undefined> {
  const alias = managedAlias(request.spec, request.owner);
  const found = await describeKey(client, alias);
  if (found !== undefined) await checkOwner(client, request, alias, found);
  if (request.observe) return found;
  const key = await reviveKey(client, request, found ?? (await makeKey(client, request, alias)));
  await ensureRotation(client, request.spec, key);
  return key;
}

async function checkOwner(
  client: KeyClient,
  { owner }: ManagedKeyRequest,
  alias: string,
  found: KeyMetadata,
): Promise<void> {
  if (ownershipOf(await keyTags(client, idOf(found)), owner) === "Ours") return;
  const message = `KMS alias '${alias}' belongs to a key that is not tagged as this object's: set encryption.kmsKey.managed.alias to another one, or use the key by encryption.kmsKey.alias`;
  throw new Failed({ reason: REASON.kmsAliasTaken, message, terminal: true, retryAfterMs: RETRY_MS });
}

/** A key that has lost its alias, or never got it, is given it before another one is made. */
async function makeKey(client: KeyClient, request: ManagedKeyRequest, alias: string): Promise<KeyMetadata> {
  const { kms, options } = client;
  const lost = await findLostKeys(client, request);
  if (!request.workBegun) await request.beginWork();
  const [keyId = "", ...surplus] = lost.length > 0 ? lost : await createKey(client, request.owner);
  await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: keyId }), options);
  for (const KeyId of surplus) {
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: MIN_WINDOW_DAYS }), options);
  }
  const key = await describeKey(client, keyId);
  if (key === undefined) throw new Error("KMS does not know the key that it has just made");
  return key;
}

async function findLostKeys(client: KeyClient, { owner, known, workBegun }: ManagedKeyRequest): Promise<string[]> {
  if (known !== undefined) {
    const key = await describeKey(client, known);
    if (key !== undefined && ownershipOf(await keyTags(client, idOf(key)), owner) === "Ours") return [idOf(key)];
  }
  return workBegun ? findOwnedKeys(client, owner) : [];
}

/**
 * The new key's id, and those of twins: where the SDK had to try more than once, each try may have made a key.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html; without a Policy IAM decides who may use it, and nobody is locked out.
 */
async function createKey(client: KeyClient, owner: Owner): Promise<string[]> {
  const { kms, options } = client;
  const tags = Object.entries(ownershipTags(owner, "Created")).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
  const command = new CreateKeyCommand({ Description: `S3Bucket ${owner.namespace}/${owner.name}`, Tags: tags });
  const { KeyMetadata, $metadata } = await kms.send(command, options);
  const id = idOf(KeyMetadata);
  if (($metadata.attempts ?? 1) === 1) return [id];
  return [id, ...(await findOwnedKeys(client, owner)).filter((other) => other !== id)];
}

/**
 * The manifest is back, and with it the wish for the key. A key that somebody disabled stays so; but cancelling a deletion leaves it disabled too:
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html
 */
async function reviveKey(client: KeyClient, request: ManagedKeyRequest, key: KeyMetadata): Promise<KeyMetadata> {
  const { kms, options } = client;
  const KeyId = idOf(key);
  const halfRevived = key.KeyState === "Disabled" && request.workBegun;
  if (key.KeyState !== "PendingDeletion" && !halfRevived) return key;
  if (!request.workBegun) await request.beginWork();
  if (key.KeyState === "PendingDeletion") await kms.send(new CancelKeyDeletionCommand({ KeyId }), options);
  await kms.send(new EnableKeyCommand({ KeyId }), options);
  return (await describeKey(client, KeyId)) ?? key;
}

async function ensureRotation(client: KeyClient, spec: ManagedKey, key: KeyMetadata): Promise<void> {
  const { kms, options } = client;
  if (key.KeyState !== "Enabled") return;
  const KeyId = idOf(key);
  const wanted = spec.rotationPeriodInDays ?? DEFAULT_ROTATION_DAYS;
  const status = await kms.send(new GetKeyRotationStatusCommand({ KeyId }), options);
  if (status.KeyRotationEnabled === true && (status.RotationPeriodInDays ?? DEFAULT_ROTATION_DAYS) === wanted) return;
  await kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: wanted }), options);
}

function idOf(key: KeyMetadata | undefined): string {
  const KeyId = key?.KeyId;
  if (KeyId === undefined) throw new Error("KMS described a key without its id");
  return KeyId;
}

import {
  CreateAliasCommand,
  CreateKeyCommand,
  ScheduleKeyDeletionCommand,
  type KeyMetadata,
} from "@aws-sdk/client-kms";
import { ownershipTags, type Owner } from "../../api/ownership.ts";
import { REASON } from "../../api/reasons.ts";
import { keyArnOf } from "../../aws/arn.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import { throwFailure } from "../../reconcile/aws-failure.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import { failed } from "../../reconcile/outcome.ts";
import { describeKey } from "./describe.ts";
import { findOwnKeys, isOwnKey } from "./find.ts";
import type { KeyClient } from "./key-client.ts";
import { rotationOf } from "./rotation.ts";

/** The shortest window that KMS allows, for keys that never encrypted anything. */
const MIN_WINDOW_DAYS = 7;

/**
 * Creates a key with its owner's tags. If the SDK retried, each attempt may have created a key: only one is kept. KMS
 * adds its default policy, which lets IAM policies decide.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
 */
export async function createKey(client: KeyClient, owner: Owner): Promise<KeyMetadata> {
  const { kms, options } = client;
  const Tags = Object.entries(ownershipTags(owner, "Created")).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
  const command = new CreateKeyCommand({ Description: `S3Bucket ${owner.namespace}/${owner.name}`, Tags });
  const denied = throwFailure("kms:CreateKey and kms:TagResource", "*");
  const { KeyMetadata: made, $metadata } = await kms.send(command, options).catch(denied);
  if (made?.KeyId === undefined) throw new Error("KMS created a key without an id");
  if (($metadata.attempts ?? 1) === 1) return made;
  const others = (await findOwnKeys(client, owner)).filter(({ KeyId }) => KeyId !== made.KeyId);
  return keepOne(client, made, others);
}

/** Keeps one of several keys without an alias, and schedules the deletion of the others that were never used. */
export async function keepOne(
  client: KeyClient,
  first: KeyMetadata,
  others: readonly KeyMetadata[],
): Promise<KeyMetadata> {
  if (others.length === 0) return first;
  const keys = [first, ...others];
  const used = await Promise.all(keys.map((key) => wasUsed(client, key)));
  const kept = keys[used.indexOf(true)] ?? first;
  const surplus = keys.filter((key, index) => key !== kept && used[index] === false);
  for (const key of surplus) await discard(client, key);
  return kept;
}

/** Creates the alias, and returns the key that has it then, which may be one of a concurrent reconcile. */
export async function nameKey(client: KeyClient, alias: string, key: KeyMetadata, owner: Owner): Promise<KeyMetadata> {
  const { kms, options } = client;
  try {
    await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: key.KeyId }), options);
    return key;
  } catch (error) {
    if (awsErrorKind(error) !== "AlreadyExists") {
      return throwFailure("kms:CreateAlias", `${keyArnOf(client, alias)} and ${key.Arn}`)(error);
    }
    const named = await describeKey(client, alias);
    // An earlier attempt of this call may have succeeded without its answer arriving.
    if (named === undefined || named.KeyId === key.KeyId) return key;
    if (!(await wasUsed(client, key))) await discard(client, key);
    await refuseForeignKey(client, alias, named, owner);
    return named;
  }
}

/** Throws an OutcomeError, which does not reveal the key's owner, if the alias names a key of another owner. */
export async function refuseForeignKey(
  client: KeyClient,
  alias: string,
  { KeyId = "" }: KeyMetadata,
  owner: Owner,
): Promise<void> {
  if (await isOwnKey(client, KeyId, owner)) return;
  const message =
    `KMS alias '${alias}' names a key that is not tagged as this object's: ` +
    "set another encryption.kmsKey.managed.alias, or use that key with encryption.kmsKey.alias";
  throw failed({ reason: REASON.kmsAliasTaken, message, terminal: true, retryAfterMs: DELAY_MS.takenAlias });
}

/** The operator enables rotation before S3 gets the key, so a key without rotation never encrypted anything. */
export async function wasUsed(client: KeyClient, key: KeyMetadata): Promise<boolean> {
  return (await rotationOf(client, key)) !== undefined;
}

/** For a key that was never used. */
export async function discard(client: KeyClient, key: KeyMetadata): Promise<void> {
  await scheduleDeletion(client, key, MIN_WINDOW_DAYS);
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html */
export async function scheduleDeletion(
  client: KeyClient,
  { KeyId = "" }: KeyMetadata,
  PendingWindowInDays: number,
): Promise<Date | undefined> {
  const { kms, options } = client;
  const command = new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays });
  const denied = throwFailure("kms:ScheduleKeyDeletion", keyArnOf(client, KeyId));
  return (await kms.send(command, options).catch(denied)).DeletionDate;
}

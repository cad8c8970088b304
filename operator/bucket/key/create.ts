import {
  CreateAliasCommand,
  CreateKeyCommand,
  type KeyMetadata,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { REASON } from "../../api/reasons.ts";
import { keyArnOf } from "../../aws/arn.ts";
import { awsErrorKind } from "../../aws/errors.ts";
import { failWith } from "../../reconcile/aws-failure.ts";
import { type Owner, ownershipTags } from "../../api/ownership.ts";
import { failed } from "../../reconcile/outcome.ts";
import { describeKey } from "./describe.ts";
import { findOwnKeys, isOwnKey } from "./find.ts";
import type { KeyClient } from "./key-client.ts";
import { rotationOf } from "./rotation.ts";

/** The shortest that KMS allows; for keys that nothing was ever encrypted with. */
const MIN_WINDOW_DAYS = 7;
const TAKEN_RETRY_MS = 600_000;

/**
 * A new key with its owner's tags. Where the SDK had to try more than once, each try may have made one: one of them is kept.
 * Without a Policy KMS gives it the one by which IAM decides, so that nobody is locked out.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
 */
export async function createKey(client: KeyClient, owner: Owner): Promise<KeyMetadata> {
  const { kms, options } = client;
  const Tags = Object.entries(ownershipTags(owner, "Created")).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
  const command = new CreateKeyCommand({ Description: `S3Bucket ${owner.namespace}/${owner.name}`, Tags });
  const denied = failWith("kms:CreateKey and kms:TagResource", "*");
  const { KeyMetadata: made, $metadata } = await kms.send(command, options).catch(denied);
  if (made?.KeyId === undefined) throw new Error("KMS created a key without an id");
  if (($metadata.attempts ?? 1) === 1) return made;
  const others = (await findOwnKeys(client, owner)).filter(({ KeyId }) => KeyId !== made.KeyId);
  return keepOne(client, made, others);
}

/** Of several keys without an alias, one; the others go, but for those that objects may have been encrypted with. */
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

/**
 * Gives a key its alias, and returns the key that then has it: somebody may have been faster. Throws an OutcomeError where that key is not the owner's.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
 */
export async function nameKey(client: KeyClient, alias: string, key: KeyMetadata, owner: Owner): Promise<KeyMetadata> {
  const { kms, options } = client;
  try {
    await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: key.KeyId }), options);
    return key;
  } catch (error) {
    if (awsErrorKind(error) !== "AlreadyExists") {
      return failWith("kms:CreateAlias", `${keyArnOf(client, alias)} and ${key.Arn}`)(error);
    }
    const holder = await describeKey(client, alias);
    // It may be an earlier try of this very call whose answer was lost.
    if (holder === undefined || holder.KeyId === key.KeyId) return key;
    if (!(await wasUsed(client, key))) await discard(client, key);
    await refuseForeignKey(client, alias, holder, owner);
    return holder;
  }
}

/** Throws an OutcomeError where the alias stands for a key that is not the owner's. Does not say whose it is. */
export async function refuseForeignKey(
  client: KeyClient,
  alias: string,
  { KeyId = "" }: KeyMetadata,
  owner: Owner,
): Promise<void> {
  if (await isOwnKey(client, KeyId, owner)) return;
  const message =
    `KMS alias '${alias}' belongs to a key that is not tagged as this object's: ` +
    "set encryption.kmsKey.managed.alias to another one, or use that key by encryption.kmsKey.alias";
  throw failed({ reason: REASON.kmsAliasTaken, message, terminal: true, retryAfterMs: TAKEN_RETRY_MS });
}

/** S3 is told of a key only after its rotation was turned on: without it, nothing was ever encrypted with it. */
export async function wasUsed(client: KeyClient, key: KeyMetadata): Promise<boolean> {
  return (await rotationOf(client, key)) !== undefined;
}

/** For a key that was never used. */
export async function discard(client: KeyClient, { KeyId = "" }: KeyMetadata): Promise<void> {
  const { kms, options } = client;
  const command = new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: MIN_WINDOW_DAYS });
  await kms.send(command, options).catch(failWith("kms:ScheduleKeyDeletion", keyArnOf(client, KeyId)));
}

import { type KeyMetadata, ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";
import type { ManagedKey, S3Bucket } from "../../api/types.ts";
import { REASON } from "../../api/reasons.ts";
import { isThere, resolveIfEver } from "./own-bucket.ts";
import type { BucketContext, BucketDependencies } from "../dependencies.ts";
import { failWith } from "../../reconcile/aws-failure.ts";
import { waiting } from "../../reconcile/outcome.ts";
import type { Target } from "../target.ts";
import { discard, wasUsed } from "../key/create.ts";
import { describeKey } from "../key/describe.ts";
import { findOwnKey, findOwnKeys, isOwnKey } from "../key/find.ts";
import { keyClient, type KeyClient } from "../key/key-client.ts";
import { managedAlias } from "../key/managed.ts";

const IN_USE_RECHECK_MS = 300_000;

/**
 * Schedules the managed key of a bucket that is gone for deletion, where the spec asks for that. A bucket that is still there, such as one that is
 * no longer tagged as ours, keeps its key: without it, nobody could read what is in it. Throws an OutcomeError as long as another S3Bucket uses the key.
 */
export async function retireKey(dependencies: BucketDependencies, context: BucketContext): Promise<void> {
  const { object, signal, event } = context;
  const managed = object.spec.encryption?.kmsKey?.managed;
  if (managed?.deletionWindowInDays === undefined) return;
  const target = await resolveIfEver(dependencies, object, signal);
  if (target === undefined) return;
  const { session, bucket } = target;
  if (await isThere(bucket, object.status?.arn === bucket.arn)) return announceKept(context, target);
  await context.ensureCurrent();
  const client = keyClient(session, bucket.region, signal);
  if (object.status?.managedKey?.workBegun === true) await discardUnused(client, target, managed);
  const key = await findKey(client, target, managed, object.status?.kmsKeyArn);
  if (key?.Arn === undefined) return;
  refuseWhileUsed(key.Arn, usersOf(key.Arn, object, client, dependencies.knownBuckets()));
  const date = await scheduleDeletion(client, key, managed.deletionWindowInDays);
  event({
    type: "Warning",
    reason: REASON.kmsKeyScheduledForDeletion,
    action: "Delete",
    note: `KMS key '${key.Arn}' is deleted on ${date}, unless the same manifest is applied again before that`,
  });
}

function announceKept({ event }: BucketContext, { bucket }: Target): void {
  const note = `Bucket '${bucket.name}' is still there, and not this object's: its KMS key is not scheduled for deletion`;
  event({ type: "Warning", reason: REASON.kmsKeyKept, action: "Delete", note });
}

/** Keys of a creation that never came to its end; nobody would find them later. */
async function discardUnused(client: KeyClient, { owner }: Target, managed: ManagedKey): Promise<void> {
  const named = await describeKey(client, managedAlias(managed, owner));
  for (const key of await findOwnKeys(client, owner)) {
    if (key.KeyId !== named?.KeyId && !(await wasUsed(client, key))) await discard(client, key);
  }
}

/** By its alias, or, if somebody took that away, by its ARN. */
async function findKey(
  client: KeyClient,
  { owner }: Target,
  managed: ManagedKey,
  known: string | undefined,
): Promise<KeyMetadata | undefined> {
  const named = await describeKey(client, managedAlias(managed, owner));
  if (named?.KeyId !== undefined && (await isOwnKey(client, named.KeyId, owner))) return named;
  return known === undefined ? undefined : findOwnKey(client, known, owner);
}

/** S3Buckets in the key's account that have it, or name it anywhere in their spec. */
function usersOf(
  keyArn: string,
  { metadata }: S3Bucket,
  { accountId }: KeyClient,
  known: readonly S3Bucket[],
): S3Bucket[] {
  return known
    .filter((other) => other.metadata.uid !== metadata.uid)
    .filter(
      ({ status, spec }) =>
        status?.kmsKeyArn === keyArn || (status?.accountId === accountId && JSON.stringify(spec).includes(keyArn)),
    );
}

/** Does not say whose buckets they are: the reader may have no business in those namespaces. */
function refuseWhileUsed(keyArn: string, users: readonly S3Bucket[]): void {
  if (users.length === 0) return;
  const message =
    `The bucket is gone; its KMS key '${keyArn}' is not scheduled for deletion as long as ${users.length} other S3Bucket(s) use it: ` +
    "have them use another key, or remove deletionWindowInDays to keep it";
  throw waiting(REASON.kmsKeyInUse, message, IN_USE_RECHECK_MS);
}

/** The day on which the key goes. https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html */
async function scheduleDeletion(client: KeyClient, key: KeyMetadata, days: number): Promise<string> {
  const { kms, options } = client;
  const { KeyId, Arn = "", KeyState } = key;
  const command = new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: days });
  // An earlier try may have done it, whose answer was lost.
  const { DeletionDate } =
    KeyState === "PendingDeletion"
      ? key
      : await kms.send(command, options).catch(failWith("kms:ScheduleKeyDeletion", Arn));
  return DeletionDate?.toISOString().slice(0, 10) ?? "an unknown day";
}

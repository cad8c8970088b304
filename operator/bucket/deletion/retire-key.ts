import type { KeyMetadata } from "@aws-sdk/client-kms";
import { REASON } from "../../api/reasons.ts";
import type { ManagedKey, S3Bucket } from "../../api/types.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import { waiting } from "../../reconcile/outcome.ts";
import type { BucketContext, BucketDependencies } from "../dependencies.ts";
import { discard, scheduleDeletion, wasUsed } from "../key/create.ts";
import { describeKey } from "../key/describe.ts";
import { findOwnKey, findOwnKeys, isOwnKey } from "../key/find.ts";
import { keyClient, type KeyClient } from "../key/key-client.ts";
import { managedAlias } from "../key/managed.ts";
import type { Target } from "../target.ts";
import { isThere, resolveIfEver } from "./own-bucket.ts";

/** Schedules the deletion of the managed key if the spec asks for it, and bucket and other users are gone. */
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
  // An earlier attempt may have succeeded without its answer arriving.
  const isScheduled = key.KeyState === "PendingDeletion";
  const date = isScheduled ? key.DeletionDate : await scheduleDeletion(client, key, managed.deletionWindowInDays);
  event({
    type: "Warning",
    reason: REASON.kmsKeyScheduledForDeletion,
    action: "Delete",
    note: `KMS key '${key.Arn}' will be deleted on ${date?.toISOString().slice(0, 10) ?? "an unknown day"}, unless the same manifest is applied again before`,
  });
}

function announceKept({ event }: BucketContext, { bucket }: Target): void {
  const note = `Bucket '${bucket.name}' still exists, and is not this object's: its KMS key is not scheduled for deletion`;
  event({ type: "Warning", reason: REASON.kmsKeyKept, action: "Delete", note });
}

/** Keys of an incomplete creation, which no later reconcile would find. */
async function discardUnused(client: KeyClient, { owner }: Target, managed: ManagedKey): Promise<void> {
  const named = await describeKey(client, managedAlias(managed, owner));
  for (const key of await findOwnKeys(client, owner)) {
    if (key.KeyId !== named?.KeyId && !(await wasUsed(client, key))) await discard(client, key);
  }
}

/** Finds the key by its alias, or, if that is gone, by the ARN in status. */
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

/** Other S3Buckets in the key's account that use it, or name it anywhere in their spec. */
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

/** Does not name the other buckets: the reader may lack access to their namespaces. */
function refuseWhileUsed(keyArn: string, users: readonly S3Bucket[]): void {
  if (users.length === 0) return;
  const message =
    `The bucket is gone; its KMS key '${keyArn}' is not scheduled for deletion while ${users.length} other S3Bucket(s) use it: ` +
    "give them another key, or remove deletionWindowInDays to keep it";
  throw waiting(REASON.kmsKeyInUse, message, DELAY_MS.reference);
}

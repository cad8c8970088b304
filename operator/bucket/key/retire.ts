import { ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";
import type { S3Bucket } from "../../api/types.ts";
import { REASON } from "../../api/reasons.ts";
import { awsFailure } from "../../aws/errors.ts";
import { ownershipOf } from "../ownership.ts";
import { Failed, waiting } from "../stop.ts";
import type { Target } from "../target.ts";
import { describeKey } from "./describe.ts";
import { keyTags } from "./find.ts";
import { keyClient } from "./key-client.ts";
import { managedAlias } from "./managed.ts";

const IN_USE_RECHECK_MS = 300_000;

/** A key that is about to be deleted, and when. */
export interface RetiredKey {
  arn: string;
  deletionDate: Date | undefined;
}

/**
 * Schedules the managed key of a bucket that is gone for deletion, where the spec asks for that; undefined where it does not, or there is no such key.
 * Throws a Stop as long as another S3Bucket uses the key. https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
 */
export async function retireKey(
  { session, bucket, owner }: Target,
  { metadata, spec }: S3Bucket,
  others: readonly S3Bucket[],
  signal: AbortSignal,
): Promise<RetiredKey | undefined> {
  const managed = spec.encryption?.kmsKey?.managed;
  if (managed?.deletionWindowInDays === undefined) return undefined;
  const client = keyClient(session, bucket.region, signal);
  try {
    const key = await describeKey(client, managedAlias(managed, owner));
    if (key?.KeyId === undefined || key.Arn === undefined || key.KeyState === "PendingDeletion") return undefined;
    if (ownershipOf(await keyTags(client, key.KeyId), owner) !== "Ours") return undefined;
    refuseWhileUsed(
      key.Arn,
      others.filter((other) => other.metadata.uid !== metadata.uid),
    );
    const command = new ScheduleKeyDeletionCommand({
      KeyId: key.KeyId,
      PendingWindowInDays: managed.deletionWindowInDays,
    });
    const { DeletionDate } = await client.kms.send(command, client.options);
    return { arn: key.Arn, deletionDate: DeletionDate };
  } catch (error) {
    const failure = awsFailure(error, { action: "kms:ScheduleKeyDeletion" });
    throw failure === undefined ? error : new Failed(failure);
  }
}

/** Does not say whose buckets they are: the reader may have no business in those namespaces. */
function refuseWhileUsed(keyArn: string, others: readonly S3Bucket[]): void {
  const users = others.filter(({ status }) => status?.kmsKeyArn === keyArn);
  if (users.length === 0) return;
  const message = `KMS key '${keyArn}' is not scheduled for deletion as long as ${users.length} other S3Bucket(s) use it: have them use another key, or remove deletionWindowInDays to keep it`;
  throw waiting(REASON.kmsKeyInUse, message, IN_USE_RECHECK_MS);
}

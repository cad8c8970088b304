import { throwFailure } from "../../reconcile/aws-failure.ts";
import { failureIn } from "../../reconcile/outcome.ts";
import type { BucketContext, Contributions } from "../dependencies.ts";
import { narrowed } from "../policy/narrow.ts";
import type { Target } from "../target.ts";
import { describeKey } from "./describe.ts";
import { isOwnKey } from "./find.ts";
import { keyClient, type KeyClient } from "./key-client.ts";
import { managedAlias } from "./managed.ts";
import { readKeyPolicy, writeKeyPolicy } from "./policy.ts";

/** Removes what BucketAccesses no longer ask for from the policies of the S3Bucket's managed key, also a former one. */
export async function withdrawFromKeys(
  { object, signal }: Pick<BucketContext, "object" | "signal">,
  { session, bucket, owner }: Target,
  contributionsFor: (keyArn: string) => Contributions,
): Promise<void> {
  const { spec, status } = object;
  const managed = spec.encryption?.kmsKey?.managed;
  // No key was ever resolved. If status was wiped, the bucket policy has been narrowed, and KMS alone grants nothing.
  if (status?.kmsKeyArn === undefined) return;
  if (managed === undefined && status.managedKey?.isShared !== true) return;
  const client = keyClient(session, bucket.region, signal);
  const named = managed && (await describeKey(client, managedAlias(managed, owner)));
  // Status is only a hint where to look: the tags decide.
  const arns = new Set([named?.Arn, status.kmsKeyArn].filter((arn) => arn !== undefined));
  for (const arn of arns) await withdrawFromKey(client, arn, owner, contributionsFor(arn));
}

async function withdrawFromKey(
  client: KeyClient,
  keyArn: string,
  owner: Target["owner"],
  { keyPolicy, pausedSids }: Contributions,
): Promise<void> {
  const observed = await readKeyPolicy(client, keyArn).catch((error: unknown) => {
    if (failureIn(error)?.reason === "NotFound") return undefined;
    throw error;
  });
  if (observed === undefined) return;
  const rest = narrowed(observed, keyPolicy, pausedSids);
  if (rest === undefined || !(await isOwnKey(client, keyArn, owner))) return;
  await writeKeyPolicy(client, keyArn, rest).catch(throwFailure("kms:PutKeyPolicy", keyArn));
}

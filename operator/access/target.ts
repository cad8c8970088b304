import { identityOf } from "../account/identity.ts";
import type { Owner } from "../api/ownership.ts";
import { REASON } from "../api/reasons.ts";
import type { AWSAccount, BucketAccess, S3Bucket } from "../api/types.ts";
import type { AwsSession } from "../aws/session.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { waiting } from "../reconcile/outcome.ts";
import { bucketKeyOf } from "./consent.ts";
import type { AccessDependencies } from "./dependencies.ts";
import { encryptionContexts, formerEncryptions, recordedEncryptions } from "./policy/kms.ts";
import type { AccessBucket } from "./policy/model.ts";

/** The bucket, its account and the session that reaches it. */
export interface AccessTarget {
  account: AWSAccount;
  session: AwsSession;
  /** The owner of the role or the statements. */
  owner: Owner;
  bucket: AccessBucket;
}

/**
 * Throws an OutcomeError while the bucket is not ready or no account can be used, and the error of STS if the role
 * cannot be assumed.
 */
export async function resolveAccessTarget(
  { aws, cluster }: AccessDependencies,
  object: BucketAccess,
  account: AWSAccount,
  s3Bucket: S3Bucket,
  signal: AbortSignal,
): Promise<AccessTarget> {
  const bucket = knownBucket(s3Bucket, object);
  if (bucket === undefined || s3Bucket.metadata.deletionTimestamp !== undefined) throw notReady(object, s3Bucket);
  const session = await aws.session(identityOf(account), signal);
  return { account, session, owner: ownerOf(cluster, object), bucket: { ...bucket, accountId: session.accountId } };
}

export function ownerOf(cluster: string, { metadata: { namespace = "", name } }: BucketAccess): Owner {
  return { cluster, namespace, name };
}

/** The bucket from its status; undefined until everything about it is known. Pure. */
function knownBucket(s3Bucket: S3Bucket, access: BucketAccess): Omit<AccessBucket, "accountId"> | undefined {
  const { bucketName: name, arn, region, kmsKeyArn } = s3Bucket.status ?? {};
  if (name === undefined || arn === undefined || region === undefined) return undefined;
  if (s3Bucket.spec.encryption?.kmsKey !== undefined && kmsKeyArn === undefined) return undefined;
  return accessBucketOf(s3Bucket, access, { name, arn, region }, kmsKeyArn);
}

/**
 * `kmsKeyArn` counts until the status of the S3Bucket has another key, since S3 still encrypts with it. The operator
 * does not write the policies of former keys, so `principals` get no grant on them. Pure.
 */
export function accessBucketOf(
  { spec: { encryption }, status: { keyChange } = {} }: S3Bucket,
  { spec: { principals }, status = {} }: BucketAccess,
  { name, arn, region }: Pick<AccessBucket, "name" | "arn" | "region">,
  kmsKeyArn: string | undefined,
): Omit<AccessBucket, "accountId"> {
  const recorded = status.bucketName === name ? recordedEncryptions(status) : [];
  const inUse = keyChange?.formerKmsKeyArn;
  const former = principals === undefined ? formerEncryptions(recorded, kmsKeyArn, inUse) : [];
  if (kmsKeyArn === undefined) return { name, arn, region, formerEncryptions: former };
  const applied = recorded.find((each) => each.kmsKeyArn === kmsKeyArn)?.contexts;
  const contexts = encryptionContexts(encryption?.bucketKeyEnabled, applied);
  return { name, arn, region, encryption: { kmsKeyArn, contexts }, formerEncryptions: former };
}

function notReady(object: BucketAccess, { metadata, status }: S3Bucket): Error {
  const { namespace, name } = bucketKeyOf(object);
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const why =
    metadata.deletionTimestamp === undefined
      ? (ready?.reason ?? "it has not been reconciled yet")
      : "it is being deleted";
  const message = `Waiting for S3Bucket '${namespace}/${name}': ${why}`;
  return waiting(REASON.bucketNotReady, message, DELAY_MS.reference);
}

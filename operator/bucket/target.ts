import { identityOf } from "../account/identity.ts";
import { refusingAccount, resolveAccount, type AccountDirectory } from "../account/resolve.ts";
import type { Owner } from "../api/ownership.ts";
import { REASON } from "../api/reasons.ts";
import type { AWSAccount, S3Bucket } from "../api/types.ts";
import type { Aws, AwsSession } from "../aws/session.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { stalled, waiting } from "../reconcile/outcome.ts";
import { bucketClient, type BucketClient } from "./bucket-client.ts";
import { declaredLocation, recordedLocation, settleLocation, type Location } from "./locate.ts";
import { isBucketName } from "./naming.ts";
import type { VerifiedBuckets } from "./verified.ts";

/** The bucket of an S3Bucket, its account and the session that reaches it. */
export interface Target {
  account: AWSAccount;
  session: AwsSession;
  bucket: BucketClient;
  owner: Owner;
}

/** The part of a {@link Target} without the session. */
export interface Address extends Location {
  account: AWSAccount;
  owner: Owner;
}

export interface TargetDependencies {
  aws: Aws;
  directory: AccountDirectory;
  verified: VerifiedBuckets;
  cluster: string;
}

/** Throws an OutcomeError while no account can be used, and the error of STS where the role cannot be assumed. */
export async function resolveTarget(
  dependencies: TargetDependencies,
  object: S3Bucket,
  signal: AbortSignal,
): Promise<Target> {
  return enterAccount(dependencies, await resolveAddress(dependencies, object, signal), signal);
}

/**
 * Calls AWS only if status has another name or region than spec and account give now, and this process has not verified
 * the bucket. Throws an OutcomeError while no account can be used.
 */
export async function resolveAddress(
  dependencies: TargetDependencies,
  object: S3Bucket,
  signal: AbortSignal,
): Promise<Address> {
  const { directory, cluster } = dependencies;
  const { name, namespace = "" } = object.metadata;
  const { account, problem } = resolveAccount(directory, namespace, object.spec.accountRef?.name);
  if (problem !== undefined) throw waiting(problem.reason, problem.message, DELAY_MS.reference);
  const owner = { cluster, namespace, name };
  return { account, owner, ...(await locate(dependencies, object, account, owner, signal)) };
}

/**
 * Like {@link resolveTarget}, also where the AWSAccount no longer admits the namespace. Only to take away what was
 * granted: the tags of the bucket decide whether it is the object's.
 */
export async function resolveTargetToRevoke(
  dependencies: TargetDependencies,
  object: S3Bucket,
  signal: AbortSignal,
): Promise<Target> {
  const { name, namespace = "" } = object.metadata;
  const { directory, cluster } = dependencies;
  const account = refusingAccount(directory, namespace, object.spec.accountRef?.name);
  if (account === undefined) return resolveTarget(dependencies, object, signal);
  const owner = { cluster, namespace, name };
  const location = await locate(dependencies, object, account, owner, signal);
  return enterAccount(dependencies, { account, owner, ...location }, signal);
}

/** Throws the error of STS where the role cannot be assumed. */
export async function enterAccount(
  { aws }: Pick<TargetDependencies, "aws">,
  { account, owner, bucketName, region }: Address,
  signal: AbortSignal,
): Promise<Target> {
  const session = await aws.session(identityOf(account), signal);
  return { account, session, owner, bucket: bucketClient(session, bucketName, region, signal) };
}

/** Takes name and region from the account only once: a later change of the account must not lose the bucket. */
async function locate(
  { aws, verified }: TargetDependencies,
  object: S3Bucket,
  account: AWSAccount,
  owner: Owner,
  signal: AbortSignal,
): Promise<Location> {
  const known = verified.of(object);
  if (known?.state === "Verified" && known.accountId === account.spec.accountId)
    return { bucketName: known.name, region: known.region };
  const declared = declaredLocation(object, account, owner);
  const recorded = recordedLocation(object, declared);
  if (recorded !== undefined) {
    const session = await aws.session(identityOf(account), signal);
    const place = await settleLocation(session, owner, { recorded, declared }, signal);
    if (place === recorded) return recorded;
  }
  if (!isBucketName(declared.bucketName)) throw invalidName(declared.bucketName, account.metadata.name);
  return declared;
}

function invalidName(bucketName: string, accountName: string): Error {
  const message =
    `The naming template of AWSAccount '${accountName}' gives '${bucketName}', which S3 does not take as a bucket name: ` +
    "set spec.bucketName in a new S3Bucket, or have the template corrected";
  return stalled(REASON.invalidBucketName, message);
}

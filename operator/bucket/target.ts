import { identityOf } from "../account/identity.ts";
import { refusingAccount, resolveAccount, type AccountDirectory } from "../account/resolve.ts";
import type { Owner } from "../api/ownership.ts";
import { REASON } from "../api/reasons.ts";
import type { AWSAccount, S3Bucket } from "../api/types.ts";
import type { Aws, AwsSession } from "../aws/session.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { stalled, waiting } from "../reconcile/outcome.ts";
import { bucketClient, type BucketClient } from "./bucket-client.ts";
import { bucketNameOf, isBucketName } from "./naming.ts";

/** The bucket of an S3Bucket, its account and the session that reaches it. */
export interface Target {
  account: AWSAccount;
  session: AwsSession;
  bucket: BucketClient;
  owner: Owner;
}

/** The part of a {@link Target} that is known without a call to AWS. */
export interface Address {
  account: AWSAccount;
  owner: Owner;
  bucketName: string;
  region: string;
}

export interface TargetDependencies {
  aws: Aws;
  directory: AccountDirectory;
  cluster: string;
}

/** Throws an OutcomeError while no account can be used, and the error of STS where the role cannot be assumed. */
export async function resolveTarget(
  dependencies: TargetDependencies,
  object: S3Bucket,
  signal: AbortSignal,
): Promise<Target> {
  return enterAccount(dependencies, resolveAddress(dependencies, object), signal);
}

/** Calls no AWS API. Throws an OutcomeError while no account can be used. */
export function resolveAddress({ directory, cluster }: Omit<TargetDependencies, "aws">, object: S3Bucket): Address {
  const { name, namespace = "" } = object.metadata;
  const { account, problem } = resolveAccount(directory, namespace, object.spec.accountRef?.name);
  if (problem !== undefined) throw waiting(problem.reason, problem.message, DELAY_MS.reference);
  const owner = { cluster, namespace, name };
  return { account, owner, ...locate(object, account, owner) };
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
  return enterAccount(dependencies, { account, owner, ...locate(object, account, owner) }, signal);
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
function locate({ spec, status }: S3Bucket, account: AWSAccount, owner: Owner): Pick<Address, "bucketName" | "region"> {
  const region = spec.region ?? status?.region ?? account.spec.region;
  const parts = { ...owner, account: account.spec.accountId, region };
  const bucketName = spec.bucketName ?? status?.bucketName ?? bucketNameOf(account.spec.naming?.template, parts);
  if (!isBucketName(bucketName)) throw invalidName(bucketName, account.metadata.name);
  return { bucketName, region };
}

function invalidName(bucketName: string, accountName: string): Error {
  const message =
    `The naming template of AWSAccount '${accountName}' gives '${bucketName}', which S3 does not take as a bucket name: ` +
    "set spec.bucketName in a new S3Bucket, or have the template corrected";
  return stalled(REASON.invalidBucketName, message);
}

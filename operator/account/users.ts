import { BUCKET_ACCESSES, FINALIZER, S3_BUCKETS } from "../api/names.ts";
import type { AWSAccount, BucketAccess, S3Bucket } from "../api/types.ts";
import { admits, type AccountDirectory } from "./resolve.ts";

/** The objects that may use an AWSAccount, from the operator's watches. */
export interface UserDirectory extends AccountDirectory {
  buckets(): readonly S3Bucket[];
  accesses(): readonly BucketAccess[];
  /** The S3Bucket that the access refers to. */
  bucketOf(access: BucketAccess): S3Bucket | undefined;
}

export interface AccountUser {
  kind: string;
  namespace: string;
  name: string;
}

/** An object that has an AWSAccount of its own, named or default. */
type Referrer = S3Bucket | BucketAccess;

/**
 * The objects that use the AWSAccount, or need it for their own deletion. An object of a namespace that the account does
 * not admit counts only if it has something in the AWS account: a tenant must not hold the account by its name alone.
 */
export function* usersOf(directory: UserDirectory, account: AWSAccount): Generator<AccountUser> {
  for (const bucket of directory.buckets()) if (uses(directory, bucket, account)) yield userOf(S3_BUCKETS.kind, bucket);
  for (const access of directory.accesses()) {
    const referrer = access.spec.bucket === undefined ? directory.bucketOf(access) : access;
    const isUser = referrer !== undefined && uses(directory, referrer, account);
    if (isUser || hasLastWayTo(directory, access, account)) yield userOf(BUCKET_ACCESSES.kind, access);
  }
}

export function isInUse(directory: UserDirectory, account: AWSAccount): boolean {
  return usersOf(directory, account).next().done !== true;
}

/** Whether the object names the account, or gets it as the default, admitted or not. */
export function refersTo({ spec }: Referrer, { metadata, spec: { default: isDefault } }: AWSAccount): boolean {
  return spec.accountRef === undefined ? isDefault === true : spec.accountRef.name === metadata.name;
}

function uses(directory: AccountDirectory, object: Referrer, account: AWSAccount): boolean {
  if (!refersTo(object, account)) return false;
  const { namespace = "" } = object.metadata;
  const isAdmitted = admits(account, directory.namespace(namespace), namespace);
  if (!isAdmitted && !hasSomethingIn(object, account)) return false;
  return object.spec.accountRef !== undefined || !hasOtherDefault(directory, object, account);
}

/** Another default account reaches what the object has, so that this one can go. */
function hasOtherDefault(directory: AccountDirectory, { metadata, status }: Referrer, account: AWSAccount): boolean {
  const { namespace = "" } = metadata;
  const others = directory
    .accounts()
    .filter((other) => isOther(other, account) && other.spec.default === true)
    .filter((other) => admits(other, directory.namespace(namespace), namespace));
  const isElsewhere = status?.accountId !== account.spec.accountId;
  return others.some(({ spec }) => isElsewhere || spec.accountId === status?.accountId);
}

/** The access has roles in the AWS account, and no other AWSAccount is left by which to delete them. */
function hasLastWayTo(directory: AccountDirectory, access: BucketAccess, account: AWSAccount): boolean {
  if ((access.status?.roles ?? []).length === 0 || !hasSomethingIn(access, account)) return false;
  const { accountId } = account.spec;
  return !directory.accounts().some((other) => isOther(other, account) && other.spec.accountId === accountId);
}

function hasSomethingIn({ metadata, status }: Referrer, { spec }: AWSAccount): boolean {
  return metadata.finalizers?.includes(FINALIZER) === true && status?.accountId === spec.accountId;
}

/** An account that goes as well is no substitute. */
function isOther({ metadata }: AWSAccount, account: AWSAccount): boolean {
  return metadata.name !== account.metadata.name && metadata.deletionTimestamp === undefined;
}

function userOf(kind: string, { metadata: { namespace = "", name } }: Referrer): AccountUser {
  return { kind, namespace, name };
}

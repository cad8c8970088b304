import { identityOf } from "../account/identity.ts";
import type { Owner } from "../api/ownership.ts";
import type { AWSAccount, BucketAccess } from "../api/types.ts";
import type { AwsSession } from "../aws/session.ts";
import type { AccessDependencies } from "./dependencies.ts";
import type { AccessBucket } from "./policy/model.ts";

/** The bucket, the account of the role, and the session that reaches it. */
export interface AccessTarget {
  account: AWSAccount;
  session: AwsSession;
  /** The owner of the role or the statements. */
  owner: Owner;
  bucket: AccessBucket;
}

/** Throws the error of STS if the role cannot be assumed. */
export async function enterRoleAccount(
  { aws, cluster }: AccessDependencies,
  object: BucketAccess,
  { account, bucket }: Pick<AccessTarget, "account" | "bucket">,
  signal: AbortSignal,
): Promise<AccessTarget> {
  const session = await aws.session(identityOf(account), signal);
  return { account, session, owner: ownerOf(cluster, object), bucket };
}

export function ownerOf(cluster: string, { metadata: { namespace = "", name } }: BucketAccess): Owner {
  return { cluster, namespace, name };
}

import type { Owner } from "../api/ownership.ts";
import type { BucketAccessStatus, Grant } from "../api/types.ts";
import { parseArn } from "../aws/arn.ts";
import { MAX_POLICY_BYTES, policyBytes, type Statement } from "../aws/policy/document.ts";
import { ACCESS_SID_PREFIX } from "../bucket/policy/compose.ts";
import type { AccessContext } from "./dependencies.ts";
import { policyDocument, type AccessBucket } from "./policy/model.ts";
import { contributionOf } from "./principals/contribution.ts";
import type { AccessTarget } from "./target.ts";

/** An operator of the other account removes statements with its own prefix that no BucketAccess of its cluster asks for. */
const SID_PREFIX = "BucketAccess";

/** https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html */
const MAX_KEY_POLICY_BYTES = 32_768;

type OwnerPolicies = NonNullable<BucketAccessStatus["ownerPolicies"]>;

/** Records what the owners of bucket and key must add for the roles in the draft status. */
export function noteOwnerPolicies({ object, status }: AccessContext, { owner, account, bucket }: AccessTarget): void {
  const roleArns = (status.roles ?? []).map(({ arn }) => arn);
  const policies = ownerPolicies({ owner, accountId: account.spec.accountId, roleArns }, object.spec.grants, bucket);
  if (policies === undefined) delete status.ownerPolicies;
  else status.ownerPolicies = policies;
}

/** Whose roles get the access. */
export interface RolesAbroad {
  owner: Owner;
  /** The account of the roles. */
  accountId: string;
  roleArns: readonly string[];
}

/**
 * What other accounts must add for these roles, as policies in JSON: the owner of the bucket, and that of its key.
 * Undefined: nothing. A policy that AWS would not take is left out. Pure.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example4.html
 */
export function ownerPolicies(
  { owner, accountId, roleArns }: RolesAbroad,
  grants: readonly Grant[],
  bucket: AccessBucket,
): OwnerPolicies | undefined {
  if (roleArns.length === 0) return undefined;
  const statements = contributionOf(owner, roleArns, grants, bucket);
  const isKeyAbroad = parseArn(bucket.encryption?.kmsKeyArn ?? "")?.accountId !== accountId;
  const bucketPolicy = bucket.accountId === accountId ? undefined : policyText(statements.bucket, MAX_POLICY_BYTES);
  const keyPolicy = isKeyAbroad ? policyText(statements.key, MAX_KEY_POLICY_BYTES) : undefined;
  if (bucketPolicy === undefined && keyPolicy === undefined) return undefined;
  return { ...(bucketPolicy !== undefined && { bucketPolicy }), ...(keyPolicy !== undefined && { keyPolicy }) };
}

function policyText(statements: readonly Statement[], maxBytes: number): string | undefined {
  const renamed = statements.map(({ Sid = "", ...rest }) => ({
    Sid: Sid.replace(ACCESS_SID_PREFIX, SID_PREFIX),
    ...rest,
  }));
  const document = policyDocument(renamed);
  return statements.length === 0 || policyBytes(document) > maxBytes ? undefined : JSON.stringify(document);
}

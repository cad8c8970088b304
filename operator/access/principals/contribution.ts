import type { Owner } from "../../api/ownership.ts";
import type { Grant } from "../../api/types.ts";
import type { Statement } from "../../aws/policy/document.ts";
import { ACCESS_SID_PREFIX } from "../../bucket/policy/compose.ts";
import { hexHash } from "../../reconcile/fingerprint.ts";
import { reachOf } from "../policy/grants.ts";
import { keyStatements } from "../policy/kms.ts";
import { oneOrMany, type AccessBucket } from "../policy/model.ts";
import { bucketStatements } from "../policy/permissions.ts";

/** Enough to make it infeasible to find another name with the same Sids. */
const HASH_DIGITS = 16;

/** What a BucketAccess with `principals` adds to shared documents. */
export interface Contribution {
  /** To the bucket policy. */
  bucket: Statement[];
  /** To the policy of the bucket's managed KMS key. */
  key: Statement[];
}

/** Each statement has its own Sid, stable and different for every BucketAccess. */
export function contributionOf(
  owner: Owner,
  principals: readonly string[],
  grants: readonly Grant[],
  bucket: Pick<AccessBucket, "arn" | "region" | "encryption">,
): Contribution {
  const sid = sidPrefixOf(owner);
  const toStatement = ({ Effect, ...rest }: Statement, index: number): Statement => ({
    Sid: `${sid}${index + 1}`,
    Effect,
    Principal: { AWS: oneOrMany([...new Set(principals)].sort()) },
    ...rest,
  });
  const reach = reachOf(grants);
  const { encryption } = bucket;
  const onKey = keyStatements(reach, bucket, encryption === undefined ? [] : [encryption]);
  return {
    bucket: bucketStatements(reach, { arn: bucket.arn }).map(toStatement),
    // "*" is the key itself: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
    key: onKey.map((statement) => ({ ...statement, Resource: "*" })).map(toStatement),
  };
}

/** Prefix of the Sids of one BucketAccess's statements, and of no other's. */
export function sidPrefixOf({ cluster, namespace, name }: Owner): string {
  return `${ACCESS_SID_PREFIX}${hexHash(JSON.stringify([cluster, namespace, name]), HASH_DIGITS)}n`;
}

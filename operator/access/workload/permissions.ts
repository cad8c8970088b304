import type { BucketAccess } from "../../api/types.ts";
import type { PolicyDocument } from "../../aws/policy/document.ts";
import type { Failure } from "../../reconcile/outcome.ts";
import type { PartResult } from "../../reconcile/part.ts";
import { readPolicy } from "../policy/compare.ts";
import { keysGranted } from "../policy/keys-granted.ts";
import { byKey, formerEncryptions } from "../policy/kms.ts";
import type { AccessBucket } from "../policy/model.ts";
import { permissionsPolicy } from "../policy/permissions.ts";
import { fittingTogether, tooLong } from "../policy/size-limits.ts";
import type { Contributor } from "./contributors.ts";
import type { DesiredAssociation } from "./desired.ts";

/**
 * The inline policy of a BucketAccess. Pure.
 * @param found its present policy, see {@link withFormerKeys}
 */
export function inlinePolicyOf(
  { spec }: BucketAccess,
  bucket: AccessBucket,
  found: string | undefined,
): PolicyDocument {
  return permissionsPolicy(spec.grants, withFormerKeys(bucket, found));
}

/** A policy that the operator wrote remembers the former keys of a bucket, under which its older objects are. */
export function withFormerKeys(bucket: AccessBucket, found: string | undefined): AccessBucket {
  const granted = keysGranted(found === undefined ? undefined : readPolicy(found), bucket.arn);
  const { encryption, formerEncryptions: known } = bucket;
  const inUse = known.find((former) => former.inUse === true)?.kmsKeyArn;
  const keys = byKey([...(encryption ? [encryption] : []), ...known, ...granted]);
  const current = keys.find(({ kmsKeyArn }) => kmsKeyArn === encryption?.kmsKeyArn);
  return {
    ...bucket,
    ...(current && { encryption: current }),
    formerEncryptions: formerEncryptions(keys, encryption?.kmsKeyArn, inUse),
  };
}

/**
 * The bucket with the keys that a role's policy, or its session policy, grants. Undefined: this reconcile did not read
 * it.
 */
export function grantedBucket(bucket: AccessBucket, results: readonly PartResult[]): AccessBucket | undefined {
  const desiredOf = (part: string) => results.find(({ part: { name } }) => name === part)?.part.desired;
  const session = (desiredOf("association") as DesiredAssociation | undefined)?.policy;
  const policy = (desiredOf("permissions") as PolicyDocument | undefined) ?? session;
  return policy && withFormerKeys(bucket, JSON.stringify(policy));
}

/** The contributors whose inline policies fit into the role together. A policy of unknown length has no length. */
export function fittingMembers(
  members: readonly Contributor[],
  policyLengths: ReadonlyMap<string, number>,
): readonly Contributor[] {
  const lengthOf = ({ access }: Contributor) => policyLengths.get(access.metadata.uid ?? "") ?? 0;
  return fittingTogether("permissions", members, (some) => some.reduce((sum, each) => sum + lengthOf(each), 0));
}

/** Why the policy of a BucketAccess is not in the role: beside the `fitting` ones it has no room. */
export function noRoom(
  document: PolicyDocument,
  fitting: readonly Contributor[],
  policyLengths: ReadonlyMap<string, number>,
): Failure {
  const names = fitting.map(({ access }) => access.metadata.name);
  const length = fitting.reduce((sum, { access }) => sum + (policyLengths.get(access.metadata.uid ?? "") ?? 0), 0);
  const failure = tooLong("permissions", document, { names, length });
  if (failure === undefined) throw new Error("The policy has room");
  return failure;
}

import type { PolicyDocument } from "../../aws/policy/document.ts";
import { reachOf } from "./grants.ts";
import { joinStatements } from "./join.ts";
import { byKey } from "./kms.ts";
import { policyDocument, type AccessBucket, type BucketGrants } from "./model.ts";
import { accessStatements } from "./permissions.ts";

/**
 * The policy of a Pod Identity association, which limits the account's shared role to what all BucketAccesses of the
 * ServiceAccount grant together, in as few characters as possible. EKS requires `disableSessionTags: true` with it, so
 * a shared role cannot trust session tags. size-limits.ts has the limit.
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html
 */
export function sessionPolicy(accesses: readonly BucketGrants[]): PolicyDocument {
  const ofBuckets = Map.groupBy(accesses, ({ bucket: { arn, accountId } }) => `${arn} ${accountId}`);
  const statements = [...ofBuckets.values()].flatMap((same) =>
    accessStatements(reachOf(same.flatMap(({ grants }) => grants)), together(same.map(({ bucket }) => bucket))),
  );
  return policyDocument(joinStatements(statements));
}

/** One bucket, with the keys that any of the accesses knows. */
function together(buckets: readonly AccessBucket[]): AccessBucket {
  const [first] = buckets;
  if (first === undefined) throw new Error("at least one bucket");
  const keys = byKey(
    buckets.flatMap(({ encryption, formerEncryptions }) => [...(encryption ? [encryption] : []), ...formerEncryptions]),
  );
  const encryption = keys.find(({ kmsKeyArn }) => kmsKeyArn === first.encryption?.kmsKeyArn);
  const formerEncryptions = keys.filter((key) => key !== encryption);
  return { ...first, ...(encryption && { encryption }), formerEncryptions };
}

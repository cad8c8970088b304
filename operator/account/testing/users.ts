import type { AWSAccount, BucketAccess, S3Bucket } from "../../api/types.ts";
import type { UserDirectory } from "../users.ts";

interface Objects {
  accounts?: readonly AWSAccount[];
  buckets?: readonly S3Bucket[];
  accesses?: readonly BucketAccess[];
}

/** Namespaces exist, without labels. */
export function usersIn({ accounts = [], buckets = [], accesses = [] }: Objects): UserDirectory {
  return {
    accounts: () => accounts,
    namespace: (name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }),
    buckets: () => buckets,
    accesses: () => accesses,
    bucketOf: ({ metadata: { namespace }, spec: { bucketRef } }) =>
      buckets.find(
        ({ metadata }) =>
          metadata.name === bucketRef?.name && metadata.namespace === (bucketRef.namespace ?? namespace),
      ),
  };
}

import { API_VERSION } from "../../api/names.ts";
import type { AWSAccount, BucketAccess, BucketAccessSpec, S3Bucket } from "../../api/types.ts";
import { awsAccount, s3Bucket } from "../../bucket/testing/fixtures.ts";
import type { KubeObject } from "../../kube/object.ts";
import type { AccessDirectory } from "../dependencies.ts";

/** A BucketAccess for a ServiceAccount in the bucket's namespace, unless the parameters say otherwise. */
export function bucketAccess(
  spec: Partial<BucketAccessSpec> = {},
  metadata: Partial<KubeObject["metadata"]> = {},
  status: BucketAccess["status"] = {},
): BucketAccess {
  return {
    apiVersion: API_VERSION,
    kind: "BucketAccess",
    metadata: { namespace: "team", name: "reader", uid: "uid-1", generation: 1, ...metadata },
    spec: {
      bucketRef: { name: "docs" },
      grants: [{ prefix: "raw/", permissions: ["Read"] }],
      ...(spec.principals === undefined && { serviceAccountRefs: [{ name: "app" }] }),
      ...spec,
    },
    status,
  };
}

/** A directory of these buckets and accounts, in which every namespace exists, with its `labels`. */
export function directoryOf(
  buckets: readonly S3Bucket[] = [s3Bucket()],
  accounts: readonly AWSAccount[] = [awsAccount({ default: true })],
  labels: Record<string, Record<string, string>> = {},
): AccessDirectory {
  return {
    accounts: () => accounts,
    namespace: (name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels: labels[name] ?? {} } }),
    bucket: ({ namespace, name }) =>
      buckets.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
  };
}

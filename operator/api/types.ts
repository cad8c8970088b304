/** The operator's kinds: the types generated from crds/, as Kubernetes objects. Import them from here. */

import type { StatusObject } from "../kube/object.ts";
import type { AWSAccountSpec, AWSAccountStatus } from "./generated/awsaccount.ts";
import type { BucketAccessSpec, BucketAccessStatus } from "./generated/bucketaccess.ts";
import type { S3BucketSpec, S3BucketStatus } from "./generated/s3bucket.ts";

export type {
  AccountPublicAccessBlock,
  AllowedNamespaces,
  AWSAccountSpec,
  Guardrails,
} from "./generated/awsaccount.ts";
export type { BucketAccessSpec, BucketAccessStatus, Grant, RoleStatus, WebIdentity } from "./generated/bucketaccess.ts";
export type {
  Change,
  CorsRule,
  Drift,
  KeyChange,
  LifecycleFilter,
  LifecycleRule,
  ManagedKey,
  Policy,
  PolicyStatement,
  PolicyStatus,
  Principals,
  S3BucketSpec,
  S3BucketStatus,
  SettingStatus,
} from "./generated/s3bucket.ts";

/** One bucket in an AWS account. See docs/reference/s3bucket.md. */
export interface S3Bucket extends StatusObject<S3BucketStatus> {
  spec: S3BucketSpec;
}

/** Access of ServiceAccounts, principals or web identities to prefixes of a bucket. See docs/reference/bucketaccess.md. */
export interface BucketAccess extends StatusObject<BucketAccessStatus> {
  spec: BucketAccessSpec;
}

/** One AWS account that the operator may use, cluster-scoped. See docs/reference/awsaccount.md. */
export interface AWSAccount extends StatusObject<AWSAccountStatus> {
  spec: AWSAccountSpec;
}

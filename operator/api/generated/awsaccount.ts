/* Generated from crds/ by scripts/generate.ts. Do not edit: change the CRD and run `npm run generate`. */

/**
 * The account, the way in, and the limits.
 */
export interface AWSAccountSpec {
  /**
   * The AWS account's 12-digit id. Immutable.
   */
  accountId: string;
  /**
   * The AWS region of buckets that name none, and of the calls to STS.
   */
  region: string;
  /**
   * Whether this is the account of buckets without `accountRef`. At most one AWSAccount may say true. Absent: false.
   */
  default?: boolean;
  assumeRole?: AssumeRole;
  allowedNamespaces?: AllowedNamespaces;
  naming?: Naming;
  /**
   * Whether S3Buckets may adopt buckets that exist already. Absent: false.
   */
  allowAdoption?: boolean;
  /**
   * Values of `deletionPolicy` that S3Buckets may be deleted with. One that is deleted with another waits, its bucket untouched, until either side changes. Absent: `Retain` and `DeleteIfEmpty`.
   *
   * @minItems 1
   * @maxItems 3
   */
  allowedDeletionPolicies?: ("Retain" | "DeleteIfEmpty" | "DeleteWithContents")[];
  /**
   * Tags of every bucket in the account, by key; the bucket's own of the same key win.
   */
  tags?: {
    [k: string]: string;
  };
  guardrails?: Guardrails;
  publicAccessBlock?: AccountPublicAccessBlock;
  workloadIdentity?: WorkloadIdentity;
  iam?: Iam;
  rateLimit?: RateLimit;
}
/**
 * The role that the operator assumes to work in the account. Absent: the operator's own identity, which must be of the account.
 */
export interface AssumeRole {
  /**
   * The role's ARN.
   */
  roleArn: string;
  /**
   * The external id that the role's trust policy asks for. Absent: none.
   */
  externalId?: string;
}
/**
 * Namespaces whose objects may use the account, by exactly one of `names` and `selector`. Absent: all.
 */
export interface AllowedNamespaces {
  /**
   * Names of namespaces. Empty: none.
   *
   * @maxItems 1000
   */
  names?: string[];
  selector?: LabelSelector;
}
/**
 * Labels that the namespace must have; all of `matchLabels` and `matchExpressions` must hold. Empty: every namespace.
 */
export interface LabelSelector {
  /**
   * Labels and their values.
   */
  matchLabels?: {
    [k: string]: string;
  };
  /**
   * Requirements on labels.
   *
   * @maxItems 32
   */
  matchExpressions?: LabelSelectorRequirement[];
}
/**
 * A requirement on one label.
 */
export interface LabelSelectorRequirement {
  /**
   * The label's key.
   */
  key: string;
  /**
   * How the label relates to the values.
   */
  operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  /**
   * Values, for `In` and `NotIn`.
   *
   * @maxItems 100
   */
  values?: string[];
}
/**
 * How buckets are named.
 */
export interface Naming {
  /**
   * The name of a bucket without `bucketName`, with the placeholders `{namespace}`, `{name}`, `{cluster}`, `{account}`, `{region}` and `{hash}` (of cluster, account, namespace and name). A name longer than 63 characters is cut and ends in the hash. Absent: `{namespace}-{name}-{hash}`.
   */
  template?: string;
  /**
   * Patterns of which every bucket's name must match one, whether it comes from `bucketName` or from the template. `*` stands for any characters, `?` for one, and `{namespace}`, `{name}`, `{cluster}`, `{account}` and `{region}` for what they say. An S3Bucket of another name is refused before AWS is asked. Absent: every name.
   *
   * @minItems 1
   * @maxItems 50
   */
  allowedPatterns?: string[];
}
/**
 * Limits that no S3Bucket or BucketAccess may go beyond. One that does is `Stalled` with `GuardrailViolated`, and nothing of it is applied; what was applied before stays. Absent: no such limits.
 */
export interface Guardrails {
  /**
   * Other AWS accounts that may be let in or named: by policy statements, principals, log delivery, CloudFront distributions, KMS keys, and destinations of replication, notifications, inventory and analytics. The account itself is always allowed. Empty: no other. Absent: any.
   *
   * @maxItems 500
   */
  allowedAccounts?: string[];
  /**
   * Whether buckets may be opened to everybody: by turning off a switch of `publicAccessBlock`, by a public policy statement, or by ACLs that nothing blocks. Absent: true, but false where `allowedAccounts` is set.
   */
  allowPublicAccess?: boolean;
  /**
   * Whether every bucket must declare `encryption.sseAlgorithm` as `aws:kms` or `aws:kms:dsse`. Absent: false.
   */
  requireKMS?: boolean;
}
/**
 * S3 Block Public Access of the whole AWS account, on top of each bucket's own. All four are stated, because S3 reads an omitted one as false. Removed from here, it is removed at AWS only if the operator set it and nobody changed it since. Of several AWSAccounts of one AWS account the oldest that has it decides; one that says something else is `Stalled`. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export interface AccountPublicAccessBlock {
  /**
   * Refuse requests that would set a public ACL.
   */
  blockPublicAcls: boolean;
  /**
   * Ignore public ACLs that are there.
   */
  ignorePublicAcls: boolean;
  /**
   * Refuse a bucket policy that is public.
   */
  blockPublicPolicy: boolean;
  /**
   * While a bucket's policy is public, let only AWS services and identities of the owning account in.
   */
  restrictPublicBuckets: boolean;
}
/**
 * How the pods of a BucketAccess become its role. `oidcProviderArn` and `clusterName` may both be given, so that each BucketAccess can choose.
 */
export interface WorkloadIdentity {
  /**
   * What a BucketAccess uses that does not say: `IRSA`, IAM roles for service accounts by an OIDC provider, or `PodIdentity`, EKS Pod Identity. See https://docs.aws.amazon.com/eks/latest/userguide/service-accounts.html
   */
  type: "IRSA" | "PodIdentity";
  /**
   * The IAM OIDC provider of the Kubernetes cluster, in the account. Required with `IRSA`.
   */
  oidcProviderArn?: string;
  /**
   * The EKS cluster's name, in the account and its region. Required with `PodIdentity`.
   */
  clusterName?: string;
  /**
   * A role, in the account, that BucketAccesses with `role: Shared` hand out by Pod Identity, each narrowed to its grants. It must trust `pods.eks.amazonaws.com` and allow what they may grant. Absent: none.
   */
  sharedRoleArn?: string;
}
/**
 * What the IAM roles of all BucketAccesses have in common.
 */
export interface Iam {
  /**
   * Path of the roles, so that the operator's own rights can be limited to it. Absent: `/s3-operator/`.
   */
  rolePath?: string;
  /**
   * What the names of the roles begin with. Absent: nothing.
   */
  rolePrefix?: string;
  /**
   * The managed policy that bounds what the roles may do. Absent: none. See https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
   */
  permissionsBoundaryArn?: string;
  /**
   * Tags of the roles, by key.
   */
  tags?: {
    [k: string]: string;
  };
}
/**
 * How fast the operator calls AWS in the account, to leave room for others. When AWS throttles, it goes slower by itself. Of several AWSAccounts of one AWS account the lowest counts.
 */
export interface RateLimit {
  /**
   * Requests per second to each AWS service. Absent: 1000.
   */
  requestsPerSecond: number;
}

/**
 * What the operator last saw. It can be wiped and is rebuilt.
 */
export interface AWSAccountStatus {
  /**
   * The metadata.generation that this status is about. `-1`: none yet.
   */
  observedGeneration?: number;
  /**
   * `Ready`, and while they are True `Reconciling` (the operator is at work or trying again) or `Stalled` (only a person can help).
   *
   * @maxItems 16
   */
  conditions?: Condition[];
  /**
   * Who the operator is in the account, as STS GetCallerIdentity says.
   */
  callerArn?: string;
  /**
   * The account that STS GetCallerIdentity says.
   */
  accountId?: string;
  publicAccessBlock?: AccountPublicAccessBlockStatus;
  appliedPublicAccessBlock?: AppliedPublicAccessBlock;
  /**
   * IAM actions that AWS denied the operator in the last 15 minutes, by name. Absent: none was.
   *
   * @maxItems 50
   */
  denied?: DeniedAction[];
}
/**
 * One aspect of the object's state.
 */
export interface Condition {
  /**
   * The aspect.
   */
  type: string;
  /**
   * Whether it holds.
   */
  status: "True" | "False" | "Unknown";
  /**
   * The metadata.generation that the condition is about.
   */
  observedGeneration?: number;
  /**
   * When `status` last changed.
   */
  lastTransitionTime: string;
  /**
   * Why, in one word of a fixed list.
   */
  reason: string;
  /**
   * Why, and what to do, in words.
   */
  message: string;
}
/**
 * S3 Block Public Access of the AWS account as the operator last read it. Absent: spec does not declare it.
 */
export interface AccountPublicAccessBlockStatus {
  /**
   * Refuse requests that would set a public ACL.
   */
  blockPublicAcls: boolean;
  /**
   * Ignore public ACLs that are there.
   */
  ignorePublicAcls: boolean;
  /**
   * Refuse a bucket policy that is public.
   */
  blockPublicPolicy: boolean;
  /**
   * While a bucket's policy is public, let only AWS services and identities of the owning account in.
   */
  restrictPublicBuckets: boolean;
}
/**
 * What the operator last wrote, so that it can be removed when it leaves the spec. Absent: it wrote nothing.
 */
export interface AppliedPublicAccessBlock {
  /**
   * Refuse requests that would set a public ACL.
   */
  blockPublicAcls: boolean;
  /**
   * Ignore public ACLs that are there.
   */
  ignorePublicAcls: boolean;
  /**
   * Refuse a bucket policy that is public.
   */
  blockPublicPolicy: boolean;
  /**
   * While a bucket's policy is public, let only AWS services and identities of the owning account in.
   */
  restrictPublicBuckets: boolean;
}
/**
 * One IAM action that the operator may not do.
 */
export interface DeniedAction {
  /**
   * The IAM action, such as `s3:PutBucketPolicy`.
   */
  action: string;
  /**
   * What was denied, as it was seen first, and the statement to add.
   */
  message: string;
}

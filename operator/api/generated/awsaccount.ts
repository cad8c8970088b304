/* Generated from crds/ by scripts/generate.ts. Do not edit: change the CRD and run `npm run generate`. */

/**
 * The account, how the operator gets credentials for it, and the limits.
 */
export interface AWSAccountSpec {
  /**
   * The 12-digit ID of the AWS account. Immutable.
   */
  accountId: string;
  /**
   * The AWS region of buckets without a `region`, and of the calls to STS.
   */
  region: string;
  /**
   * Makes this the account of buckets without `accountRef`. At most one AWSAccount may be the default. Absent: false.
   */
  default?: boolean;
  assumeRole?: AssumeRole;
  allowedNamespaces?: AllowedNamespaces;
  naming?: Naming;
  /**
   * Allows S3Buckets to adopt existing buckets. Absent: false.
   */
  allowAdoption?: boolean;
  /**
   * The values of `deletionPolicy` that S3Buckets may use. The deletion of an S3Bucket with another value waits, without a change to its bucket, until either side changes. Absent: `Retain` and `DeleteIfEmpty`.
   *
   * @minItems 1
   * @maxItems 3
   */
  allowedDeletionPolicies?: ("Retain" | "DeleteIfEmpty" | "DeleteWithContents")[];
  /**
   * Tags of every bucket in the account, by key. A tag of the bucket with the same key overrides them.
   */
  tags?: {
    [k: string]: string;
  };
  guardrails?: Guardrails;
  publicAccessBlock?: AccountPublicAccessBlock;
  workloadIdentity?: WorkloadIdentity;
  iam?: Iam;
  access?: AccountAccess;
  rateLimit?: RateLimit;
}
/**
 * The role that the operator assumes to work in the account. Absent: the operator's own identity, which must belong to the account.
 */
export interface AssumeRole {
  /**
   * The role's ARN.
   */
  roleArn: string;
  /**
   * The external ID that the role's trust policy requires. Absent: none.
   */
  externalId?: string;
}
/**
 * The namespaces that may use the account or the rule, by exactly one of `names` and `selector`. Absent: all.
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
 * Labels that the namespace must have. All of `matchLabels` and `matchExpressions` must match. Empty: every namespace.
 */
export interface LabelSelector {
  /**
   * Labels and their required values.
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
   * The key of the label.
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
 * Rules for bucket names.
 */
export interface Naming {
  /**
   * The template for the name of a bucket without `bucketName`. Placeholders are `{namespace}`, `{name}`, `{cluster}`, `{account}`, `{region}` and `{hash}` (a hash of cluster, account, namespace and name). A name longer than 63 characters is cut and ends in the hash. Absent: `{namespace}-{name}-{hash}`.
   */
  template?: string;
  /**
   * Patterns for bucket names. Every name, from `bucketName` or from the template, must match one. `*` stands for any characters, `?` for one character; `{namespace}`, `{name}`, `{cluster}`, `{account}` and `{region}` are placeholders. The operator rejects another name before it calls AWS. Absent: every name.
   *
   * @minItems 1
   * @maxItems 50
   */
  allowedPatterns?: string[];
}
/**
 * Limits for every S3Bucket and BucketAccess. An object beyond a limit is `Stalled` with `GuardrailViolated`, and the operator applies nothing of it. Settings that were applied before stay. An empty object limits the roles, destinations and key aliases that S3Buckets may name. Absent: no such limits.
 */
export interface Guardrails {
  /**
   * Other AWS accounts that objects may grant access or refer to: in policy statements, principals, log delivery, CloudFront distributions, KMS keys, and destinations of replication, notifications, inventory and analytics. The account itself is always allowed. Empty: no other account. Absent: any account.
   *
   * @maxItems 500
   */
  allowedAccounts?: string[];
  /**
   * IAM roles that an S3Bucket may name for AWS to assume, such as `replication.roleArn`, as patterns of ARNs. `*` stands for any characters, `?` for one character, and `{namespace}` for the namespace of the S3Bucket. Absent: none.
   *
   * @maxItems 100
   */
  allowedRoles?: string[];
  /**
   * Buckets in the account that S3Buckets may name as destinations of replication, access logs, inventory and analytics, as patterns of bucket names, with the placeholders of `allowedRoles`. Buckets of S3Buckets in the same namespace and account are always allowed. A destination in another account is a matter of `allowedAccounts` if the S3Bucket names that account. Absent: no others.
   *
   * @maxItems 100
   */
  allowedDestinations?: string[];
  /**
   * Aliases that S3Buckets may choose in `encryption.kmsKey.managed.alias`, as patterns, with the placeholders of `allowedRoles`. Absent: none; the operator then names the keys.
   *
   * @maxItems 100
   */
  allowedKeyAliases?: string[];
  /**
   * Allows public access to buckets: turning off a switch of `publicAccessBlock`, a public policy statement, or ACLs without Block Public Access. Absent: true, or false if `allowedAccounts` is set.
   */
  allowPublicAccess?: boolean;
  /**
   * Requires every bucket to declare `encryption.sseAlgorithm` as `aws:kms` or `aws:kms:dsse`. Absent: false.
   */
  requireKMS?: boolean;
}
/**
 * S3 Block Public Access of the whole AWS account, in addition to that of each bucket. All four switches are required, because S3 reads an omitted one as false. When the field is removed, the operator removes the setting at AWS only if it wrote the current value. If several AWSAccounts of one AWS account declare it, the oldest decides, and one that declares other switches is `Stalled`. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export interface AccountPublicAccessBlock {
  /**
   * Rejects requests that would set a public ACL.
   */
  blockPublicAcls: boolean;
  /**
   * Ignores existing public ACLs.
   */
  ignorePublicAcls: boolean;
  /**
   * Rejects a public bucket policy.
   */
  blockPublicPolicy: boolean;
  /**
   * Allows only AWS services and identities of the owning account while a bucket's policy is public.
   */
  restrictPublicBuckets: boolean;
}
/**
 * How the Pods of a BucketAccess get its role. `oidcProviderArn` and `clusterName` may both be set, so that each BucketAccess can choose.
 */
export interface WorkloadIdentity {
  /**
   * The default for BucketAccesses without `identity`. `IRSA`: IAM roles for service accounts, by an OIDC provider. `PodIdentity`: EKS Pod Identity. See https://docs.aws.amazon.com/eks/latest/userguide/service-accounts.html
   */
  type: "IRSA" | "PodIdentity";
  /**
   * The IAM OIDC provider of the Kubernetes cluster, in the account. Required with `IRSA`.
   */
  oidcProviderArn?: string;
  /**
   * The name of the EKS cluster, in the account and its region. Required with `PodIdentity`.
   */
  clusterName?: string;
  /**
   * The role that BucketAccesses with `role: Shared` use through Pod Identity, each limited to its grants. The role must be in the account, must trust `pods.eks.amazonaws.com`, and must allow what the BucketAccesses may grant. Absent: none.
   */
  sharedRoleArn?: string;
}
/**
 * Settings of the IAM roles of all BucketAccesses.
 */
export interface Iam {
  /**
   * The path of the roles. Use it to limit the operator's own rights to these roles. Absent: `/s3-operator/`.
   */
  rolePath?: string;
  /**
   * The prefix of the names of the roles. Absent: none.
   */
  rolePrefix?: string;
  /**
   * The managed policy that limits what the roles may do. Absent: none. See https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
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
 * What BucketAccesses may ask for beyond grants on buckets of S3Buckets. When a rule is removed, the operator revokes what it allowed.
 */
export interface AccountAccess {
  /**
   * What BucketAccesses may ask for, by namespace. Rules for the same namespace add up. In patterns, `*` stands for any characters, `?` for one character and `{namespace}` for the namespace of the BucketAccess. Absent: nothing.
   *
   * @minItems 1
   * @maxItems 40
   */
  rules?: AccountAccessRule[];
}
/**
 * What the BucketAccesses of some namespaces may ask for.
 */
export interface AccountAccessRule {
  namespaces?: AllowedNamespaces;
  /**
   * Patterns for the ARNs of managed policies that `role.policyArns` may name. Absent: none.
   *
   * @minItems 1
   * @maxItems 50
   */
  policyArns?: string[];
  /**
   * Patterns for the names of buckets that no S3Bucket manages and that `bucket.name` may name, in this or another account (see also `guardrails.allowedAccounts`), and of buckets of S3Buckets with `mode: Observe` that are not tagged as theirs. Absent: none.
   *
   * @minItems 1
   * @maxItems 50
   */
  buckets?: string[];
  /**
   * Patterns for the ARNs of existing roles that `role.arn` may name. The role must also name the ServiceAccount in its tag `s3-operator.io/service-accounts`. Absent: none.
   *
   * @minItems 1
   * @maxItems 50
   */
  roleArns?: string[];
  /**
   * Subjects of OIDC providers that `webIdentity` may name, for workloads outside the cluster. Absent: none.
   *
   * @minItems 1
   * @maxItems 10
   */
  webIdentities?: AllowedWebIdentity[];
}
/**
 * Subjects of one OIDC provider.
 */
export interface AllowedWebIdentity {
  /**
   * The IAM OIDC provider, in the account.
   */
  providerArn: string;
  /**
   * Patterns for the subjects of tokens, such as `repo:acme/{namespace}:ref:refs/heads/main`.
   *
   * @minItems 1
   * @maxItems 50
   */
  subjects: string[];
}
/**
 * Limits how fast the operator calls AWS in the account, to leave capacity for other callers. The operator also slows down when AWS throttles. AWSAccounts of one AWS account share the lowest limit.
 */
export interface RateLimit {
  /**
   * The number of requests per second to each AWS service. Absent: 1000.
   */
  requestsPerSecond: number;
}

/**
 * The state that the operator observed. If it is lost, the operator rebuilds it.
 */
export interface AWSAccountStatus {
  /**
   * The metadata.generation that this status describes. `-1`: none yet.
   */
  observedGeneration?: number;
  /**
   * The conditions of the object: `Ready`, and, while True, `Reconciling` (the operator is working or retrying) or `Stalled` (a person must act).
   *
   * @maxItems 16
   */
  conditions?: Condition[];
  /**
   * The operator's identity in the account, from STS GetCallerIdentity.
   */
  callerArn?: string;
  /**
   * The account of that identity, from STS GetCallerIdentity.
   */
  accountId?: string;
  publicAccessBlock?: AccountPublicAccessBlockStatus;
  appliedPublicAccessBlock?: AppliedPublicAccessBlock;
  /**
   * The IAM actions that AWS denied the operator in the last 15 minutes, by name. Absent: none.
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
   * The type of the condition.
   */
  type: string;
  /**
   * The status of the condition.
   */
  status: "True" | "False" | "Unknown";
  /**
   * The metadata.generation that the condition describes.
   */
  observedGeneration?: number;
  /**
   * When `status` last changed.
   */
  lastTransitionTime: string;
  /**
   * The reason for the status, from the list in docs/reasons.md.
   */
  reason: string;
  /**
   * A description of the cause and of what to do.
   */
  message: string;
}
/**
 * S3 Block Public Access of the AWS account, as the operator last read it. Absent: the spec does not declare it.
 */
export interface AccountPublicAccessBlockStatus {
  /**
   * Rejects requests that would set a public ACL.
   */
  blockPublicAcls: boolean;
  /**
   * Ignores existing public ACLs.
   */
  ignorePublicAcls: boolean;
  /**
   * Rejects a public bucket policy.
   */
  blockPublicPolicy: boolean;
  /**
   * Allows only AWS services and identities of the owning account while a bucket's policy is public.
   */
  restrictPublicBuckets: boolean;
}
/**
 * The value that the operator last wrote. It removes this value when the field leaves the spec. Absent: the operator wrote nothing.
 */
export interface AppliedPublicAccessBlock {
  /**
   * Rejects requests that would set a public ACL.
   */
  blockPublicAcls: boolean;
  /**
   * Ignores existing public ACLs.
   */
  ignorePublicAcls: boolean;
  /**
   * Rejects a public bucket policy.
   */
  blockPublicPolicy: boolean;
  /**
   * Allows only AWS services and identities of the owning account while a bucket's policy is public.
   */
  restrictPublicBuckets: boolean;
}
/**
 * An IAM action that AWS denied.
 */
export interface DeniedAction {
  /**
   * The IAM action, such as `s3:PutBucketPolicy`.
   */
  action: string;
  /**
   * The first denial, and the statement to add.
   */
  message: string;
}

/* Generated from crds/ by scripts/generate.ts. Do not edit: change the CRD and run `npm run generate`. */

/**
 * What the bucket must be. A setting that is absent is left as AWS has it, but for the baseline. A setting that was applied and is then removed from here is reset to S3's own default.
 */
export interface S3BucketSpec {
  /**
   * The AWSAccount that the bucket is in. Absent: the AWSAccount with `spec.default: true`. Immutable.
   */
  accountRef?: {
    /**
     * metadata.name of the AWSAccount.
     */
    name: string;
  };
  /**
   * The bucket's name at AWS, 3 to 63 characters. Absent: the account's `naming.template`, cut to 63 characters with a hash. Immutable. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
   */
  bucketName?: string;
  /**
   * The AWS region that the bucket is in, such as `eu-central-1`. Absent: the account's region. Immutable.
   */
  region?: string;
  /**
   * `Enforce`: AWS is made to match. `Observe`: nothing at AWS is ever written; what would be written stands in `status.plan`. Absent: `Enforce`.
   */
  mode?: "Enforce" | "Observe";
  /**
   * Whether a bucket that exists already and is not tagged as this object's may be taken over. `Adopt` also needs the account's `allowAdoption`. An adopted bucket keeps every setting that spec does not declare. Absent: `Never`.
   */
  adoptionPolicy?: "Never" | "Adopt";
  /**
   * `Secure`: settings absent from spec are held at the secure baseline (Block Public Access on, `BucketOwnerEnforced`, SSE-S3 with SSE-C blocked, TLS 1.2). `None`: they are left alone. Absent: `Secure` for a bucket that the operator created, `None` for one that it adopted.
   */
  baseline?: "Secure" | "None";
  /**
   * What happens to the bucket when this object is deleted. `Retain`: it stays, tagged as released. `DeleteIfEmpty`: it is deleted once it holds no object, version or upload; until then the object waits. Absent: `Retain`.
   */
  deletionPolicy?: "Retain" | "DeleteIfEmpty";
  publicAccessBlock?: PublicAccessBlock;
  /**
   * Who owns objects that others write, and whether ACLs count. Absent: `BucketOwnerEnforced` (ACLs off) under the baseline. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
   */
  objectOwnership?: "BucketOwnerEnforced" | "BucketOwnerPreferred" | "ObjectWriter";
  encryption?: Encryption;
  /**
   * Once enabled, versioning can be suspended but not removed. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
   */
  versioning?: "Enabled" | "Suspended";
  lifecycle?: Lifecycle;
  cors?: Cors;
  policy?: Policy;
  /**
   * Tags of the bucket, by key, on top of the account's. AWS allows 50 in all; 15 are left to the account and the operator. Tags that others set, `aws:` tags among them, stay. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html
   */
  tags?: {
    [k: string]: string;
  };
}
/**
 * S3 Block Public Access for this bucket. All four are stated, because S3 reads an omitted one as false. Absent: all true under the baseline. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export interface PublicAccessBlock {
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
   * While the policy is public, let only AWS services and identities of the owning account in.
   */
  restrictPublicBuckets: boolean;
}
/**
 * Default encryption of new objects; existing objects stay as they are. Absent: `AES256` with SSE-C blocked under the baseline. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
 */
export interface Encryption {
  /**
   * `AES256` is SSE-S3, `aws:kms` SSE-KMS, `aws:kms:dsse` two layers of SSE-KMS. Absent: the algorithm stays as it is, or the baseline's.
   */
  sseAlgorithm?: "AES256" | "aws:kms" | "aws:kms:dsse";
  /**
   * The KMS key, by exactly one of `arn` and `alias`. Absent with a KMS algorithm: the AWS managed key `aws/s3`.
   */
  kmsKey?: {
    /**
     * The key's ARN, in the bucket's region; another account's key needs that account's consent in its key policy.
     */
    arn?: string;
    /**
     * An alias in the bucket's account and region, such as `alias/documents`. It is resolved by the operator; what S3 is told is always the key's ARN.
     */
    alias?: string;
  };
  /**
   * Use an S3 Bucket Key, which cuts calls to KMS and their cost. Absent: false. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
   */
  bucketKeyEnabled?: boolean;
  /**
   * Encryption types that writers may not use. `[SSE-C]` blocks customer-provided keys, `[NONE]` allows all. Absent: stays as it is, or the baseline's.
   *
   * @minItems 1
   * @maxItems 2
   */
  blockedEncryptionTypes?: ("SSE-C" | "NONE")[];
}
/**
 * The bucket's whole lifecycle configuration: rules of others are removed. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html
 */
export interface Lifecycle {
  /**
   * The smallest object that transitions move when a rule has no size filter. `all_storage_classes_128K`: 128 KiB for every class. `varies_by_storage_class`: 128 KiB, but any size to Glacier Flexible Retrieval and Deep Archive. Absent: left as it is, which in a new configuration is `all_storage_classes_128K`.
   */
  transitionDefaultMinimumObjectSize?: "all_storage_classes_128K" | "varies_by_storage_class";
  /**
   * The rules, known by id; their order has no meaning.
   *
   * @minItems 1
   * @maxItems 1000
   */
  rules: LifecycleRule[];
}
/**
 * What happens to the objects that the filter selects. At least one action must be set.
 */
export interface LifecycleRule {
  /**
   * The rule's name, unique in the bucket.
   */
  id: string;
  /**
   * Whether S3 runs the rule.
   */
  status: "Enabled" | "Disabled";
  filter?: LifecycleFilter;
  /**
   * Moves of current versions to cheaper storage classes.
   *
   * @minItems 1
   * @maxItems 6
   */
  transitions?: LifecycleTransition[];
  expiration?: LifecycleExpiration;
  /**
   * Moves of noncurrent versions to cheaper storage classes.
   *
   * @minItems 1
   * @maxItems 6
   */
  noncurrentVersionTransitions?: NoncurrentVersionTransition[];
  noncurrentVersionExpiration?: NoncurrentVersionExpiration;
  /**
   * Removal of multipart uploads that were never completed.
   */
  abortIncompleteMultipartUpload?: {
    /**
     * Days since the upload was begun.
     */
    daysAfterInitiation: number;
  };
}
/**
 * Which objects the rule is for; what is set is combined with AND. Absent: all.
 */
export interface LifecycleFilter {
  /**
   * What keys begin with, such as `raw/`. Absent: any key.
   */
  prefix?: string;
  /**
   * Tags that objects must have, all of them, by key.
   */
  tags?: {
    [k: string]: string;
  };
  /**
   * Objects must be larger than this many bytes.
   */
  objectSizeGreaterThan?: number;
  /**
   * Objects must be smaller than this many bytes.
   */
  objectSizeLessThan?: number;
}
/**
 * A move to one storage class, at an age or on a day.
 */
export interface LifecycleTransition {
  /**
   * Age of the object, in days.
   */
  days?: number;
  /**
   * A day, as midnight UTC, such as `2027-01-01T00:00:00Z`.
   */
  date?: string;
  /**
   * The storage class to move to. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
   */
  storageClass: "STANDARD_IA" | "INTELLIGENT_TIERING" | "ONEZONE_IA" | "GLACIER_IR" | "GLACIER" | "DEEP_ARCHIVE";
}
/**
 * End of current versions, by exactly one of `days`, `date` and `expiredObjectDeleteMarker`. In a versioned bucket, a delete marker is put on top.
 */
export interface LifecycleExpiration {
  /**
   * Age of the object, in days.
   */
  days?: number;
  /**
   * A day, as midnight UTC, such as `2027-01-01T00:00:00Z`.
   */
  date?: string;
  /**
   * Remove delete markers under which no version is left.
   */
  expiredObjectDeleteMarker?: true;
}
/**
 * A move of noncurrent versions to one storage class.
 */
export interface NoncurrentVersionTransition {
  /**
   * Days since the version stopped being the current one.
   */
  noncurrentDays: number;
  /**
   * How many noncurrent versions to leave alone, the newest ones. Absent: none.
   */
  newerNoncurrentVersions?: number;
  /**
   * The storage class to move to. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
   */
  storageClass: "STANDARD_IA" | "INTELLIGENT_TIERING" | "ONEZONE_IA" | "GLACIER_IR" | "GLACIER" | "DEEP_ARCHIVE";
}
/**
 * Permanent removal of noncurrent versions.
 */
export interface NoncurrentVersionExpiration {
  /**
   * Days since the version stopped being the current one.
   */
  noncurrentDays: number;
  /**
   * How many noncurrent versions to leave alone, the newest ones. Absent: none.
   */
  newerNoncurrentVersions?: number;
}
/**
 * The bucket's whole CORS configuration: rules of others are removed. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */
export interface Cors {
  /**
   * The rules; S3 answers by the first that matches, so that their order has meaning.
   *
   * @minItems 1
   * @maxItems 100
   */
  rules: CorsRule[];
}
/**
 * Which origins may make which requests from a browser.
 */
export interface CorsRule {
  /**
   * A name for people. Absent: none.
   */
  id?: string;
  /**
   * Origins, such as `https://app.example.com`, each with at most one `*`.
   *
   * @minItems 1
   * @maxItems 100
   */
  allowedOrigins: string[];
  /**
   * HTTP methods.
   *
   * @minItems 1
   * @maxItems 5
   */
  allowedMethods: ("GET" | "PUT" | "POST" | "DELETE" | "HEAD")[];
  /**
   * Request headers that the browser may send, each with at most one `*`. Absent: none.
   *
   * @maxItems 100
   */
  allowedHeaders?: string[];
  /**
   * Response headers that scripts may read. Absent: none.
   *
   * @maxItems 100
   */
  exposeHeaders?: string[];
  /**
   * Seconds for which the browser may keep the answer to a preflight request. Absent: the browser's default.
   */
  maxAgeSeconds?: number;
}
/**
 * The operator's part of the bucket policy. AWS allows 20,480 bytes for the whole policy. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
 */
export interface Policy {
  /**
   * Deny requests without TLS, or with an older TLS than this. `None`: no such statement. Absent: `1.2` under the baseline, else left as it is.
   */
  minimumTLSVersion?: "1.2" | "1.3" | "None";
  /**
   * ARNs of CloudFront distributions that may read objects through origin access control, with the bucket private. See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
   *
   * @maxItems 50
   */
  cloudFrontDistributions?: string[];
  /**
   * Statements of your own, known by sid; their order has no meaning.
   *
   * @maxItems 100
   */
  statements?: PolicyStatement[];
  /**
   * What happens to statements that others put into the policy: `Keep` or `Remove` them. Absent: `Keep`.
   */
  unmanagedStatements?: "Keep" | "Remove";
}
/**
 * One statement of the bucket policy. See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export interface PolicyStatement {
  /**
   * The statement's name, unique in the policy.
   */
  sid: string;
  /**
   * Whether the statement allows or denies.
   */
  effect: "Allow" | "Deny";
  principals?: Principals;
  notPrincipals?: Principals;
  /**
   * S3 actions, such as `s3:GetObject`; `*` and `?` are wildcards.
   *
   * @minItems 1
   * @maxItems 100
   */
  actions?: string[];
  /**
   * S3 actions, such as `s3:GetObject`; `*` and `?` are wildcards.
   *
   * @minItems 1
   * @maxItems 100
   */
  notActions?: string[];
  /**
   * `{bucket}`, which stands for the bucket's ARN, or `{bucket}/` and a key pattern, such as `{bucket}/raw/*`. With both `resources` and `notResources` absent: the bucket and all its objects.
   *
   * @minItems 1
   * @maxItems 50
   */
  resources?: string[];
  /**
   * `{bucket}`, which stands for the bucket's ARN, or `{bucket}/` and a key pattern, such as `{bucket}/raw/*`. With both `resources` and `notResources` absent: the bucket and all its objects.
   *
   * @minItems 1
   * @maxItems 50
   */
  notResources?: string[];
  /**
   * When the statement applies; all conditions must hold. An operator and key stand once.
   *
   * @minItems 1
   * @maxItems 20
   */
  conditions?: PolicyCondition[];
}
/**
 * Who the statement is about, by kind of principal. At least one must be named.
 */
export interface Principals {
  /**
   * Accounts, by 12-digit id; roles, users and sessions, by ARN; or `*`, everybody, alone. Roles and users must exist.
   *
   * @minItems 1
   * @maxItems 40
   */
  aws?: string[];
  /**
   * AWS services, such as `logging.s3.amazonaws.com`.
   *
   * @minItems 1
   * @maxItems 20
   */
  service?: string[];
  /**
   * Identity providers, by ARN, or by name such as `cognito-identity.amazonaws.com`.
   *
   * @minItems 1
   * @maxItems 20
   */
  federated?: string[];
  /**
   * Accounts, by canonical user id.
   *
   * @minItems 1
   * @maxItems 20
   */
  canonicalUser?: string[];
}
/**
 * One test of the request. See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
 */
export interface PolicyCondition {
  /**
   * A condition operator, such as `StringEquals`, `ArnLikeIfExists` or `ForAnyValue:StringLike`.
   */
  operator: string;
  /**
   * A condition key, such as `aws:SourceArn` or `s3:prefix`.
   */
  key: string;
  /**
   * Values, of which one must match.
   *
   * @minItems 1
   * @maxItems 100
   */
  values: string[];
}

/**
 * What the operator last saw. It can be wiped and is rebuilt.
 */
export interface S3BucketStatus {
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
   * The bucket's name at AWS.
   */
  bucketName?: string;
  /**
   * The bucket's ARN.
   */
  arn?: string;
  /**
   * The region that the bucket is in.
   */
  region?: string;
  /**
   * The AWS account that owns the bucket.
   */
  accountId?: string;
  /**
   * The bucket's regional DNS name, for virtual-hosted-style requests.
   */
  domainName?: string;
  /**
   * The ARN of the KMS key of `spec.encryption`, its alias resolved.
   */
  kmsKeyArn?: string;
  /**
   * How the bucket came to this object: `Created` by the operator, or `Adopted`.
   */
  origin?: "Created" | "Adopted";
  /**
   * Each setting, whether it is declared or not.
   *
   * @maxItems 64
   */
  settings?: SettingStatus[];
  /**
   * Settings that the operator has applied to the bucket. One that leaves spec is reset to S3's own default, and then leaves this list.
   *
   * @maxItems 64
   */
  appliedSettings?: string[];
  drift?: Drift;
  /**
   * With `mode: Observe`: what the operator would change, the first 100.
   *
   * @maxItems 100
   */
  plan?: Change[];
  policy?: PolicyStatus;
  /**
   * Keys of the tags that were applied from this spec and the account, so that they can be removed when they are no longer declared.
   *
   * @maxItems 50
   */
  tagKeys?: string[];
  /**
   * The last value of the annotation `s3-operator.io/reconcile-requested-at` that was acted on.
   */
  reconcileRequestedAt?: string;
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
 * One setting of the bucket.
 */
export interface SettingStatus {
  /**
   * The setting, as spec names it.
   */
  name: string;
  /**
   * Where its value comes from: `Spec`, the `Baseline`, or nowhere (`Unmanaged`).
   */
  source: "Spec" | "Baseline" | "Unmanaged";
  /**
   * `InSync`: read back and equal. `Pending`: yet to be written or read. `Drifted`: found different. `Denied`: AWS refuses the operator. `Failed`: AWS refuses the value, or the call failed. `Settling`: written, and AWS's answers may still be old. Absent for an unmanaged setting.
   */
  state?: "InSync" | "Pending" | "Drifted" | "Denied" | "Failed" | "Settling";
  /**
   * Why, in one word of a fixed list.
   */
  reason?: string;
  /**
   * Why, and what to do, in words.
   */
  message?: string;
}
/**
 * The last difference that the operator found and had not caused.
 */
export interface Drift {
  /**
   * When it was last found.
   */
  lastDetectedTime?: string;
  /**
   * When the operator last undid one.
   */
  lastCorrectedTime?: string;
  /**
   * What differed, the first 20.
   *
   * @maxItems 20
   */
  changes?: Change[];
}
/**
 * One difference between what must be and what is.
 */
export interface Change {
  /**
   * The setting, as spec names it.
   */
  setting: string;
  /**
   * Where in the setting.
   */
  path: string;
  /**
   * What must be there, as JSON, cut to 256 characters. Absent: nothing.
   */
  desired?: string;
  /**
   * What is there, as JSON, cut to 256 characters. Absent: nothing.
   */
  actual?: string;
}
/**
 * About the bucket policy.
 */
export interface PolicyStatus {
  /**
   * Size of the policy in bytes, of 20,480 that AWS allows.
   */
  bytes?: number;
  /**
   * Sids of the statements that others put there, the first 100; one without a sid is named by its place, such as `#2`.
   *
   * @maxItems 100
   */
  unmanagedStatements?: string[];
}

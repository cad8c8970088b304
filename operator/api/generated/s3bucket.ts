/* Generated from crds/ by scripts/generate.ts. Do not edit: change the CRD and run `npm run generate`. */

/**
 * The desired state of the bucket. A setting that is absent stays as it is at AWS, except for the baseline. A setting that was applied and then leaves the spec is reset to S3's own default.
 */
export interface S3BucketSpec {
  /**
   * The AWSAccount of the bucket. Absent: the AWSAccount with `spec.default: true`. Immutable.
   */
  accountRef?: {
    /**
     * The metadata.name of the AWSAccount.
     */
    name: string;
  };
  /**
   * The name of the bucket at AWS, 3 to 63 characters. Absent: a name from the account's `naming.template`. A bucket of an account regional namespace, whose name ends with `-an`, can be adopted but not created. Immutable. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
   */
  bucketName?: string;
  /**
   * The AWS region of the bucket, such as `eu-central-1`. Absent: the account's region. Immutable.
   */
  region?: string;
  /**
   * Whether the operator writes to AWS. `Enforce`: the operator makes AWS match the spec. `Observe`: the operator writes nothing at AWS; `status.plan` has what it would write. Absent: `Enforce`.
   */
  mode?: "Enforce" | "Observe";
  /**
   * Whether the operator may take over an existing bucket that is not tagged as this object's. `Adopt` also needs the account's `allowAdoption`. An adopted bucket keeps every setting that the spec does not declare. Absent: `Never`.
   */
  adoptionPolicy?: "Never" | "Adopt";
  /**
   * What happens to settings that are absent from the spec. `Secure`: the operator keeps them at the secure baseline (Block Public Access on, `BucketOwnerEnforced`, SSE-S3 with SSE-C blocked, TLS 1.2). `None`: they stay as they are. Absent: `Secure` for a bucket that the operator created, `None` for an adopted bucket.
   */
  baseline?: "Secure" | "None";
  /**
   * What happens to the bucket when this object is deleted. `Retain`: the bucket stays, tagged as released. `DeleteIfEmpty`: the operator deletes the bucket when it has no object, version or upload; until then the deletion waits. `DeleteWithContents`: the operator empties and deletes the bucket if the AWSAccount's `allowedDeletionPolicies` allows it and the annotation `s3-operator.io/confirm-delete-contents` names the bucket; until then the deletion waits. Absent: `Retain`.
   */
  deletionPolicy?: "Retain" | "DeleteIfEmpty" | "DeleteWithContents";
  publicAccessBlock?: PublicAccessBlock;
  /**
   * Whether ACLs are on, and who owns objects that other accounts write. Absent: `BucketOwnerEnforced` (ACLs off) under the baseline. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
   */
  objectOwnership?: "BucketOwnerEnforced" | "BucketOwnerPreferred" | "ObjectWriter";
  encryption?: Encryption;
  /**
   * Versioning of objects. Once enabled, it can be suspended but not removed. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
   */
  versioning?: "Enabled" | "Suspended";
  objectLock?: ObjectLock;
  lifecycle?: Lifecycle;
  cors?: Cors;
  policy?: Policy;
  logging?: Logging;
  notifications?: Notifications;
  intelligentTiering?: IntelligentTiering;
  replication?: Replication;
  inventory?: Inventory;
  metrics?: Metrics;
  analytics?: Analytics;
  /**
   * Transfer Acceleration of the bucket, at a price. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/transfer-acceleration.html
   */
  accelerate?: "Enabled" | "Suspended";
  /**
   * Who pays for requests and downloads. Absent: left as it is; `BucketOwner` in a new bucket. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html
   */
  requestPayment?: "BucketOwner" | "Requester";
  website?: Website;
  /**
   * Whether IAM policies can use the bucket's tags (attribute-based access control). Some regions do not support it. Absent: left as it is; `Disabled` in a new bucket. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
   */
  abac?: "Enabled" | "Disabled";
  access?: BucketConsent;
  /**
   * Tags of the bucket, by key, in addition to those of the account. AWS allows 50 tags; 15 are reserved for the account and the operator. Other tags, including `aws:` tags, stay. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html
   */
  tags?: {
    [k: string]: string;
  };
}
/**
 * S3 Block Public Access for this bucket. A switch that is absent is true under the baseline, and is otherwise left as it is, which is false in a bucket without this setting. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export interface PublicAccessBlock {
  /**
   * Rejects requests that would set a public ACL.
   */
  blockPublicAcls?: boolean;
  /**
   * Ignores existing public ACLs.
   */
  ignorePublicAcls?: boolean;
  /**
   * Rejects a public bucket policy.
   */
  blockPublicPolicy?: boolean;
  /**
   * Allows only AWS services and identities of the owning account while the bucket's policy is public.
   */
  restrictPublicBuckets?: boolean;
}
/**
 * The default encryption of new objects; existing objects stay as they are. Absent: `AES256` with SSE-C blocked under the baseline. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
 */
export interface Encryption {
  /**
   * The encryption algorithm. `AES256`: SSE-S3. `aws:kms`: SSE-KMS. `aws:kms:dsse`: two layers of SSE-KMS. Absent: left as it is, or the baseline's.
   */
  sseAlgorithm?: "AES256" | "aws:kms" | "aws:kms:dsse";
  kmsKey?: KmsKey;
  /**
   * Uses an S3 Bucket Key, which reduces calls to KMS and their cost. It has no effect with `AES256`. Absent: left as it is; false on a new bucket. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
   */
  bucketKeyEnabled?: boolean;
  /**
   * Encryption types that writers may not use. `[SSE-C]` blocks customer-provided keys; `[NONE]` allows all. Absent: left as it is, or the baseline's.
   *
   * @minItems 1
   * @maxItems 2
   */
  blockedEncryptionTypes?: ("SSE-C" | "NONE")[];
}
/**
 * The KMS key, by exactly one of `arn`, `alias` and `managed`. Absent with a KMS algorithm: the AWS managed key `aws/s3`.
 */
export interface KmsKey {
  /**
   * The ARN of the key, in the bucket's region. The policy of a key in another account must allow its use.
   */
  arn?: string;
  /**
   * An alias in the bucket's account and region, such as `alias/documents`. The operator resolves it and gives S3 the key's ARN.
   */
  alias?: string;
  managed?: ManagedKey;
}
/**
 * A key that the operator creates for this bucket, with an alias and yearly rotation. The key stays when the bucket is deleted, unless `deletionWindowInDays` is set.
 */
export interface ManagedKey {
  /**
   * The alias of the key. Absent: `alias/s3-operator/<cluster>/<namespace>/<name>`.
   */
  alias?: string;
  /**
   * The number of days between two rotations of the key material. Absent: 365.
   */
  rotationPeriodInDays?: number;
  /**
   * Schedules the key for deletion after this number of days, once the operator has deleted the bucket. To cancel the deletion, apply the same manifest again before then. Other data that was encrypted with the key is lost too. Absent: the key stays.
   */
  deletionWindowInDays?: number;
}
/**
 * Protects object versions from deletion and overwriting, with a default retention for new versions. Requires `versioning: Enabled`. Once on, object lock and versioning stay on as long as the bucket exists: removing the field removes only the default retention. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */
export interface ObjectLock {
  /**
   * The mode of the default retention of new object versions. `GOVERNANCE`: identities with `s3:BypassGovernanceRetention` can lift it. `COMPLIANCE`: no identity can lift it, not even the root user of the account. `None`: no default; writers may still set a retention on each object.
   */
  mode: "GOVERNANCE" | "COMPLIANCE" | "None";
  /**
   * The number of days for which a new version is retained.
   */
  days?: number;
  /**
   * The number of years for which a new version is retained.
   */
  years?: number;
  defaultEventHold?: DefaultEventHold;
  /**
   * Confirms the consequences of `COMPLIANCE`. Required with this mode.
   */
  acknowledgeCompliance?: "NotEvenRootCanDelete";
}
/**
 * Places a hold on each new version until the hold is released, and sets how long the version is retained from then on. Empty: no hold. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/API/API_DefaultRetention.html
 */
export interface DefaultEventHold {
  /**
   * The number of days for which a version is retained after the release of its hold.
   */
  days?: number;
  /**
   * The number of years for which a version is retained after the release of its hold.
   */
  years?: number;
}
/**
 * The lifecycle rules of the bucket: all of them, or a part with `unmanagedRules: Keep`. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html
 */
export interface Lifecycle {
  /**
   * The smallest object that transitions move, for rules without a size filter. `all_storage_classes_128K`: 128 KiB for every class. `varies_by_storage_class`: any size to Glacier Flexible Retrieval and Deep Archive, 128 KiB for other classes. Absent: left as it is; `all_storage_classes_128K` in a new configuration.
   */
  transitionDefaultMinimumObjectSize?: "all_storage_classes_128K" | "varies_by_storage_class";
  /**
   * What the operator does with rules that it did not write. Absent: `Remove`.
   */
  unmanagedRules?: "Keep" | "Remove";
  /**
   * The rules, identified by `id`. Their order does not matter.
   *
   * @minItems 1
   * @maxItems 1000
   */
  rules: LifecycleRule[];
}
/**
 * A rule: what S3 does with the objects that the filter selects. At least one action is required.
 */
export interface LifecycleRule {
  /**
   * The name of the rule, unique in the bucket.
   */
  id: string;
  /**
   * Whether S3 applies the rule.
   */
  status: "Enabled" | "Disabled";
  filter?: LifecycleFilter;
  /**
   * Transitions of current versions to cheaper storage classes.
   *
   * @minItems 1
   * @maxItems 6
   */
  transitions?: LifecycleTransition[];
  expiration?: LifecycleExpiration;
  /**
   * Transitions of noncurrent versions to cheaper storage classes.
   *
   * @minItems 1
   * @maxItems 6
   */
  noncurrentVersionTransitions?: NoncurrentVersionTransition[];
  noncurrentVersionExpiration?: NoncurrentVersionExpiration;
  /**
   * Aborts incomplete multipart uploads.
   */
  abortIncompleteMultipartUpload?: {
    /**
     * The number of days since the upload began.
     */
    daysAfterInitiation: number;
  };
}
/**
 * The objects that the rule applies to. All set fields must match. Absent: all objects.
 */
export interface LifecycleFilter {
  /**
   * The prefix of the keys, such as `raw/`. Absent: any key.
   */
  prefix?: string;
  /**
   * Tags that objects must have, by key. All must match.
   */
  tags?: {
    [k: string]: string;
  };
  /**
   * Selects objects larger than this number of bytes. 0 excludes empty objects, such as the markers of folders.
   */
  objectSizeGreaterThan?: number;
  /**
   * Selects objects smaller than this number of bytes.
   */
  objectSizeLessThan?: number;
}
/**
 * A transition to one storage class, at an age or on a date.
 */
export interface LifecycleTransition {
  /**
   * The age of the object, in days. Absent, and no `date`: 0.
   */
  days?: number;
  /**
   * A date, as midnight UTC, such as `2027-01-01T00:00:00Z`.
   */
  date?: string;
  /**
   * The destination storage class. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
   */
  storageClass: "STANDARD_IA" | "INTELLIGENT_TIERING" | "ONEZONE_IA" | "GLACIER_IR" | "GLACIER" | "DEEP_ARCHIVE";
}
/**
 * Expires current versions, by exactly one of `days`, `date` and `expiredObjectDeleteMarker`. In a versioned bucket, S3 adds a delete marker.
 */
export interface LifecycleExpiration {
  /**
   * The age of the object, in days.
   */
  days?: number;
  /**
   * A date, as midnight UTC, such as `2027-01-01T00:00:00Z`.
   */
  date?: string;
  /**
   * Removes delete markers without older versions.
   */
  expiredObjectDeleteMarker?: true;
}
/**
 * A transition of noncurrent versions to one storage class.
 */
export interface NoncurrentVersionTransition {
  /**
   * The number of days since the version became noncurrent.
   */
  noncurrentDays: number;
  /**
   * The number of newest noncurrent versions that the rule skips. Absent: none.
   */
  newerNoncurrentVersions?: number;
  /**
   * The destination storage class. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
   */
  storageClass: "STANDARD_IA" | "INTELLIGENT_TIERING" | "ONEZONE_IA" | "GLACIER_IR" | "GLACIER" | "DEEP_ARCHIVE";
}
/**
 * Deletes noncurrent versions permanently.
 */
export interface NoncurrentVersionExpiration {
  /**
   * The number of days since the version became noncurrent.
   */
  noncurrentDays: number;
  /**
   * The number of newest noncurrent versions that the rule skips. Absent: none.
   */
  newerNoncurrentVersions?: number;
}
/**
 * The CORS rules of the bucket: all of them, or with `unmanagedRules: Keep` a part, which precedes the other rules. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */
export interface Cors {
  /**
   * What the operator does with rules that it did not write. Absent: `Remove`.
   */
  unmanagedRules?: "Keep" | "Remove";
  /**
   * The rules. S3 uses the first rule that matches, so their order matters.
   *
   * @minItems 1
   * @maxItems 100
   */
  rules: CorsRule[];
}
/**
 * A rule: which origins may send which requests from a browser.
 */
export interface CorsRule {
  /**
   * The name of the rule, unique in the bucket. Absent: none.
   */
  id?: string;
  /**
   * Allowed origins, such as `https://app.example.com`, each with at most one `*`.
   *
   * @minItems 1
   * @maxItems 100
   */
  allowedOrigins: string[];
  /**
   * Allowed HTTP methods.
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
   * The number of seconds for which the browser may cache the answer to a preflight request. Absent: the browser's default.
   */
  maxAgeSeconds?: number;
}
/**
 * The operator's statements in the bucket policy. AWS allows 20,480 bytes for the whole policy. Absent: left as it is, but for the baseline. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
 */
export interface Policy {
  /**
   * Denies requests without TLS, or with an older version of TLS. `None`: no such statement. Absent: `1.2` under the baseline, otherwise `None`.
   */
  minimumTLSVersion?: "1.2" | "1.3" | "None";
  /**
   * CloudFront distributions that may read objects, by ARN, through origin access control; the bucket stays private. See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
   *
   * @maxItems 50
   */
  cloudFrontDistributions?: string[];
  /**
   * Denies requests that do not use one of these VPC endpoints, by ID. AWS services, the operator and the account's root are exempt. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html
   *
   * @minItems 1
   * @maxItems 50
   */
  vpcEndpoints?: string[];
  /**
   * Denies requests from outside this AWS organization, by ID. AWS services, the operator and the account's root are exempt. See https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
   */
  organizationId?: string;
  /**
   * Denies uploads that name another algorithm or key than `spec.encryption`. Uploads that name none get the bucket's default. Absent: `false`.
   */
  enforceEncryption?: boolean;
  /**
   * AWS services that may write logs into this bucket.
   *
   * @minItems 1
   * @maxItems 5
   */
  logDelivery?: LogDelivery[];
  /**
   * Your own statements, identified by `sid`. Their order does not matter.
   *
   * @maxItems 100
   */
  statements?: PolicyStatement[];
  /**
   * What the operator does with statements that it did not write. Absent: `Keep`.
   */
  unmanagedStatements?: "Keep" | "Remove";
}
/**
 * One AWS service, and where it may write.
 */
export interface LogDelivery {
  /**
   * The service. `logging.s3.amazonaws.com`: S3 server access logs. `logdelivery.elasticloadbalancing.amazonaws.com`: logs of Application and Classic Load Balancers. `cloudtrail.amazonaws.com`: trails. `delivery.logs.amazonaws.com`: VPC flow logs, logs of Network Load Balancers, and other logs that CloudWatch Logs delivers. `config.amazonaws.com`: the history of AWS Config.
   */
  service:
    | "logging.s3.amazonaws.com"
    | "logdelivery.elasticloadbalancing.amazonaws.com"
    | "cloudtrail.amazonaws.com"
    | "delivery.logs.amazonaws.com"
    | "config.amazonaws.com";
  /**
   * The prefixes that the service may write to. All services but S3 append `AWSLogs/` and the source account. Absent: the whole bucket for S3, otherwise `AWSLogs/` at its top.
   *
   * @minItems 1
   * @maxItems 20
   */
  prefixes?: string[];
  /**
   * The source accounts of the logs. Absent: the bucket's own account.
   *
   * @minItems 1
   * @maxItems 50
   */
  sourceAccounts?: string[];
  /**
   * The sources of the logs, by ARN, such as source buckets, trails or load balancers; `*` and `?` are wildcards. Absent: all sources of the service in the source accounts.
   *
   * @minItems 1
   * @maxItems 50
   */
  sourceArns?: string[];
}
/**
 * One statement of the bucket policy. See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export interface PolicyStatement {
  /**
   * The name of the statement, unique in the policy.
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
   * The resources: `{bucket}`, which stands for the bucket's ARN, or `{bucket}/` and a key pattern, such as `{bucket}/raw/*`. If both `resources` and `notResources` are absent: the bucket and all its objects.
   *
   * @minItems 1
   * @maxItems 50
   */
  resources?: string[];
  /**
   * The resources: `{bucket}`, which stands for the bucket's ARN, or `{bucket}/` and a key pattern, such as `{bucket}/raw/*`. If both `resources` and `notResources` are absent: the bucket and all its objects.
   *
   * @minItems 1
   * @maxItems 50
   */
  notResources?: string[];
  /**
   * Conditions on the request; all must match. A pair of operator and key may occur once.
   *
   * @minItems 1
   * @maxItems 20
   */
  conditions?: PolicyCondition[];
}
/**
 * The principals of the statement, by kind. At least one is required.
 */
export interface Principals {
  /**
   * Accounts, by 12-digit ID; roles, users, sessions and CloudFront origin access identities, by ARN; or only `*`, which stands for all callers. Roles and users must exist. Unique IDs such as `AROA...` are accepted, but prefer the ARN: S3 returns the ARN, and the operator cannot know whether it is of the same principal.
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
   * Accounts and CloudFront origin access identities, by canonical user ID. Prefer `aws`: S3 replaces the ID by an account ID or an ARN, and the operator cannot know whether it is of the same principal. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html
   *
   * @minItems 1
   * @maxItems 20
   */
  canonicalUser?: string[];
}
/**
 * A condition on the request. See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
 */
export interface PolicyCondition {
  /**
   * The condition operator, such as `StringEquals`, `ArnLikeIfExists` or `ForAnyValue:StringLike`.
   */
  operator: string;
  /**
   * The condition key, such as `aws:SourceArn` or `s3:prefix`.
   */
  key: string;
  /**
   * The values. One of them must match.
   *
   * @minItems 1
   * @maxItems 100
   */
  values: string[];
}
/**
 * Server access logs of the bucket. The target's bucket policy must allow `logging.s3.amazonaws.com` the action `s3:PutObject` on the prefix, and its default encryption must be SSE-S3. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
 */
export interface Logging {
  /**
   * The name of the bucket that receives the logs, in the same account and region, without a default retention.
   */
  targetBucket: string;
  /**
   * The prefix of the keys of logs, such as `logs/documents/`. Absent: none.
   */
  targetPrefix?: string;
  targetObjectKeyFormat?: TargetObjectKeyFormat;
}
/**
 * The format of the keys after the prefix, by exactly one of the two. Absent: as with `simplePrefix`.
 */
export interface TargetObjectKeyFormat {
  /**
   * The time of delivery and a random part. Write it as `{}`.
   */
  simplePrefix?: {};
  /**
   * Account, region, bucket and date as folders, then the time and a random part.
   */
  partitionedPrefix?: {
    /**
     * The source of the date. `EventTime`: the time of the requests. `DeliveryTime`: the time of the log's delivery.
     */
    partitionDateSource: "EventTime" | "DeliveryTime";
  };
}
/**
 * Event notifications of the bucket. S3 tests that it may send to a destination before it accepts a configuration. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html
 */
export interface Notifications {
  /**
   * SQS queues that receive events. They must be standard queues in the bucket's region, and their policies must allow `s3.amazonaws.com` the action `sqs:SendMessage`.
   *
   * @maxItems 100
   */
  queues?: QueueNotification[];
  /**
   * SNS topics that receive events. They must be standard topics in the bucket's region, and their policies must allow `s3.amazonaws.com` the action `sns:Publish`.
   *
   * @maxItems 100
   */
  topics?: TopicNotification[];
  /**
   * Lambda functions that S3 calls for events. They must be in the bucket's region, and their resource policies must allow `s3.amazonaws.com` the action `lambda:InvokeFunction`.
   *
   * @maxItems 100
   */
  lambdaFunctions?: LambdaFunctionNotification[];
  /**
   * Whether S3 sends all events to EventBridge. Absent: left as it is, or turned off with `unmanagedConfigurations: Remove`.
   */
  eventBridge?: "Enabled" | "Disabled";
  /**
   * What the operator does with configurations that it did not write. Absent: `Keep`.
   */
  unmanagedConfigurations?: "Keep" | "Remove";
}
/**
 * One queue, and the events that it receives.
 */
export interface QueueNotification {
  /**
   * The name of the configuration, unique in the bucket.
   */
  id: string;
  /**
   * The ARN of the queue.
   */
  queueArn: string;
  /**
   * Events, such as `s3:ObjectCreated:*`. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
   *
   * @minItems 1
   * @maxItems 40
   */
  events: (
    | "s3:ObjectCreated:*"
    | "s3:ObjectCreated:Put"
    | "s3:ObjectCreated:Post"
    | "s3:ObjectCreated:Copy"
    | "s3:ObjectCreated:CompleteMultipartUpload"
    | "s3:ObjectRemoved:*"
    | "s3:ObjectRemoved:Delete"
    | "s3:ObjectRemoved:DeleteMarkerCreated"
    | "s3:ObjectRestore:*"
    | "s3:ObjectRestore:Post"
    | "s3:ObjectRestore:Completed"
    | "s3:ObjectRestore:Delete"
    | "s3:ObjectRetention:Put"
    | "s3:ObjectTagging:*"
    | "s3:ObjectTagging:Put"
    | "s3:ObjectTagging:Delete"
    | "s3:ObjectAcl:Put"
    | "s3:ObjectAnnotation:*"
    | "s3:ObjectAnnotation:Put"
    | "s3:ObjectAnnotation:Delete"
    | "s3:ReducedRedundancyLostObject"
    | "s3:Replication:*"
    | "s3:Replication:OperationFailedReplication"
    | "s3:Replication:OperationMissedThreshold"
    | "s3:Replication:OperationReplicatedAfterThreshold"
    | "s3:Replication:OperationNotTracked"
    | "s3:LifecycleExpiration:*"
    | "s3:LifecycleExpiration:Delete"
    | "s3:LifecycleExpiration:DeleteMarkerCreated"
    | "s3:LifecycleTransition"
    | "s3:IntelligentTiering"
  )[];
  filter?: KeyFilter;
}
/**
 * The keys of the events to send. The filters of one event may not overlap between configurations. Absent: all.
 */
export interface KeyFilter {
  /**
   * The prefix of the keys, such as `uploads/`. Empty or absent: any.
   */
  prefix?: string;
  /**
   * The suffix of the keys, such as `.pdf`. Empty or absent: any.
   */
  suffix?: string;
}
/**
 * One topic, and the events that it receives.
 */
export interface TopicNotification {
  /**
   * The name of the configuration, unique in the bucket.
   */
  id: string;
  /**
   * The ARN of the topic.
   */
  topicArn: string;
  /**
   * Events, such as `s3:ObjectCreated:*`. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
   *
   * @minItems 1
   * @maxItems 40
   */
  events: (
    | "s3:ObjectCreated:*"
    | "s3:ObjectCreated:Put"
    | "s3:ObjectCreated:Post"
    | "s3:ObjectCreated:Copy"
    | "s3:ObjectCreated:CompleteMultipartUpload"
    | "s3:ObjectRemoved:*"
    | "s3:ObjectRemoved:Delete"
    | "s3:ObjectRemoved:DeleteMarkerCreated"
    | "s3:ObjectRestore:*"
    | "s3:ObjectRestore:Post"
    | "s3:ObjectRestore:Completed"
    | "s3:ObjectRestore:Delete"
    | "s3:ObjectRetention:Put"
    | "s3:ObjectTagging:*"
    | "s3:ObjectTagging:Put"
    | "s3:ObjectTagging:Delete"
    | "s3:ObjectAcl:Put"
    | "s3:ObjectAnnotation:*"
    | "s3:ObjectAnnotation:Put"
    | "s3:ObjectAnnotation:Delete"
    | "s3:ReducedRedundancyLostObject"
    | "s3:Replication:*"
    | "s3:Replication:OperationFailedReplication"
    | "s3:Replication:OperationMissedThreshold"
    | "s3:Replication:OperationReplicatedAfterThreshold"
    | "s3:Replication:OperationNotTracked"
    | "s3:LifecycleExpiration:*"
    | "s3:LifecycleExpiration:Delete"
    | "s3:LifecycleExpiration:DeleteMarkerCreated"
    | "s3:LifecycleTransition"
    | "s3:IntelligentTiering"
  )[];
  filter?: KeyFilter;
}
/**
 * One function, and the events that it is called for.
 */
export interface LambdaFunctionNotification {
  /**
   * The name of the configuration, unique in the bucket.
   */
  id: string;
  /**
   * The ARN of the function, with or without a version or alias.
   */
  lambdaFunctionArn: string;
  /**
   * Events, such as `s3:ObjectCreated:*`. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
   *
   * @minItems 1
   * @maxItems 40
   */
  events: (
    | "s3:ObjectCreated:*"
    | "s3:ObjectCreated:Put"
    | "s3:ObjectCreated:Post"
    | "s3:ObjectCreated:Copy"
    | "s3:ObjectCreated:CompleteMultipartUpload"
    | "s3:ObjectRemoved:*"
    | "s3:ObjectRemoved:Delete"
    | "s3:ObjectRemoved:DeleteMarkerCreated"
    | "s3:ObjectRestore:*"
    | "s3:ObjectRestore:Post"
    | "s3:ObjectRestore:Completed"
    | "s3:ObjectRestore:Delete"
    | "s3:ObjectRetention:Put"
    | "s3:ObjectTagging:*"
    | "s3:ObjectTagging:Put"
    | "s3:ObjectTagging:Delete"
    | "s3:ObjectAcl:Put"
    | "s3:ObjectAnnotation:*"
    | "s3:ObjectAnnotation:Put"
    | "s3:ObjectAnnotation:Delete"
    | "s3:ReducedRedundancyLostObject"
    | "s3:Replication:*"
    | "s3:Replication:OperationFailedReplication"
    | "s3:Replication:OperationMissedThreshold"
    | "s3:Replication:OperationReplicatedAfterThreshold"
    | "s3:Replication:OperationNotTracked"
    | "s3:LifecycleExpiration:*"
    | "s3:LifecycleExpiration:Delete"
    | "s3:LifecycleExpiration:DeleteMarkerCreated"
    | "s3:LifecycleTransition"
    | "s3:IntelligentTiering"
  )[];
  filter?: KeyFilter;
}
/**
 * The archive tiers of objects in the storage class INTELLIGENT_TIERING. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/intelligent-tiering-overview.html
 */
export interface IntelligentTiering {
  /**
   * The configurations, identified by `id`.
   *
   * @maxItems 100
   */
  configurations: IntelligentTieringConfiguration[];
  /**
   * What the operator does with configurations that it did not write. Absent: `Keep`.
   */
  unmanagedConfigurations?: "Keep" | "Remove";
}
/**
 * A configuration: which objects move to which archive tiers.
 */
export interface IntelligentTieringConfiguration {
  /**
   * The name of the configuration, unique among those of its kind in the bucket.
   */
  id: string;
  /**
   * Whether S3 applies the configuration.
   */
  status: "Enabled" | "Disabled";
  filter?: ObjectFilter;
  /**
   * The archive tiers.
   *
   * @minItems 1
   * @maxItems 2
   */
  tierings: Tiering[];
}
/**
 * The objects that it applies to. All set fields must match. Absent: all objects.
 */
export interface ObjectFilter {
  /**
   * The prefix of the keys, such as `raw/`. Empty or absent: any key.
   */
  prefix?: string;
  /**
   * Tags that objects must have, by key. All must match.
   */
  tags?: {
    [k: string]: string;
  };
}
/**
 * A move to one tier.
 */
export interface Tiering {
  /**
   * The tier. Reading an object in either tier needs a restore first.
   */
  accessTier: "ARCHIVE_ACCESS" | "DEEP_ARCHIVE_ACCESS";
  /**
   * The number of days without access after which an object moves.
   */
  days: number;
}
/**
 * The replication rules of the bucket; the operator removes other rules. Requires `versioning: Enabled` here and at the destinations. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
 */
export interface Replication {
  /**
   * The ARN of the role that S3 assumes to replicate. The operator needs `iam:PassRole` for it.
   */
  roleArn: string;
  /**
   * The rules, identified by `id`. Their order does not matter.
   *
   * @minItems 1
   * @maxItems 100
   */
  rules: ReplicationRule[];
}
/**
 * A rule: which new objects S3 replicates, and where to.
 */
export interface ReplicationRule {
  /**
   * The name of the rule, unique in the bucket.
   */
  id: string;
  /**
   * The priority of the rule. If several rules would replicate an object to one bucket, the highest number wins.
   */
  priority: number;
  /**
   * Whether S3 applies the rule.
   */
  status: "Enabled" | "Disabled";
  filter?: ReplicationFilter;
  /**
   * Whether S3 replicates delete markers too. Absent: left as it is. In a new rule that is `Disabled`; in a rule of the oldest form, without a filter, `Enabled`.
   */
  deleteMarkerReplication?: "Enabled" | "Disabled";
  /**
   * Selects objects that S3 does not replicate by default. Absent: none of them.
   */
  sourceSelectionCriteria?: {
    /**
     * Whether S3 replicates objects encrypted with SSE-KMS. Absent: `Disabled`.
     */
    sseKmsEncryptedObjects?: "Enabled" | "Disabled";
    /**
     * Whether S3 replicates changes of metadata at a replica back to the source. Absent: `Disabled`.
     */
    replicaModifications?: "Enabled" | "Disabled";
  };
  destination: ReplicationDestination;
}
/**
 * The objects that it applies to. All set fields must match. Absent: all objects.
 */
export interface ReplicationFilter {
  /**
   * The prefix of the keys, such as `raw/`. Empty or absent: any key.
   */
  prefix?: string;
  /**
   * Tags that objects must have, by key. All must match.
   */
  tags?: {
    [k: string]: string;
  };
  not?: ReplicationExclusion;
}
/**
 * Excludes objects from replication: those with any of these prefixes or tags. Empty: excludes none. Absent: left as it is.
 */
export interface ReplicationExclusion {
  /**
   * Prefixes of keys. Absent: none.
   *
   * @minItems 1
   * @maxItems 100
   */
  prefixes?: string[];
  /**
   * Tags of objects. Absent: none.
   *
   * @minItems 1
   * @maxItems 100
   */
  tags?: ObjectTag[];
}
/**
 * A tag with its value.
 */
export interface ObjectTag {
  /**
   * The key of the tag.
   */
  key: string;
  /**
   * The value of the tag, which may be empty.
   */
  value: string;
}
/**
 * The bucket that receives the replicas, and their settings there.
 */
export interface ReplicationDestination {
  /**
   * The ARN of the destination bucket.
   */
  bucket: string;
  /**
   * The 12-digit ID of the account that must own the destination bucket. Absent: S3 does not check the owner.
   */
  account?: string;
  /**
   * Changes the owner of the replicas. Absent: the owner of the source object.
   */
  accessControlTranslation?: {
    /**
     * The owner of the replicas. `Destination`: the account that owns the destination bucket.
     */
    owner: "Destination";
  };
  /**
   * The storage class of replicas. Absent: that of the source object.
   */
  storageClass?:
    | "STANDARD"
    | "REDUCED_REDUNDANCY"
    | "STANDARD_IA"
    | "INTELLIGENT_TIERING"
    | "ONEZONE_IA"
    | "GLACIER_IR"
    | "GLACIER"
    | "DEEP_ARCHIVE";
  /**
   * The ARN of the KMS key, or of an alias, in the destination's region, that encrypts the replicas of objects with SSE-KMS.
   */
  replicaKmsKeyArn?: string;
  /**
   * Encrypts the replica of an object under a multi-Region KMS key with the related key in the destination's region. Absent: left as it is; `Disabled` in a new rule.
   */
  useSourceMultiRegionKey?: "Enabled" | "Disabled";
  /**
   * Whether S3 uses Replication Time Control, which is designed to replicate objects within 15 minutes, at a price. Absent: `Disabled`. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
   */
  replicationTime?: "Enabled" | "Disabled";
  /**
   * Whether S3 publishes replication metrics. Absent: `Disabled`.
   */
  metrics?: "Enabled" | "Disabled";
}
/**
 * Scheduled lists of the bucket's objects. The destination's bucket policy must allow `s3.amazonaws.com` the action `s3:PutObject`. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html
 */
export interface Inventory {
  /**
   * The configurations, identified by `id`.
   *
   * @maxItems 100
   */
  configurations: InventoryConfiguration[];
  /**
   * What the operator does with configurations that it did not write. Absent: `Keep`.
   */
  unmanagedConfigurations?: "Keep" | "Remove";
}
/**
 * A configuration: what S3 lists, how often, and where to.
 */
export interface InventoryConfiguration {
  /**
   * The name of the configuration, unique among those of its kind in the bucket.
   */
  id: string;
  /**
   * Whether S3 creates the lists. Absent: true.
   */
  isEnabled?: boolean;
  /**
   * Which versions S3 lists. `All`: every version. `Current`: the current versions.
   */
  includedObjectVersions: "All" | "Current";
  /**
   * How often S3 creates a list.
   */
  frequency: "Daily" | "Weekly";
  /**
   * The objects that S3 lists. Absent: all.
   */
  filter?: {
    /**
     * The prefix of the keys, such as `raw/`. Empty or absent: any key.
     */
    prefix: string;
  };
  /**
   * Columns in addition to bucket, key and version. Absent: none.
   *
   * @maxItems 40
   */
  optionalFields?: (
    | "Size"
    | "LastModifiedDate"
    | "StorageClass"
    | "ETag"
    | "IsMultipartUploaded"
    | "ReplicationStatus"
    | "EncryptionStatus"
    | "ObjectLockRetainUntilDate"
    | "ObjectLockMode"
    | "ObjectLockLegalHoldStatus"
    | "ObjectLockEventHoldStatus"
    | "ObjectLockEventHoldDuration"
    | "IntelligentTieringAccessTier"
    | "IntelligentTieringReferenceDate"
    | "BucketKeyStatus"
    | "ChecksumAlgorithm"
    | "ObjectAccessControlList"
    | "ObjectOwner"
    | "LifecycleExpirationDate"
  )[];
  destination: InventoryDestination;
}
/**
 * The bucket that receives the lists, in the same region.
 */
export interface InventoryDestination {
  /**
   * The ARN of the destination bucket.
   */
  bucket: string;
  /**
   * The 12-digit ID of the account that must own the destination bucket. Absent: S3 does not check the owner.
   */
  accountId?: string;
  /**
   * The prefix of the keys at the destination. Empty or absent: none.
   */
  prefix?: string;
  /**
   * The file format of the lists.
   */
  format: "CSV" | "ORC" | "Parquet";
  encryption?: InventoryEncryption;
}
/**
 * The encryption of the lists. Absent: the destination bucket's default.
 */
export interface InventoryEncryption {
  /**
   * The encryption algorithm. `AES256`: SSE-S3. `aws:kms`: SSE-KMS.
   */
  sseAlgorithm: "AES256" | "aws:kms";
  /**
   * The ARN of the KMS key. Its policy must allow `s3.amazonaws.com` the action `kms:GenerateDataKey`.
   */
  kmsKeyArn?: string;
}
/**
 * Request metrics of the bucket in CloudWatch, at a price. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-configurations.html
 */
export interface Metrics {
  /**
   * The configurations, identified by `id`, which is the dimension `FilterId` in CloudWatch.
   *
   * @maxItems 100
   */
  configurations: MetricsConfiguration[];
  /**
   * What the operator does with configurations that it did not write. Absent: `Keep`.
   */
  unmanagedConfigurations?: "Keep" | "Remove";
}
/**
 * A configuration: which requests S3 counts together.
 */
export interface MetricsConfiguration {
  /**
   * The name of the configuration, unique among those of its kind in the bucket.
   */
  id: string;
  filter?: MetricsFilter;
}
/**
 * The requests that it counts. All set fields must match. Absent: all requests.
 */
export interface MetricsFilter {
  /**
   * The prefix of the keys, such as `raw/`. Empty or absent: any key.
   */
  prefix?: string;
  /**
   * Tags that objects must have, by key. All must match.
   */
  tags?: {
    [k: string]: string;
  };
  /**
   * The ARN of the access point that the requests use.
   */
  accessPointArn?: string;
}
/**
 * Storage class analysis, which observes when objects are read. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/analytics-storage-class.html
 */
export interface Analytics {
  /**
   * The configurations, identified by `id`.
   *
   * @maxItems 100
   */
  configurations: AnalyticsConfiguration[];
  /**
   * What the operator does with configurations that it did not write. Absent: `Keep`.
   */
  unmanagedConfigurations?: "Keep" | "Remove";
}
/**
 * A configuration: which objects S3 observes.
 */
export interface AnalyticsConfiguration {
  /**
   * The name of the configuration, unique among those of its kind in the bucket.
   */
  id: string;
  filter?: ObjectFilter;
  dataExport?: AnalyticsDataExport;
}
/**
 * The bucket that receives the results daily, as CSV. It must be in the same region, and its policy must allow `s3.amazonaws.com` the action `s3:PutObject`. Absent: the results are only in the console.
 */
export interface AnalyticsDataExport {
  /**
   * The ARN of the destination bucket.
   */
  bucket: string;
  /**
   * The 12-digit ID of the account that must own the destination bucket. Absent: S3 does not check the owner.
   */
  bucketAccountId?: string;
  /**
   * The prefix of the keys at the destination. Empty or absent: none.
   */
  prefix?: string;
}
/**
 * Static website hosting by S3, without TLS and only for a public bucket. Prefer CloudFront with a private bucket: `policy.cloudFrontDistributions`. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteHosting.html
 */
export interface Website {
  /**
   * The name that S3 appends to a request for a folder, such as `index.html`.
   */
  indexDocument?: string;
  /**
   * The key of the object that S3 returns for an error, such as `error.html`. Absent: S3's own page.
   */
  errorDocument?: string;
  /**
   * Redirects every request to another host.
   */
  redirectAllRequestsTo?: {
    /**
     * The name of the host, such as `www.example.com`. S3 also accepts a port, path and query after it.
     */
    hostName: string;
    /**
     * The protocol of the redirect. Absent: that of the request.
     */
    protocol?: "http" | "https";
  };
  /**
   * Redirects. S3 uses the first rule that matches, so their order matters.
   *
   * @minItems 1
   * @maxItems 50
   */
  routingRules?: RoutingRule[];
}
/**
 * A redirect, and its condition.
 */
export interface RoutingRule {
  /**
   * When the rule applies. All set fields must match. Absent: always.
   */
  condition?: {
    /**
     * The prefix of the requested key. Empty or absent: any key.
     */
    keyPrefixEquals?: string;
    /**
     * The HTTP error that the request would cause, such as `404`.
     */
    httpErrorCodeReturnedEquals?: string;
  };
  /**
   * The target of the redirect. Absent fields stay as requested.
   */
  redirect: {
    /**
     * The name of the host, such as `www.example.com`. S3 also accepts a port, path and query after it.
     */
    hostName?: string;
    /**
     * The protocol of the redirect. Absent: that of the request.
     */
    protocol?: "http" | "https";
    /**
     * The HTTP status of the redirect. Absent: `301`.
     */
    httpRedirectCode?: string;
    /**
     * Replaces the `condition.keyPrefixEquals` in the key.
     */
    replaceKeyPrefixWith?: string;
    /**
     * Replaces the whole key. Empty: the index document.
     */
    replaceKeyWith?: string;
  };
}
/**
 * Which access other namespaces may get to the bucket. The bucket's own namespace needs no rule. When a rule is removed, the operator revokes what it allowed.
 */
export interface BucketConsent {
  /**
   * What other namespaces may get. A BucketAccess of another namespace is granted only if the rules that name its namespace cover all of its grants. Absent: no other namespace.
   *
   * @minItems 1
   * @maxItems 50
   */
  rules?: ConsentRule[];
}
/**
 * What some namespaces may get.
 */
export interface ConsentRule {
  namespaces: AllowedNamespaces;
  /**
   * The permissions that grants may have. Absent: all.
   *
   * @minItems 1
   * @maxItems 7
   */
  permissions?: ("Read" | "ReadVersions" | "Write" | "Delete" | "List" | "Tag" | "Restore")[];
  /**
   * The prefixes below which grants may be, such as `curated/`, each up to and including a `/`. Absent: every prefix, and `*`.
   *
   * @minItems 1
   * @maxItems 50
   */
  prefixes?: string[];
  /**
   * Whether BucketAccesses of these namespaces may name `principals`, which may be of other AWS accounts. Absent: false.
   */
  principals?: boolean;
}
/**
 * The namespaces of the BucketAccesses, by exactly one of `names` and `selector`.
 */
export interface AllowedNamespaces {
  /**
   * Names of namespaces. Empty: none.
   *
   * @maxItems 200
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
 * The state that the operator observed. If it is lost, the operator rebuilds it.
 */
export interface S3BucketStatus {
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
   * The bucket's name at AWS.
   */
  bucketName?: string;
  /**
   * The bucket's ARN.
   */
  arn?: string;
  /**
   * The region of the bucket.
   */
  region?: string;
  /**
   * The AWS account that owns the bucket.
   */
  accountId?: string;
  /**
   * The regional DNS name of the bucket, for virtual-hosted-style requests.
   */
  domainName?: string;
  /**
   * The ARN of the KMS key of `spec.encryption`; an alias is resolved.
   */
  kmsKeyArn?: string;
  keyChange?: KeyChange;
  managedKey?: ManagedKeyStatus;
  /**
   * How the object got its bucket: `Created` by the operator, or `Adopted`.
   */
  origin?: "Created" | "Adopted";
  /**
   * The state of each setting, declared or not.
   *
   * @maxItems 64
   */
  settings?: SettingStatus[];
  /**
   * The settings that the operator has applied to the bucket. A setting that leaves the spec is reset to S3's own default and then removed from this list.
   *
   * @maxItems 64
   */
  appliedSettings?: string[];
  /**
   * A hash of what spec, account and operator declare. It distinguishes drift from a changed declaration.
   */
  declarationHash?: string;
  drift?: Drift;
  /**
   * The changes that the operator would make, with `mode: Observe`, at most 100.
   *
   * @maxItems 100
   */
  plan?: Change[];
  policy?: PolicyStatus;
  /**
   * Whether only the root user, with an MFA device, may delete versions and change versioning. The operator reads it if `spec.versioning` is declared, and never writes it. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html
   */
  mfaDelete?: "Enabled" | "Disabled";
  lifecycle?: EntriesStatus;
  cors?: EntriesStatus;
  notifications?: EntriesStatus;
  intelligentTiering?: EntriesStatus;
  metrics?: EntriesStatus;
  inventory?: EntriesStatus;
  analytics?: EntriesStatus;
  /**
   * The keys of the tags that the operator applied from the spec and the account. It removes them when they are no longer declared.
   *
   * @maxItems 100
   */
  tagKeys?: string[];
  deletion?: DeletionStatus;
  /**
   * The last value of the annotation `s3-operator.io/reconcile-requested-at` that the operator handled.
   */
  reconcileRequestedAt?: string;
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
 * A change of the KMS key or the bucket key setting of `spec.encryption` that is in progress. BucketAccesses get their rights on the new key before the operator changes S3.
 */
export interface KeyChange {
  /**
   * When the operator first saw the change.
   */
  startTime: string;
  /**
   * The ARN of the former KMS key. S3 encrypts new objects with it until the change is complete, and BucketAccesses keep the right to write with it. Absent: there was none.
   */
  formerKmsKeyArn?: string;
}
/**
 * The state of the key of `spec.encryption.kmsKey.managed`.
 */
export interface ManagedKeyStatus {
  /**
   * True from just before the operator creates or revives the key until it knows the result.
   */
  workBegun?: boolean;
  /**
   * Whether the key's policy has, or had, statements for the principals of BucketAccesses.
   */
  isShared?: boolean;
}
/**
 * The state of one setting of the bucket.
 */
export interface SettingStatus {
  /**
   * The name of the setting in the spec.
   */
  name: string;
  /**
   * The source of the setting's value: `Spec`, `Baseline`, or none (`Unmanaged`).
   */
  source: "Spec" | "Baseline" | "Unmanaged";
  /**
   * The state of the setting. `InSync`: read back and equal. `Pending`: not written or read yet. `Drifted`: found different. `Denied`: AWS denies the operator an action. `Failed`: AWS rejects the value, or the call failed. `Settling`: written, and AWS may still return the old value. Absent for an unmanaged setting.
   */
  state?: "InSync" | "Pending" | "Drifted" | "Denied" | "Failed" | "Settling";
  /**
   * The reason for the status, from the list in docs/reasons.md.
   */
  reason?: string;
  /**
   * A description of the cause and of what to do.
   */
  message?: string;
}
/**
 * The last difference that the operator found and did not cause.
 */
export interface Drift {
  /**
   * When the operator last found drift.
   */
  lastDetectedTime?: string;
  /**
   * When the operator last corrected drift.
   */
  lastCorrectedTime?: string;
  /**
   * The differences, at most 20.
   *
   * @maxItems 20
   */
  changes?: Change[];
}
/**
 * A difference between the declared and the actual state.
 */
export interface Change {
  /**
   * The name of the setting in the spec.
   */
  setting: string;
  /**
   * The path in the setting.
   */
  path: string;
  /**
   * The declared value, as JSON, cut to 256 characters. Absent: none.
   */
  desired?: string;
  /**
   * The actual value, as JSON, cut to 256 characters. Absent: none.
   */
  actual?: string;
}
/**
 * The state of the bucket policy.
 */
export interface PolicyStatus {
  /**
   * The size of the policy in bytes. AWS allows 20,480.
   */
  bytes?: number;
  /**
   * The statements of other owners, by `sid`, at most 100. A statement without a `sid` has a number among those without, such as `#2`.
   *
   * @maxItems 100
   */
  unmanagedStatements?: string[];
  /**
   * Statements of other owners that allow more than the bucket's account, at most 20. Absent: none.
   *
   * @maxItems 20
   */
  externalAccess?: ExternalAccess[];
}
/**
 * A statement that allows external access.
 */
export interface ExternalAccess {
  /**
   * The `sid` of the statement, or its number among those without, such as `#2`.
   */
  statement: string;
  /**
   * Who gets access. `Public`: all callers. `OtherAccount`: named principals of other accounts, or all callers under a condition.
   */
  access: "Public" | "OtherAccount";
  /**
   * The principals, at most 10.
   *
   * @maxItems 10
   */
  principals?: string[];
}
/**
 * The parts of a setting that has several owners.
 */
export interface EntriesStatus {
  /**
   * The parts that the operator applied, by ID. It removes them when the spec no longer declares them. A part without an ID has its position, such as `#2`.
   *
   * @maxItems 1000
   */
  appliedIds?: string[];
  /**
   * The parts of other owners, by ID, at most 100.
   *
   * @maxItems 100
   */
  unmanagedIds?: string[];
}
/**
 * The progress of emptying the bucket, with `deletionPolicy: DeleteWithContents`. The remaining amount is unknown.
 */
export interface DeletionStatus {
  /**
   * When emptying began.
   */
  startedTime?: string;
  /**
   * When the operator last deleted something.
   */
  lastProgressTime?: string;
  /**
   * Object versions and delete markers that the operator has deleted.
   */
  objectsDeleted?: number;
  /**
   * Multipart uploads that the operator has aborted.
   */
  uploadsAborted?: number;
  /**
   * When S3 Lifecycle began to expire the remaining contents. Absent: it is not in use.
   */
  lifecycleStartedTime?: string;
}

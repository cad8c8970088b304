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
   * What happens to the bucket when this object is deleted. `Retain`: it stays, tagged as released. `DeleteIfEmpty`: it is deleted once it holds no object, version or upload; until then the object waits. `DeleteWithContents`: it is emptied and deleted, once the AWSAccount's `allowedDeletionPolicies` has this policy and the annotation `s3-operator.io/confirm-delete-contents` names the bucket; until then the object waits. Absent: `Retain`.
   */
  deletionPolicy?: "Retain" | "DeleteIfEmpty" | "DeleteWithContents";
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
   * Transfer Acceleration, at a price. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/transfer-acceleration.html
   */
  accelerate?: "Enabled" | "Suspended";
  /**
   * Who pays for requests and downloads. Absent: left as it is, which in a new bucket is `BucketOwner`. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html
   */
  requestPayment?: "BucketOwner" | "Requester";
  website?: Website;
  /**
   * Whether IAM policies can decide by the bucket's tags. Not every region has it. Absent: left as it is, which in a new bucket is `Disabled`. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
   */
  abac?: "Enabled" | "Disabled";
  access?: BucketConsent;
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
  kmsKey?: KmsKey;
  /**
   * Use an S3 Bucket Key, which cuts calls to KMS and their cost. Absent: left as it is, which on a new bucket is false. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
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
 * The KMS key, by exactly one of `arn`, `alias` and `managed`. Absent with a KMS algorithm: the AWS managed key `aws/s3`.
 */
export interface KmsKey {
  /**
   * The key's ARN, in the bucket's region; another account's key needs that account's consent in its key policy.
   */
  arn?: string;
  /**
   * An alias in the bucket's account and region, such as `alias/documents`. It is resolved by the operator; what S3 is told is always the key's ARN.
   */
  alias?: string;
  managed?: ManagedKey;
}
/**
 * A key that the operator makes for this bucket, with an alias and yearly rotation, and keeps when the bucket goes, unless `deletionWindowInDays` is set.
 */
export interface ManagedKey {
  /**
   * Its alias. Absent: `alias/s3-operator/<cluster>/<namespace>/<name>`.
   */
  alias?: string;
  /**
   * Days between two rotations of its material. Absent: 365.
   */
  rotationPeriodInDays?: number;
  /**
   * When the operator has deleted the bucket, the key is scheduled for deletion after so many days; applying the same manifest again before that cancels it. Whatever else was encrypted with the key is lost with it. Absent: the key stays.
   */
  deletionWindowInDays?: number;
}
/**
 * Protection of object versions from being deleted or overwritten, with a default retention for new ones. Needs `versioning: Enabled`. Once on, it stays on for as long as the bucket exists, and versioning with it: removed from here, only the default retention goes. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */
export interface ObjectLock {
  /**
   * The default retention of new object versions. `GOVERNANCE`: those who hold `s3:BypassGovernanceRetention` can lift it. `COMPLIANCE`: nobody can, the root user of the account included. `None`: no default; writers may still set a retention on each object.
   */
  mode: "GOVERNANCE" | "COMPLIANCE" | "None";
  /**
   * Days that a new version is retained.
   */
  days?: number;
  /**
   * Years that a new version is retained.
   */
  years?: number;
  defaultEventHold?: DefaultEventHold;
  /**
   * That you know what `COMPLIANCE` means. Required with it.
   */
  acknowledgeCompliance?: "NotEvenRootCanDelete";
}
/**
 * The hold under which each new version is placed until somebody releases it, and how long it is retained from then on. Empty: none. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/API/API_DefaultRetention.html
 */
export interface DefaultEventHold {
  /**
   * Days that a version is retained once its hold is released.
   */
  days?: number;
  /**
   * Years that a version is retained once its hold is released.
   */
  years?: number;
}
/**
 * The bucket's whole lifecycle configuration, or with `unmanagedRules: Keep` a part of it. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html
 */
export interface Lifecycle {
  /**
   * The smallest object that transitions move when a rule has no size filter. `all_storage_classes_128K`: 128 KiB for every class. `varies_by_storage_class`: 128 KiB, but any size to Glacier Flexible Retrieval and Deep Archive. Absent: left as it is, which in a new configuration is `all_storage_classes_128K`.
   */
  transitionDefaultMinimumObjectSize?: "all_storage_classes_128K" | "varies_by_storage_class";
  /**
   * What happens to rules that others put there: `Keep` or `Remove` them. Absent: `Remove`.
   */
  unmanagedRules?: "Keep" | "Remove";
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
   * Objects must be larger than this many bytes. 0 spares empty ones, such as the markers of folders.
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
 * The bucket's whole CORS configuration, or with `unmanagedRules: Keep` a part of it, which goes before the rules of others. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */
export interface Cors {
  /**
   * What happens to rules that others put there: `Keep` or `Remove` them. Absent: `Remove`.
   */
  unmanagedRules?: "Keep" | "Remove";
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
   * The rule's name, unique in the bucket. Absent: none.
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
   * Deny requests without TLS, or with an older TLS than this. `None`: no such statement. Absent: `1.2` under the baseline, else `None`.
   */
  minimumTLSVersion?: "1.2" | "1.3" | "None";
  /**
   * ARNs of CloudFront distributions that may read objects through origin access control, with the bucket private. See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
   *
   * @maxItems 50
   */
  cloudFrontDistributions?: string[];
  /**
   * IDs of VPC endpoints. Requests that come another way are denied, except those of AWS services, of the operator and of the account's root. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html
   *
   * @minItems 1
   * @maxItems 50
   */
  vpcEndpoints?: string[];
  /**
   * ID of an AWS organization. Requests from outside it are denied, except those of AWS services, of the operator and of the account's root. See https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
   */
  organizationId?: string;
  /**
   * Deny uploads that name another algorithm or key than `spec.encryption` does. Uploads that name none get the bucket's default and pass. Absent: `false`.
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
 * One AWS service, and what it may write.
 */
export interface LogDelivery {
  /**
   * `logging.s3.amazonaws.com` writes S3 server access logs, `logdelivery.elasticloadbalancing.amazonaws.com` those of Application and Classic Load Balancers, `cloudtrail.amazonaws.com` trails, `delivery.logs.amazonaws.com` VPC flow logs, logs of Network Load Balancers and all else that goes through CloudWatch Logs, `config.amazonaws.com` the history of AWS Config.
   */
  service:
    | "logging.s3.amazonaws.com"
    | "logdelivery.elasticloadbalancing.amazonaws.com"
    | "cloudtrail.amazonaws.com"
    | "delivery.logs.amazonaws.com"
    | "config.amazonaws.com";
  /**
   * Where it may write. All but S3 append `AWSLogs/` and the source account. Absent: at the top of the bucket.
   *
   * @minItems 1
   * @maxItems 20
   */
  prefixes?: string[];
  /**
   * Accounts whose logs it may write. Absent: the bucket's own.
   *
   * @minItems 1
   * @maxItems 50
   */
  sourceAccounts?: string[];
  /**
   * ARNs of what it may write logs of, such as source buckets, trails or load balancers; `*` and `?` are wildcards. Absent: anything of the kind in the source accounts.
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
 * Server access logs. The target's bucket policy must let `logging.s3.amazonaws.com` do `s3:PutObject` on the prefix, and its default encryption must be SSE-S3. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
 */
export interface Logging {
  /**
   * Name of the bucket that receives the logs, in the same account and region, without a default retention.
   */
  targetBucket: string;
  /**
   * What the keys of logs begin with, such as `logs/documents/`. Absent: nothing.
   */
  targetPrefix?: string;
  targetObjectKeyFormat?: TargetObjectKeyFormat;
}
/**
 * What follows the prefix, by exactly one of the two. Absent: as with `simplePrefix`.
 */
export interface TargetObjectKeyFormat {
  /**
   * The time of delivery and a random part; stated as `{}`.
   */
  simplePrefix?: {};
  /**
   * Account, region, bucket and day, as folders, then the time and a random part.
   */
  partitionedPrefix?: {
    /**
     * Which day: `EventTime`, that of the requests, or `DeliveryTime`, that of the log's delivery.
     */
    partitionDateSource: "EventTime" | "DeliveryTime";
  };
}
/**
 * Where S3 sends word of events, by id. S3 looks whether it may send there before it accepts a configuration. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html
 */
export interface Notifications {
  /**
   * SQS queues, standard ones, in the bucket's region. Their policies must let `s3.amazonaws.com` do `sqs:SendMessage`.
   *
   * @maxItems 100
   */
  queues?: QueueNotification[];
  /**
   * SNS topics, standard ones, in the bucket's region. Their policies must let `s3.amazonaws.com` do `sns:Publish`.
   *
   * @maxItems 100
   */
  topics?: TopicNotification[];
  /**
   * Lambda functions, in the bucket's region. Their resource policies must let `s3.amazonaws.com` do `lambda:InvokeFunction`.
   *
   * @maxItems 100
   */
  lambdaFunctions?: LambdaFunctionNotification[];
  /**
   * Whether all events go to EventBridge. Absent: as with the configurations of others.
   */
  eventBridge?: "Enabled" | "Disabled";
  /**
   * What happens to configurations that others put there: `Keep` or `Remove` them. Absent: `Keep`.
   */
  unmanagedConfigurations?: "Keep" | "Remove";
}
/**
 * One queue, and the events that it is told of.
 */
export interface QueueNotification {
  /**
   * The configuration's name, unique in the bucket.
   */
  id: string;
  /**
   * ARN of the queue.
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
 * Which keys it is for; those of one event may not overlap between configurations. Absent: all.
 */
export interface KeyFilter {
  /**
   * What keys begin with, such as `uploads/`. Absent: anything.
   */
  prefix?: string;
  /**
   * What keys end with, such as `.pdf`. Absent: anything.
   */
  suffix?: string;
}
/**
 * One topic, and the events that it is told of.
 */
export interface TopicNotification {
  /**
   * The configuration's name, unique in the bucket.
   */
  id: string;
  /**
   * ARN of the topic.
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
   * The configuration's name, unique in the bucket.
   */
  id: string;
  /**
   * ARN of the function, with or without a version or alias.
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
   * The configurations, known by id.
   *
   * @maxItems 100
   */
  configurations: IntelligentTieringConfiguration[];
  /**
   * What happens to configurations that others put there: `Keep` or `Remove` them. Absent: `Keep`.
   */
  unmanagedConfigurations?: "Keep" | "Remove";
}
/**
 * Which objects move to which archive tiers.
 */
export interface IntelligentTieringConfiguration {
  /**
   * The configuration's name, unique among those of its kind in the bucket.
   */
  id: string;
  /**
   * Whether S3 acts on it.
   */
  status: "Enabled" | "Disabled";
  filter?: ObjectFilter;
  /**
   * The tiers.
   *
   * @minItems 1
   * @maxItems 2
   */
  tierings: Tiering[];
}
/**
 * Which objects it is for; what is set is combined with AND. Absent: all.
 */
export interface ObjectFilter {
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
}
/**
 * A move to one tier.
 */
export interface Tiering {
  /**
   * The tier; both make reading wait for a restore.
   */
  accessTier: "ARCHIVE_ACCESS" | "DEEP_ARCHIVE_ACCESS";
  /**
   * Days without access after which an object moves.
   */
  days: number;
}
/**
 * The bucket's whole replication configuration: rules of others are removed. Needs `versioning: Enabled` here and at the destinations. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
 */
export interface Replication {
  /**
   * ARN of the role that S3 assumes to replicate; the operator must be allowed to pass it.
   */
  roleArn: string;
  /**
   * The rules, known by id; their order has no meaning.
   *
   * @minItems 1
   * @maxItems 100
   */
  rules: ReplicationRule[];
}
/**
 * Which new objects are replicated, and where to.
 */
export interface ReplicationRule {
  /**
   * The rule's name, unique in the bucket.
   */
  id: string;
  /**
   * Which rule wins for an object that several would replicate to one bucket, the highest one.
   */
  priority: number;
  /**
   * Whether S3 runs the rule.
   */
  status: "Enabled" | "Disabled";
  filter?: ReplicationFilter;
  /**
   * Whether delete markers are replicated too. Absent: left as it is, which in a new rule is `Disabled`, and in one of the oldest form, without a filter, `Enabled`.
   */
  deleteMarkerReplication?: "Enabled" | "Disabled";
  /**
   * Objects that are not replicated unless asked for. Absent: none of them.
   */
  sourceSelectionCriteria?: {
    /**
     * Whether objects under SSE-KMS are replicated. Absent: `Disabled`.
     */
    sseKmsEncryptedObjects?: "Enabled" | "Disabled";
    /**
     * Whether changes of metadata at a replica are replicated back. Absent: `Disabled`.
     */
    replicaModifications?: "Enabled" | "Disabled";
  };
  destination: ReplicationDestination;
}
/**
 * Which objects it is for; what is set is combined with AND. Absent: all.
 */
export interface ReplicationFilter {
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
  not?: ReplicationExclusion;
}
/**
 * Objects that are left out: those with any of these prefixes or tags. Empty: none. Absent: left as it is.
 */
export interface ReplicationExclusion {
  /**
   * What keys begin with. Absent: none.
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
   * The tag's key.
   */
  key: string;
  /**
   * The tag's value, which may be empty.
   */
  value: string;
}
/**
 * The bucket that receives the replicas, and what becomes of them there.
 */
export interface ReplicationDestination {
  /**
   * ARN of the destination bucket.
   */
  bucket: string;
  /**
   * The 12-digit id of the account that must own the destination bucket. Absent: S3 does not look who owns it.
   */
  account?: string;
  /**
   * Who owns the replicas. Absent: the owner of the source object.
   */
  accessControlTranslation?: {
    /**
     * `Destination`: the account that owns the destination bucket.
     */
    owner: "Destination";
  };
  /**
   * The storage class of replicas. Absent: that of the source object.
   */
  storageClass?:
    "STANDARD" | "STANDARD_IA" | "INTELLIGENT_TIERING" | "ONEZONE_IA" | "GLACIER_IR" | "GLACIER" | "DEEP_ARCHIVE";
  /**
   * ARN of the KMS key, in the destination's region, that encrypts replicas of objects under SSE-KMS.
   */
  replicaKmsKeyArn?: string;
  /**
   * Whether replicas of objects under a multi-Region KMS key are encrypted with the related key in the destination's region. Absent: left as it is, which in a new rule is `Disabled`.
   */
  useSourceMultiRegionKey?: "Enabled" | "Disabled";
  /**
   * Whether S3 Replication Time Control holds replication to 15 minutes, at a price. Absent: `Disabled`. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
   */
  replicationTime?: "Enabled" | "Disabled";
  /**
   * Whether S3 publishes replication metrics. Absent: `Disabled`.
   */
  metrics?: "Enabled" | "Disabled";
}
/**
 * Scheduled lists of objects. The destination's bucket policy must let `s3.amazonaws.com` do `s3:PutObject`. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html
 */
export interface Inventory {
  /**
   * The configurations, known by id.
   *
   * @maxItems 100
   */
  configurations: InventoryConfiguration[];
  /**
   * What happens to configurations that others put there: `Keep` or `Remove` them. Absent: `Keep`.
   */
  unmanagedConfigurations?: "Keep" | "Remove";
}
/**
 * What is listed, when, and where to.
 */
export interface InventoryConfiguration {
  /**
   * The configuration's name, unique among those of its kind in the bucket.
   */
  id: string;
  /**
   * Whether lists are made. Absent: true.
   */
  isEnabled?: boolean;
  /**
   * `All` lists every version, `Current` the current ones.
   */
  includedObjectVersions: "All" | "Current";
  /**
   * How often a list is made.
   */
  frequency: "Daily" | "Weekly";
  /**
   * Which objects are listed. Absent: all.
   */
  filter?: {
    /**
     * What keys begin with, such as `raw/`. Absent: any key.
     */
    prefix: string;
  };
  /**
   * Columns beyond bucket, key and version. Absent: none.
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
   * ARN of the destination bucket.
   */
  bucket: string;
  /**
   * The 12-digit id of the account that must own the destination bucket. Absent: S3 does not look who owns it.
   */
  accountId?: string;
  /**
   * What keys at the destination begin with. Absent: nothing.
   */
  prefix?: string;
  /**
   * File format of the lists.
   */
  format: "CSV" | "ORC" | "Parquet";
  encryption?: InventoryEncryption;
}
/**
 * How the lists are encrypted. Absent: by the destination bucket's default.
 */
export interface InventoryEncryption {
  /**
   * `AES256` is SSE-S3, `aws:kms` SSE-KMS.
   */
  sseAlgorithm: "AES256" | "aws:kms";
  /**
   * ARN of the KMS key, whose policy must let `s3.amazonaws.com` do `kms:GenerateDataKey`.
   */
  kmsKeyArn?: string;
}
/**
 * Request metrics in CloudWatch, at a price. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-configurations.html
 */
export interface Metrics {
  /**
   * The configurations, known by id, which is the dimension `FilterId` in CloudWatch.
   *
   * @maxItems 100
   */
  configurations: MetricsConfiguration[];
  /**
   * What happens to configurations that others put there: `Keep` or `Remove` them. Absent: `Keep`.
   */
  unmanagedConfigurations?: "Keep" | "Remove";
}
/**
 * Which requests are counted together.
 */
export interface MetricsConfiguration {
  /**
   * The configuration's name, unique among those of its kind in the bucket.
   */
  id: string;
  filter?: MetricsFilter;
}
/**
 * Which requests; what is set is combined with AND. Absent: all.
 */
export interface MetricsFilter {
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
   * ARN of the access point that the requests go through.
   */
  accessPointArn?: string;
}
/**
 * Storage class analysis, which watches when objects are read. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/analytics-storage-class.html
 */
export interface Analytics {
  /**
   * The configurations, known by id.
   *
   * @maxItems 100
   */
  configurations: AnalyticsConfiguration[];
  /**
   * What happens to configurations that others put there: `Keep` or `Remove` them. Absent: `Keep`.
   */
  unmanagedConfigurations?: "Keep" | "Remove";
}
/**
 * Which objects are watched.
 */
export interface AnalyticsConfiguration {
  /**
   * The configuration's name, unique among those of its kind in the bucket.
   */
  id: string;
  filter?: ObjectFilter;
  dataExport?: AnalyticsDataExport;
}
/**
 * A bucket in the same region that receives the results daily, as CSV; its policy must let `s3.amazonaws.com` do `s3:PutObject`. Absent: they are in the console only.
 */
export interface AnalyticsDataExport {
  /**
   * ARN of the destination bucket.
   */
  bucket: string;
  /**
   * The 12-digit id of the account that must own the destination bucket. Absent: S3 does not look who owns it.
   */
  bucketAccountId?: string;
  /**
   * What keys at the destination begin with. Absent: nothing.
   */
  prefix?: string;
}
/**
 * Static website hosting by S3 itself, which has no TLS and works only with a public bucket. Prefer CloudFront with the bucket private: `policy.cloudFrontDistributions`. Absent: left as it is. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteHosting.html
 */
export interface Website {
  /**
   * What is appended to a request for a folder, such as `index.html`.
   */
  indexDocument?: string;
  /**
   * Key of the object that answers when there is an error, such as `error.html`. Absent: S3's own page.
   */
  errorDocument?: string;
  /**
   * Another host, to which every request is redirected.
   */
  redirectAllRequestsTo?: {
    /**
     * The host's name, such as `www.example.com`.
     */
    hostName: string;
    /**
     * The protocol. Absent: that of the request.
     */
    protocol?: "http" | "https";
  };
  /**
   * Redirects; S3 takes the first that matches, so that their order has meaning.
   *
   * @minItems 1
   * @maxItems 50
   */
  routingRules?: RoutingRule[];
}
/**
 * A redirect, and when it is made.
 */
export interface RoutingRule {
  /**
   * When it is made; what is set must all hold. Absent: always.
   */
  condition?: {
    /**
     * What the requested key begins with.
     */
    keyPrefixEquals?: string;
    /**
     * The error that would be answered, such as `404`.
     */
    httpErrorCodeReturnedEquals?: string;
  };
  /**
   * Where to; what is absent stays as requested.
   */
  redirect: {
    /**
     * The host's name, such as `www.example.com`.
     */
    hostName?: string;
    /**
     * The protocol. Absent: that of the request.
     */
    protocol?: "http" | "https";
    /**
     * The code that is answered. Absent: `301`.
     */
    httpRedirectCode?: string;
    /**
     * What takes the place of `condition.keyPrefixEquals` in the key.
     */
    replaceKeyPrefixWith?: string;
    /**
     * The key that takes the place of the requested one.
     */
    replaceKeyWith?: string;
  };
}
/**
 * Who may refer to the bucket. Taking the consent away takes away the access that others have by it.
 */
export interface BucketConsent {
  allowedNamespaces?: AllowedNamespaces;
}
/**
 * Namespaces whose BucketAccesses may refer to the bucket, by exactly one of `names` and `selector`. Absent: the bucket's own only.
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
  keyChange?: KeyChange;
  managedKey?: ManagedKeyStatus;
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
  /**
   * A hash of what spec, account and operator declare, to tell drift from news.
   */
  declarationHash?: string;
  drift?: Drift;
  /**
   * With `mode: Observe`: what the operator would change, the first 100.
   *
   * @maxItems 100
   */
  plan?: Change[];
  policy?: PolicyStatus;
  /**
   * Whether only the root user, with an MFA device, may delete versions and change versioning; seen where `spec.versioning` is declared. It is never written. See https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html
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
   * Keys of the tags that were applied from this spec and the account, so that they can be removed when they are no longer declared.
   *
   * @maxItems 100
   */
  tagKeys?: string[];
  deletion?: DeletionStatus;
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
 * While the KMS key or the bucket key setting of `spec.encryption` changes: BucketAccesses get their rights on the new key before S3 is told of it.
 */
export interface KeyChange {
  /**
   * When the change was first seen.
   */
  startTime: string;
  /**
   * The ARN of the KMS key with which S3 encrypts new objects until then; BucketAccesses may go on to write with it. Absent when there was none.
   */
  formerKmsKeyArn?: string;
}
/**
 * About the key of `spec.encryption.kmsKey.managed`.
 */
export interface ManagedKeyStatus {
  /**
   * The key is about to be created or revived, or was, and nobody knows yet how that ended.
   */
  workBegun?: boolean;
  /**
   * The key's policy has, or had, statements for the principals of BucketAccesses.
   */
  isShared?: boolean;
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
   * Sids of the statements that others put there, the first 100; one without a sid is named by its number among those, such as `#2`.
   *
   * @maxItems 100
   */
  unmanagedStatements?: string[];
  /**
   * Statements that others put there and that let in more than the bucket's account, the first 20. Absent: none.
   *
   * @maxItems 20
   */
  externalAccess?: ExternalAccess[];
}
/**
 * One statement that lets in others.
 */
export interface ExternalAccess {
  /**
   * Its sid, or its number among those without, such as `#2`.
   */
  statement: string;
  /**
   * Whom it lets in: `Public`, everybody; `OtherAccount`, named principals, or everybody under some condition.
   */
  access: "Public" | "OtherAccount";
  /**
   * Who they are, the first 10.
   *
   * @maxItems 10
   */
  principals?: string[];
}
/**
 * About the parts of a setting that others may also write to.
 */
export interface EntriesStatus {
  /**
   * What was applied from this spec, by id, so that it can be removed when it is no longer declared. One without an id is named by its place, such as `#2`.
   *
   * @maxItems 1000
   */
  appliedIds?: string[];
  /**
   * What others put there, by id, the first 100.
   *
   * @maxItems 100
   */
  unmanagedIds?: string[];
}
/**
 * With `deletionPolicy: DeleteWithContents`: how far the emptying of the bucket has come. How much is left is not known.
 */
export interface DeletionStatus {
  /**
   * When it began.
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
   * Since when a lifecycle configuration has S3 expire what is left. Absent: it has not come to that.
   */
  lifecycleStartedTime?: string;
}

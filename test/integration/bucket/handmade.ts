import {
  PutBucketAbacCommand,
  PutBucketAccelerateConfigurationCommand,
  PutBucketAnalyticsConfigurationCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketIntelligentTieringConfigurationCommand,
  PutBucketInventoryConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketMetricsConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketRequestPaymentCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutBucketWebsiteCommand,
  PutObjectLockConfigurationCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { bucketArn } from "../../../operator/aws/arn.ts";
import { prerequisites, type Prerequisites } from "../support/world/prerequisites.ts";
import type { World } from "../support/world/world.ts";

/** Creates a bucket with every setting by hand, none at S3's default, in the forms that users and their tools use. */
export async function handmadeBucket(world: World): Promise<string> {
  const Bucket = world.bucketName("handmade");
  world.account.createBucket(Bucket, "eu-central-1");
  const named = await prerequisites(world);
  await protect(world.person, Bucket, named);
  await keep(world.person, Bucket, named);
  await serve(world.person, Bucket, named);
  await watch(world.person, Bucket, named);
  return Bucket;
}

async function protect(s3: S3Client, Bucket: string, { kmsKeyArn }: Prerequisites): Promise<void> {
  const PublicAccessBlockConfiguration = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true };
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  const OwnershipControls = { Rules: [{ ObjectOwnership: "BucketOwnerPreferred" as const }] };
  await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
  const rule = {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: kmsKeyArn },
    BucketKeyEnabled: true,
  };
  const ServerSideEncryptionConfiguration = { Rules: [rule] };
  await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  const Resource = `${bucketArn("aws", Bucket)}/*`;
  const Statement = [
    { Sid: "Theirs", Effect: "Deny", Principal: "*", Action: "s3:DeleteObjectVersion", Resource },
    { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Action: "s3:PutObject", Resource },
  ];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  // Values that YAML 1.1, which Kubernetes reads, takes for other types.
  const tags = { cost: "42", on: "off", "team name": "1_000", since: "2024-01-01", empty: "" };
  const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  await s3.send(new PutBucketAbacCommand({ Bucket, AbacStatus: { Status: "Enabled" } }));
}

async function keep(s3: S3Client, Bucket: string, { roleArn, targetArn }: Prerequisites): Promise<void> {
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  const Rule = { DefaultRetention: { Mode: "GOVERNANCE" as const, Days: 30 } };
  const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled" as const, Rule };
  await s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
  const Rules = [
    {
      ID: "raw tiers",
      Status: "Enabled" as const,
      Filter: { And: { Prefix: "raw/", Tags: [{ Key: "tier", Value: "cold" }], ObjectSizeGreaterThan: 1 } },
      Transitions: [
        { Days: 30, StorageClass: "STANDARD_IA" as const },
        { Days: 90, StorageClass: "GLACIER" as const },
      ],
      Expiration: { Days: 365 },
      NoncurrentVersionTransitions: [{ NoncurrentDays: 30, StorageClass: "DEEP_ARCHIVE" as const }],
      NoncurrentVersionExpiration: { NoncurrentDays: 90, NewerNoncurrentVersions: 3 },
    },
    {
      ID: "2030",
      Status: "Disabled" as const,
      Filter: { Prefix: "" },
      Expiration: { Date: new Date("2030-01-01T00:00:00Z") },
    },
    {
      ID: "uploads",
      Status: "Enabled" as const,
      Filter: {},
      Expiration: { ExpiredObjectDeleteMarker: true },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    },
  ];
  const lifecycle = {
    LifecycleConfiguration: { Rules },
    TransitionDefaultMinimumObjectSize: "varies_by_storage_class" as const,
  };
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, ...lifecycle }));
  const replica = {
    ID: "replica",
    Priority: 1,
    Status: "Enabled" as const,
    Filter: { Prefix: "raw/" },
    DeleteMarkerReplication: { Status: "Disabled" as const },
    Destination: { Bucket: targetArn, StorageClass: "STANDARD_IA" as const },
  };
  const ReplicationConfiguration = { Role: roleArn, Rules: [replica] };
  await s3.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration }));
  const archive = {
    Id: "archive",
    Status: "Enabled" as const,
    Filter: { Tag: { Key: "tier", Value: "cold" } },
    Tierings: [{ AccessTier: "DEEP_ARCHIVE_ACCESS" as const, Days: 180 }],
  };
  const tiering = { Id: "archive", IntelligentTieringConfiguration: archive };
  await s3.send(new PutBucketIntelligentTieringConfigurationCommand({ Bucket, ...tiering }));
}

async function serve(s3: S3Client, Bucket: string, { queueArn, topicArn }: Prerequisites): Promise<void> {
  const web = {
    ID: "web",
    AllowedOrigins: ["https://app.example.com"],
    AllowedMethods: ["PUT", "GET"],
    AllowedHeaders: ["*"],
  };
  const rest = { AllowedOrigins: ["*"], AllowedMethods: ["GET"], MaxAgeSeconds: 3000 };
  await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [web, rest] } }));
  const WebsiteConfiguration = {
    IndexDocument: { Suffix: "index.html" },
    ErrorDocument: { Key: "error.html" },
    RoutingRules: [{ Condition: { KeyPrefixEquals: "old/" }, Redirect: { ReplaceKeyPrefixWith: "new/" } }],
  };
  await s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }));
  const AccelerateConfiguration = { Status: "Enabled" as const };
  await s3.send(new PutBucketAccelerateConfigurationCommand({ Bucket, AccelerateConfiguration }));
  const RequestPaymentConfiguration = { Payer: "Requester" as const };
  await s3.send(new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration }));
  const FilterRules = [{ Name: "prefix" as const, Value: "uploads/" }];
  const NotificationConfiguration = {
    QueueConfigurations: [
      {
        Id: "uploads",
        QueueArn: queueArn,
        Events: ["s3:ObjectCreated:*" as const],
        Filter: { Key: { FilterRules } },
      },
    ],
    // S3 generates the ID.
    TopicConfigurations: [{ TopicArn: topicArn, Events: ["s3:ObjectRemoved:*" as const] }],
    EventBridgeConfiguration: {},
  };
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
}

async function watch(s3: S3Client, Bucket: string, { targetBucket, targetArn }: Prerequisites): Promise<void> {
  const TargetObjectKeyFormat = { PartitionedPrefix: { PartitionDateSource: "EventTime" as const } };
  const LoggingEnabled = { TargetBucket: targetBucket, TargetPrefix: "logs/", TargetObjectKeyFormat };
  await s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }));
  const InventoryConfiguration = {
    Id: "weekly",
    IsEnabled: true,
    IncludedObjectVersions: "All" as const,
    Schedule: { Frequency: "Weekly" as const },
    OptionalFields: ["Size" as const, "ETag" as const],
    Destination: {
      S3BucketDestination: { Bucket: targetArn, Format: "Parquet" as const, Encryption: { SSES3: {} } },
    },
  };
  await s3.send(new PutBucketInventoryConfigurationCommand({ Bucket, Id: "weekly", InventoryConfiguration }));
  const MetricsConfiguration = { Id: "all" };
  await s3.send(new PutBucketMetricsConfigurationCommand({ Bucket, Id: "all", MetricsConfiguration }));
  const S3BucketDestination = { Bucket: targetArn, Format: "CSV" as const, Prefix: "analysis" };
  const DataExport = { OutputSchemaVersion: "V_1" as const, Destination: { S3BucketDestination } };
  const AnalyticsConfiguration = {
    Id: "raw",
    Filter: { Prefix: "raw/" },
    StorageClassAnalysis: { DataExport },
  };
  await s3.send(new PutBucketAnalyticsConfigurationCommand({ Bucket, Id: "raw", AnalyticsConfiguration }));
}

import type { S3BucketSpec } from "../../../../operator/api/types.ts";
import type { Bucket } from "../../../aws/index.ts";
import type { Prerequisites } from "./prerequisites.ts";

/** A case for the tests of every setting: two values, and their place in the simulator. */
export interface SettingCase {
  /** The field of a bucket in the simulator that has the setting. */
  field: keyof Bucket;
  /** Other settings that S3 requires together with it. */
  needs?: S3BucketSpec;
  /** A value other than S3's default. */
  value: (named: Prerequisites) => S3BucketSpec;
  other: (named: Prerequisites) => S3BucketSpec;
  /** The {@link readable} value once the setting has left the spec, when it differs from that of a new bucket. */
  afterReset?: unknown;
}

const VERSIONED: S3BucketSpec = { versioning: "Enabled" };
const EVENTS: ["s3:ObjectCreated:*"] = ["s3:ObjectCreated:*"];

/** Cases by the setting's name. */
const SETTING_CASES: Readonly<Record<string, SettingCase>> = {
  tags: {
    field: "tags",
    value: () => ({ tags: { team: "documents", env: "prod" } }),
    // The same keys, because a key that is no longer declared may belong to another tool.
    other: () => ({ tags: { team: "archive", env: "test" } }),
  },
  publicAccessBlock: {
    field: "publicAccessBlock",
    value: () => ({ publicAccessBlock: blocks(true, false) }),
    other: () => ({ publicAccessBlock: blocks(false, true) }),
  },
  objectOwnership: {
    field: "ownershipControls",
    value: () => ({ objectOwnership: "BucketOwnerPreferred" }),
    other: () => ({ objectOwnership: "ObjectWriter" }),
  },
  encryption: {
    field: "encryption",
    value: ({ kmsKeyArn }) => ({
      encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn: kmsKeyArn }, bucketKeyEnabled: true },
    }),
    other: ({ kmsKeyArn }) => ({ encryption: { sseAlgorithm: "aws:kms:dsse", kmsKey: { arn: kmsKeyArn } } }),
  },
  versioning: {
    field: "versioning",
    value: () => ({ versioning: "Enabled" }),
    other: () => ({ versioning: "Suspended" }),
    // A bucket cannot return to the state without versioning.
    afterReset: "Suspended",
  },
  objectLock: {
    field: "objectLock",
    needs: VERSIONED,
    value: () => ({ objectLock: { mode: "GOVERNANCE", days: 30 } }),
    other: () => ({ objectLock: { mode: "GOVERNANCE", years: 2 } }),
    // Object lock cannot be switched off, only its default retention.
    afterReset: { ObjectLockEnabled: ["Enabled"] },
  },
  policy: {
    field: "policy",
    value: () => ({ policy: { minimumTLSVersion: "1.3" } }),
    other: () => ({
      policy: { cloudFrontDistributions: ["arn:aws:cloudfront::111122223333:distribution/E1A2B3C4D5E6F7"] },
    }),
  },
  replication: {
    field: "replication",
    needs: VERSIONED,
    value: ({ roleArn, targetArn }) => ({ replication: replication(roleArn, targetArn, "GLACIER") }),
    other: ({ roleArn, targetArn }) => ({ replication: replication(roleArn, targetArn, "STANDARD_IA") }),
  },
  logging: {
    field: "logging",
    value: ({ targetBucket }) => ({ logging: { targetBucket, targetPrefix: "logs/" } }),
    other: ({ targetBucket }) => ({
      logging: {
        targetBucket,
        targetPrefix: "access/",
        targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
      },
    }),
  },
  notifications: {
    field: "notifications",
    value: ({ queueArn }) => ({
      notifications: { queues: [{ id: "uploads", queueArn, events: EVENTS, filter: { prefix: "uploads/" } }] },
    }),
    other: ({ queueArn, topicArn }) => ({
      notifications: {
        queues: [{ id: "uploads", queueArn, events: ["s3:ObjectRemoved:*"] }],
        topics: [{ id: "pages", topicArn, events: EVENTS }],
        eventBridge: "Enabled",
      },
    }),
    // A configuration without entries remains.
    afterReset: "",
  },
  lifecycle: {
    field: "lifecycle",
    value: () => ({
      lifecycle: { rules: [{ id: "old", status: "Enabled", filter: { prefix: "raw/" }, expiration: { days: 365 } }] },
    }),
    other: () => ({
      lifecycle: {
        rules: [
          { id: "old", status: "Enabled", filter: { prefix: "raw/" }, expiration: { days: 30 } },
          { id: "uploads", status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
        ],
      },
    }),
  },
  intelligentTiering: {
    field: "intelligentTiering",
    value: () => ({ intelligentTiering: { configurations: [tiering(90)] } }),
    other: () => ({ intelligentTiering: { configurations: [tiering(180)] } }),
  },
  cors: {
    field: "cors",
    value: () => ({
      cors: { rules: [{ id: "web", allowedOrigins: ["https://a.example"], allowedMethods: ["PUT"] }] },
    }),
    other: () => ({
      cors: { rules: [{ id: "web", allowedOrigins: ["https://b.example"], allowedMethods: ["GET"] }] },
    }),
  },
  inventory: {
    field: "inventory",
    value: ({ targetArn }) => ({ inventory: { configurations: [inventory(targetArn, "Daily")] } }),
    other: ({ targetArn }) => ({ inventory: { configurations: [inventory(targetArn, "Weekly")] } }),
  },
  metrics: {
    field: "metrics",
    value: () => ({ metrics: { configurations: [{ id: "all", filter: { prefix: "raw/" } }] } }),
    other: () => ({ metrics: { configurations: [{ id: "all", filter: { prefix: "curated/" } }] } }),
  },
  analytics: {
    field: "analytics",
    value: () => ({ analytics: { configurations: [{ id: "all", filter: { prefix: "raw/" } }] } }),
    other: ({ targetArn: bucket }) => ({
      analytics: { configurations: [{ id: "all", filter: { prefix: "raw/" }, dataExport: { bucket } }] },
    }),
  },
  accelerate: {
    field: "accelerate",
    value: () => ({ accelerate: "Enabled" }),
    other: () => ({ accelerate: "Suspended" }),
    // The value remains, as with versioning.
    afterReset: "Suspended",
  },
  requestPayment: {
    field: "requestPayer",
    value: () => ({ requestPayment: "Requester" }),
    other: () => ({ requestPayment: "BucketOwner" }),
  },
  website: {
    field: "website",
    value: () => ({ website: { indexDocument: "index.html" } }),
    other: () => ({ website: { redirectAllRequestsTo: { hostName: "www.example.com" } } }),
  },
  abac: {
    field: "abac",
    value: () => ({ abac: "Enabled" }),
    other: () => ({ abac: "Disabled" }),
  },
};

/** Throws for a setting of the registry without a case. */
export function caseOf(setting: string): SettingCase {
  const found = SETTING_CASES[setting];
  if (found === undefined) throw new Error(`Setting ${setting} has no case in setting-cases.ts`);
  return found;
}

/** Like {@link everySetting}, with each setting changed except versioning, which object lock needs. */
export function everySettingChanged(named: Prerequisites): S3BucketSpec {
  const { versioning: _, ...others } = SETTING_CASES;
  const changed = Object.values(others).map(({ other }) => other(named));
  return Object.assign({}, VERSIONED, ...changed) as S3BucketSpec;
}

/** All settings of one bucket, each with its value from the case. */
export function everySetting(named: Prerequisites): S3BucketSpec {
  return Object.assign({}, ...Object.values(SETTING_CASES).map(({ value }) => value(named))) as S3BucketSpec;
}

function blocks(acls: boolean, policies: boolean): NonNullable<S3BucketSpec["publicAccessBlock"]> {
  return {
    blockPublicAcls: acls,
    ignorePublicAcls: acls,
    blockPublicPolicy: policies,
    restrictPublicBuckets: policies,
  };
}

function replication(
  roleArn: string,
  bucket: string,
  storageClass: "GLACIER" | "STANDARD_IA",
): NonNullable<S3BucketSpec["replication"]> {
  return { roleArn, rules: [{ id: "copy", priority: 1, status: "Enabled", destination: { bucket, storageClass } }] };
}

function tiering(days: number) {
  return { id: "cold", status: "Enabled" as const, tierings: [{ accessTier: "ARCHIVE_ACCESS" as const, days }] };
}

function inventory(bucket: string, frequency: "Daily" | "Weekly") {
  const destination = { bucket, format: "CSV" as const };
  return { id: "all", includedObjectVersions: "All" as const, frequency, destination };
}

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
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import type { Prerequisites } from "../support/world/prerequisites.ts";
import { lifecycleDocuments } from "./documents/lifecycle.ts";
import { encryptionDocuments, lockDocuments, policyDocuments, tagDocuments } from "./documents/protection.ts";
import { replicationDocuments } from "./documents/replication.ts";
import {
  analyticsDocuments,
  inventoryDocuments,
  loggingDocuments,
  metricsDocuments,
  notificationDocuments,
  tieringDocuments,
} from "./documents/reports.ts";
import { fields } from "./documents/values.ts";
import { corsDocuments, websiteDocuments } from "./documents/web.ts";

/** Documents for the settings of one bucket, in S3's form. S3 may refuse each of them. */
export type Documents = Readonly<Record<string, object | undefined>>;

/** The call that writes the document of a setting. */
export const PUTS: Readonly<Record<string, new (input: never) => object>> = {
  tags: PutBucketTaggingCommand,
  publicAccessBlock: PutPublicAccessBlockCommand,
  objectOwnership: PutBucketOwnershipControlsCommand,
  encryption: PutBucketEncryptionCommand,
  versioning: PutBucketVersioningCommand,
  objectLock: PutObjectLockConfigurationCommand,
  policy: PutBucketPolicyCommand,
  replication: PutBucketReplicationCommand,
  logging: PutBucketLoggingCommand,
  notifications: PutBucketNotificationConfigurationCommand,
  lifecycle: PutBucketLifecycleConfigurationCommand,
  intelligentTiering: PutBucketIntelligentTieringConfigurationCommand,
  cors: PutBucketCorsCommand,
  inventory: PutBucketInventoryConfigurationCommand,
  metrics: PutBucketMetricsConfigurationCommand,
  analytics: PutBucketAnalyticsConfigurationCommand,
  accelerate: PutBucketAccelerateConfigurationCommand,
  requestPayment: PutBucketRequestPaymentCommand,
  website: PutBucketWebsiteCommand,
  abac: PutBucketAbacCommand,
};

/** Documents with the values that S3 takes and a spec may not: empty, long, in old forms, of other names. */
export function arbitraryDocuments(named: Prerequisites): fc.Arbitrary<Documents> {
  const documents: Record<string, fc.Arbitrary<object>> = {
    tags: tagDocuments,
    publicAccessBlock: fc.record({
      PublicAccessBlockConfiguration: fields({
        BlockPublicAcls: fc.boolean(),
        IgnorePublicAcls: fc.boolean(),
        BlockPublicPolicy: fc.boolean(),
        RestrictPublicBuckets: fc.boolean(),
      }),
    }),
    objectOwnership: fc.constantFrom("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter").map((each) => ({
      OwnershipControls: { Rules: [{ ObjectOwnership: each }] },
    })),
    encryption: encryptionDocuments(named),
    versioning: fc.constantFrom("Enabled", "Enabled", "Suspended").map((Status) => ({
      VersioningConfiguration: { Status },
    })),
    objectLock: lockDocuments,
    policy: policyDocuments(named),
    replication: replicationDocuments(named),
    logging: loggingDocuments(named),
    notifications: notificationDocuments(named),
    lifecycle: lifecycleDocuments,
    intelligentTiering: tieringDocuments,
    cors: corsDocuments,
    inventory: inventoryDocuments(named),
    metrics: metricsDocuments,
    analytics: analyticsDocuments(named),
    accelerate: onOff(["Enabled", "Suspended"], (Status) => ({ AccelerateConfiguration: { Status } })),
    requestPayment: onOff(["Requester", "BucketOwner"], (Payer) => ({ RequestPaymentConfiguration: { Payer } })),
    website: websiteDocuments,
    abac: onOff(["Enabled", "Disabled"], (Status) => ({ AbacStatus: { Status } })),
  };
  return fc.record(documents, { requiredKeys: [] });
}

function onOff(values: string[], toDocument: (value: string) => object): fc.Arbitrary<object> {
  return fc.constantFrom(...values).map(toDocument);
}

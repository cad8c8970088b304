/** Where enums come from. Those of S3 are compared with the SDK's. See row.ts. */
import { iamGuide, kubernetes, s3Api, s3Guide, type Row } from "./row.ts";

interface Words extends Row {
  /** The SDK's enum: the field has its values, except `omits` and with `adds`. */
  sdk?: string;
  adds?: readonly string[];
  /** Values of AWS that the field does not accept, and why. */
  omits?: Readonly<Record<string, string>>;
}

const OTHER_STORE = "not a class of general purpose buckets";
const OTHER_SERVICE = "for access points of another service";

export const WORDS: readonly Words[] = [
  { limits: ["S3Bucket objectOwnership"], sdk: "ObjectOwnership" },
  {
    limits: ["S3Bucket encryption.sseAlgorithm"],
    sdk: "ServerSideEncryption",
    omits: { "aws:fsx": OTHER_SERVICE, "aws:backup": OTHER_SERVICE },
  },
  { limits: ["S3Bucket encryption.blockedEncryptionTypes[]"], sdk: "EncryptionType" },
  { limits: ["S3Bucket versioning"], sdk: "BucketVersioningStatus" },
  {
    limits: ["S3Bucket objectLock.mode"],
    sdk: "ObjectLockRetentionMode",
    adds: ["None"],
    ours: "None: object lock without a default retention",
  },
  { limits: ["S3Bucket lifecycle.transitionDefaultMinimumObjectSize"], sdk: "TransitionDefaultMinimumObjectSize" },
  { limits: ["S3Bucket lifecycle.*.storageClass"], sdk: "TransitionStorageClass" },
  { limits: ["S3Bucket lifecycle.rules[].status"], sdk: "ExpirationStatus" },
  {
    limits: ["S3Bucket lifecycle.*.expiredObjectDeleteMarker"],
    from: s3Api("LifecycleExpiration"),
    ours: "false is the same as absent",
  },
  { limits: ["S3Bucket cors.rules[].allowedMethods[]"], from: s3Guide("ManageCorsUsing") },
  { limits: ["S3Bucket logging.*.partitionDateSource"], sdk: "PartitionDateSource" },
  { limits: ["S3Bucket notifications.*.events[]"], sdk: "Event" },
  { limits: ["S3Bucket notifications.eventBridge"], from: s3Api("NotificationConfiguration") },
  { limits: ["S3Bucket intelligentTiering.*.status"], sdk: "IntelligentTieringStatus" },
  { limits: ["S3Bucket intelligentTiering.*.accessTier"], sdk: "IntelligentTieringAccessTier" },
  { limits: ["S3Bucket replication.rules[].status"], sdk: "ReplicationRuleStatus" },
  { limits: ["S3Bucket replication.*.deleteMarkerReplication"], sdk: "DeleteMarkerReplicationStatus" },
  { limits: ["S3Bucket replication.*.sseKmsEncryptedObjects"], sdk: "SseKmsEncryptedObjectsStatus" },
  { limits: ["S3Bucket replication.*.replicaModifications"], sdk: "ReplicaModificationsStatus" },
  { limits: ["S3Bucket replication.*.useSourceMultiRegionKey"], from: s3Api("EncryptionConfiguration") },
  { limits: ["S3Bucket replication.*.replicationTime"], sdk: "ReplicationTimeStatus" },
  { limits: ["S3Bucket replication.*.metrics"], sdk: "MetricsStatus" },
  { limits: ["S3Bucket replication.*.owner"], sdk: "OwnerOverride" },
  {
    limits: ["S3Bucket replication.*.storageClass"],
    sdk: "StorageClass",
    omits: {
      AWS_BACKUP_LOW_COST_WARM: OTHER_STORE,
      AWS_BACKUP_WARM: OTHER_STORE,
      EXPRESS_ONEZONE: OTHER_STORE,
      FSX_ONTAP: OTHER_STORE,
      FSX_OPENZFS: OTHER_STORE,
      OUTPOSTS: OTHER_STORE,
      SNOW: OTHER_STORE,
    },
  },
  { limits: ["S3Bucket inventory.*.includedObjectVersions"], sdk: "InventoryIncludedObjectVersions" },
  { limits: ["S3Bucket inventory.*.frequency"], sdk: "InventoryFrequency" },
  { limits: ["S3Bucket inventory.*.optionalFields[]"], sdk: "InventoryOptionalField" },
  { limits: ["S3Bucket inventory.*.format"], sdk: "InventoryFormat" },
  { limits: ["S3Bucket inventory.*.sseAlgorithm"], from: s3Api("InventoryEncryption") },
  { limits: ["S3Bucket accelerate"], sdk: "BucketAccelerateStatus" },
  { limits: ["S3Bucket requestPayment"], sdk: "Payer" },
  { limits: ["S3Bucket website.*.protocol"], sdk: "Protocol" },
  { limits: ["S3Bucket abac"], sdk: "BucketAbacStatus" },
  { limits: ["S3Bucket policy.minimumTLSVersion"], from: s3Guide("amazon-s3-policy-keys") },
  { limits: ["S3Bucket policy.logDelivery[].service"], from: s3Guide("enable-server-access-logging") },
  { limits: ["S3Bucket policy.statements[].effect"], from: iamGuide("reference_policies_elements_effect") },
  { limits: ["* *.operator"], from: kubernetes("overview/working-with-objects/labels") },
  {
    limits: [
      "S3Bucket mode",
      "S3Bucket adoptionPolicy",
      "S3Bucket baseline",
      "S3Bucket deletionPolicy",
      "S3Bucket objectLock.acknowledgeCompliance",
      "S3Bucket *.unmanaged*",
      "* *.permissions[]",
      "AWSAccount allowedDeletionPolicies[]",
      "AWSAccount workloadIdentity.type",
      "BucketAccess identity",
      "BucketAccess role.type",
      "BucketAccess configMap.keys{}",
    ],
    ours: "words of the operator",
  },
];

/** Reasons of conditions, settings and events: part of the API, listed in docs/reasons.md. One word per cause, the same one everywhere. */
export const REASON = {
  // The account
  accountNotAvailable: "AccountNotAvailable",
  moreThanOneDefault: "MoreThanOneDefault",

  // The bucket as such
  bucketNotOwned: "BucketNotOwned",
  bucketOwnedByAnotherAccount: "BucketOwnedByAnotherAccount",
  bucketNotEmpty: "BucketNotEmpty",
  bucketAbsent: "BucketAbsent",
  bucketCreated: "BucketCreated",
  bucketAdopted: "BucketAdopted",
  bucketDeleted: "BucketDeleted",
  bucketReleased: "BucketReleased",
  bucketNotReleased: "BucketNotReleased",
  bucketKeepsFilling: "BucketKeepsFilling",
  invalidBucketName: "InvalidBucketName",
  regionMismatch: "RegionMismatch",
  kmsAliasTaken: "KMSAliasTaken",
  kmsKeyInUse: "KMSKeyInUse",
  kmsKeyKept: "KMSKeyKept",
  kmsKeyNotFound: "KMSKeyNotFound",
  kmsKeyNotUsable: "KMSKeyNotUsable",
  kmsKeyScheduledForDeletion: "KMSKeyScheduledForDeletion",
  kmsKeyWrongRegion: "KMSKeyWrongRegion",

  // Its deletion
  deletionPolicyNotAllowed: "DeletionPolicyNotAllowed",
  deletionNotConfirmed: "DeletionNotConfirmed",
  emptying: "Emptying",
  emptyingByLifecycle: "EmptyingByLifecycle",
  emptyingStopped: "EmptyingStopped",
  bucketLeftExpiring: "BucketLeftExpiring",
  mfaDeleteEnabled: "MFADeleteEnabled",
  objectLocked: "ObjectLocked",
  objectOnLegalHold: "ObjectOnLegalHold",

  // Its settings
  applying: "Applying",
  belowBaseline: "BelowBaseline",
  changesPlanned: "ChangesPlanned",
  creating: "Creating",
  deleting: "Deleting",
  driftCorrected: "DriftCorrected",
  driftDetected: "DriftDetected",
  encryptionNotDeclared: "EncryptionNotDeclared",
  externalAccess: "ExternalAccess",
  invalidPrincipal: "InvalidPrincipal",
  policyLocksOut: "PolicyLocksOut",
  settingKeepsChanging: "SettingKeepsChanging",
  settling: "Settling",
} as const;

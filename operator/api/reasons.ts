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
  regionMismatch: "RegionMismatch",
  kmsKeyNotFound: "KMSKeyNotFound",
  kmsKeyNotUsable: "KMSKeyNotUsable",

  // Its settings
  applying: "Applying",
  belowBaseline: "BelowBaseline",
  changesPlanned: "ChangesPlanned",
  creating: "Creating",
  deleting: "Deleting",
  driftCorrected: "DriftCorrected",
  driftDetected: "DriftDetected",
  settingKeepsChanging: "SettingKeepsChanging",
  settling: "Settling",
} as const;

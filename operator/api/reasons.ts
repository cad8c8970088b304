/**
 * The reasons in conditions, `status.settings` and events. They are part of the API: docs/reasons.md has a row for
 * each, and a test fails where one is missing.
 */

import { KUBE_REASONS, type KubeReason } from "../kube/reasons.ts";

export const REASON = {
  // The account
  accountInUse: "AccountInUse",
  accountNotAvailable: "AccountNotAvailable",
  moreThanOneDefault: "MoreThanOneDefault",
  guardrailViolated: "GuardrailViolated",
  managedByOrganization: "ManagedByOrganization",
  publicAccessBlockConflict: "PublicAccessBlockConflict",
  oidcProviderNotFound: "OIDCProviderNotFound",
  oidcAudienceMissing: "OIDCAudienceMissing",
  accessRevoked: "AccessRevoked",
  sweepIncomplete: "SweepIncomplete",

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
  bucketNameNotAllowed: "BucketNameNotAllowed",
  regionMismatch: "RegionMismatch",
  kmsAliasTaken: "KMSAliasTaken",
  kmsKeyInUse: "KMSKeyInUse",
  kmsKeyKept: "KMSKeyKept",
  kmsKeyNotFound: "KMSKeyNotFound",
  kmsKeyNotUsable: "KMSKeyNotUsable",
  kmsKeyScheduledForDeletion: "KMSKeyScheduledForDeletion",
  kmsKeyWrongRegion: "KMSKeyWrongRegion",

  // Its deletion
  bucketInUse: "BucketInUse",
  deletionPolicyNotAllowed: "DeletionPolicyNotAllowed",
  deletionNotConfirmed: "DeletionNotConfirmed",
  deletionWithoutEffect: "DeletionWithoutEffect",
  emptying: "Emptying",
  emptyingByLifecycle: "EmptyingByLifecycle",
  emptyingStopped: "EmptyingStopped",
  bucketLeftExpiring: "BucketLeftExpiring",
  bucketLeftUntagged: "BucketLeftUntagged",
  mfaDeleteEnabled: "MFADeleteEnabled",
  objectLocked: "ObjectLocked",
  objectOnLegalHold: "ObjectOnLegalHold",

  // Its settings
  abacNotSupported: "ABACNotSupported",
  applying: "Applying",
  belowBaseline: "BelowBaseline",
  bucketACLGrantsAccess: "BucketACLGrantsAccess",
  changesPlanned: "ChangesPlanned",
  creating: "Creating",
  deleting: "Deleting",
  destinationNotReady: "DestinationNotReady",
  driftCorrected: "DriftCorrected",
  driftDetected: "DriftDetected",
  encryptionNotDeclared: "EncryptionNotDeclared",
  externalAccess: "ExternalAccess",
  invalidPrincipal: "InvalidPrincipal",
  loggingToItself: "LoggingToItself",
  policyLocksOut: "PolicyLocksOut",
  policyTooLarge: "PolicyTooLarge",
  policyVersionConflict: "PolicyVersionConflict",
  settingKeepsChanging: "SettingKeepsChanging",
  settingWithoutEffect: "SettingWithoutEffect",
  settling: "Settling",
  tooManyTags: "TooManyTags",
  versioningNeeded: "VersioningNeeded",

  // Access to a bucket
  associationNotOwned: "AssociationNotOwned",
  bucketNotAvailable: "BucketNotAvailable",
  bucketNotReady: "BucketNotReady",
  configMapImmutable: "ConfigMapImmutable",
  configMapNotOwned: "ConfigMapNotOwned",
  conflictsWithOlderAccess: "ConflictsWithOlderAccess",
  notAllowedByAccount: "NotAllowedByAccount",
  notConsented: "NotConsented",
  roleCreated: "RoleCreated",
  roleDeleted: "RoleDeleted",
  roleNotConsented: "RoleNotConsented",
  roleNotFound: "RoleNotFound",
  roleNotOwned: "RoleNotOwned",
  roleNotTrusting: "RoleNotTrusting",
  serviceAccountNotFound: "ServiceAccountNotFound",
  serviceAccountNotOwned: "ServiceAccountNotOwned",
  statementsKept: "StatementsKept",
  workloadIdentityNotConfigured: "WorkloadIdentityNotConfigured",
} as const;

/** Other reasons of failed calls to AWS: reconcile/aws-failure.ts. */
const AWS_REASONS = [
  "Aborted",
  "AccessDenied",
  "AccountMismatch",
  "AlreadyOwned",
  "Credentials",
  "DestinationRefused",
  "NotEmpty",
  "NotYetVisible",
  "PublicAccessBlocked",
  "QuotaExceeded",
  "Throttled",
  "TimedOut",
  "Unavailable",
  "Unsupported",
] as const;

export type Reason = (typeof REASON)[keyof typeof REASON] | (typeof AWS_REASONS)[number] | KubeReason;

export const REASONS: ReadonlySet<Reason> = new Set([...Object.values(REASON), ...AWS_REASONS, ...KUBE_REASONS]);

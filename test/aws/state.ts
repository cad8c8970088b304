/** What the simulated AWS holds. Tests may read it, and change it as somebody else would behind the operator's back. */

import type { XmlElement } from "./xml.ts";

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Somebody who can sign requests. */
export interface Identity {
  accountId: string;
  arn: string;
  credentials: Credentials;
  /** Milliseconds; absent for long-lived credentials. */
  expiresAt?: number;
}

export interface Role {
  arn: string;
  /** AROA…: what a policy holds in place of the ARN, see s3/policy.ts. */
  uniqueId: string;
  externalId: string | undefined;
  /** Account ids whose identities may assume it. */
  trustedAccounts: string[];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
export interface Retention {
  mode: "GOVERNANCE" | "COMPLIANCE";
  /** Milliseconds. */
  until: number;
}

export interface ObjectVersion {
  versionId: string;
  deleteMarker: boolean;
  body: Buffer;
  contentType: string;
  etag: string;
  lastModified: number;
  retention: Retention | undefined;
  /** Undefined when it was never set. */
  legalHold: "ON" | "OFF" | undefined;
  /** Of the KMS key that encrypts it; undefined with SSE-S3. */
  kmsKeyArn: string | undefined;
}

export interface Upload {
  key: string;
  initiated: number;
}

export interface Lifecycle {
  document: XmlElement;
  transitionDefaultMinimumObjectSize: string;
}

/** What `fillWith` puts into a bucket. */
export interface Contents {
  /** Number of keys: object-0000001 and so on. */
  keys: number;
  /** 1 at first; more need versioning. */
  versionsPerKey?: number;
  /** A delete marker on top of each key, besides its versions. */
  deleteMarkers?: boolean;
  /** Number of uploads in progress. */
  uploads?: number;
}

export interface Bucket {
  name: string;
  accountId: string;
  region: string;
  creationDate: number;
  /** Canned ACL. */
  acl: string;
  publicAccessBlock: XmlElement | undefined;
  ownershipControls: XmlElement | undefined;
  encryption: XmlElement;
  /** Never-set is not Suspended: aws.md 2.4. */
  versioning: "Enabled" | "Suspended" | undefined;
  mfaDelete: boolean;
  /** Undefined as long as object lock was not enabled; it cannot be disabled. */
  objectLock: XmlElement | undefined;
  lifecycle: Lifecycle | undefined;
  /** What the last write replaced, for answers that flap. */
  lifecycleBefore: { value: Lifecycle | undefined; replacedAt: number; reads: number } | undefined;
  cors: XmlElement | undefined;
  /** Canonical JSON, with roles as unique ids: see s3/policy.ts. */
  policy: string | undefined;
  tags: Map<string, string>;
  /** With ABAC on, tags are changed through S3 Control only: aws.md 2.8. */
  abac: "Enabled" | "Disabled";
  logging: XmlElement | undefined;
  notifications: XmlElement | undefined;
  replication: XmlElement | undefined;
  website: XmlElement | undefined;
  /** Undefined when it was never set. */
  accelerate: "Enabled" | "Suspended" | undefined;
  requestPayer: "BucketOwner" | "Requester";
  /** By id, as are the three below. */
  intelligentTiering: Map<string, XmlElement>;
  metrics: Map<string, XmlElement>;
  inventory: Map<string, XmlElement>;
  analytics: Map<string, XmlElement>;
  /** Newest version first, per key. */
  objects: Map<string, ObjectVersion[]>;
  /** By upload id. */
  uploads: Map<string, Upload>;
  /** Adds objects and uploads without a call each, as if they had been put now. Throws for versions where there is no versioning. */
  fillWith(contents: Contents): void;
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
export type KeyState = "Enabled" | "Disabled" | "PendingDeletion";

export interface Key {
  id: string;
  arn: string;
  accountId: string;
  region: string;
  description: string;
  manager: "CUSTOMER" | "AWS";
  state: KeyState;
  creationDate: number;
  deletionDate: number | undefined;
  tags: Map<string, string>;
  /** JSON, with roles as unique ids. */
  policy: string;
  /** Days between automatic rotations; undefined while there are none. */
  rotationPeriodInDays: number | undefined;
  /** Other accounts that may use the key: key policies are not evaluated. */
  sharedWith: Set<string>;
}

export interface Account {
  id: string;
  /** Of a user with full rights; every account has one. */
  credentials: Credentials;
  /** ARN of that user. */
  callerArn: string;
  buckets: Map<string, Bucket>;
  /** By ARN. */
  keys: Map<string, Key>;
  /** Key id by "region/alias name", the name with its "alias/". */
  aliases: Map<string, string>;
  /** By ARN; deleting one leaves its unique id in bucket policies. */
  roles: Map<string, Role>;
  /** Queues, topics and functions by ARN: whether they let S3 deliver. What is not here does not exist. */
  notificationDestinations: Map<string, "Allowed" | "Denied">;
  /** Where the ABAC calls are refused, as in regions that do not have it yet: aws.md 2.1. */
  regionsWithoutAbac: Set<string>;
  publicAccessBlock: XmlElement | undefined;
  /** An organization's S3 policy: the account's own setting cannot be written (aws.md 2.7). */
  publicAccessBlockManagedByOrganization: boolean;
  /** Another user, such as a person who changes things by hand. */
  addUser(name: string): Identity;
  /** A role that can be assumed, and named in policies. */
  addRole(name: string, trust?: { externalId?: string; trustedAccounts?: string[] }): Role;
  /** A bucket with today's defaults, made without a call. */
  createBucket(name: string, region?: string): Bucket;
  /** Ends all sessions of this account's roles: their next call gets ExpiredToken. */
  expireSessions(): void;
}

export interface World {
  now(): number;
  accounts: Map<string, Account>;
  /** By access key id. */
  identities: Map<string, Identity>;
  /** A number that was not given before, for ids. */
  next(): number;
}

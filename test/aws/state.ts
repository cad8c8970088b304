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

export interface ObjectVersion {
  versionId: string;
  deleteMarker: boolean;
  body: Buffer;
  contentType: string;
  etag: string;
  lastModified: number;
}

export interface Upload {
  key: string;
  initiated: number;
}

export interface Lifecycle {
  document: XmlElement;
  transitionDefaultMinimumObjectSize: string;
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
  objectLockEnabled: boolean;
  lifecycle: Lifecycle | undefined;
  /** What the last write replaced, for answers that flap. */
  lifecycleBefore: { value: Lifecycle | undefined; replacedAt: number; reads: number } | undefined;
  cors: XmlElement | undefined;
  /** Canonical JSON, with roles as unique ids: see s3/policy.ts. */
  policy: string | undefined;
  tags: Map<string, string>;
  /** Newest version first, per key. */
  objects: Map<string, ObjectVersion[]>;
  /** By upload id. */
  uploads: Map<string, Upload>;
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
  /** Account ids that the key policy lets in. */
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

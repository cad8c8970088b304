/** What the simulated AWS holds. Tests may read it, and change it as somebody else would behind the operator's back. */

import type { KeyObject } from "node:crypto";
import type { StoreSwitches } from "./store.ts";
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
  /** Of a role; absent for users. */
  session?: Session;
}

export interface Session {
  /** The role's unique id: a role that was made again is another one. */
  roleId: string;
  /** JSON; with the role's policies, both must allow. */
  policy: string | undefined;
  tags: ReadonlyMap<string, string>;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html */
export interface Role {
  arn: string;
  name: string;
  /** Begins and ends with "/". */
  path: string;
  /** AROA…: what a policy holds in place of the ARN, see s3/policy.ts. A role made again has another one. */
  uniqueId: string;
  description: string | undefined;
  createdAt: number;
  maxSessionSeconds: number;
  /** JSON, with roles as unique ids. */
  assumeRolePolicy: string;
  /** JSON as it was written, by name. */
  inlinePolicies: Map<string, string>;
  /** ARNs. */
  attachedPolicies: Set<string>;
  /** ARN of a managed policy. */
  permissionsBoundary: string | undefined;
  tags: Map<string, string>;
  /** How often other services still do not find this role when they look for it; see `newRolesUnknownFor`. */
  unknownFor: number;
}

export interface RoleOptions {
  path?: string;
  /** Wanted of those who assume it; for the trust of accounts only. */
  externalId?: string;
  /** Account ids whose identities may assume it; its own account alone when left out. */
  trustedAccounts?: string[];
}

/** An identity provider that roles may trust: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html */
export interface OidcProvider {
  arn: string;
  /** Without its https://. */
  url: string;
  clientIds: string[];
  thumbprints: string[];
  tags: Map<string, string>;
  createdAt: number;
}

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html */
export interface PodIdentityAssociation {
  id: string;
  arn: string;
  clusterName: string;
  namespace: string;
  serviceAccount: string;
  roleArn: string;
  targetRoleArn: string | undefined;
  externalId: string | undefined;
  disableSessionTags: boolean;
  /** A session policy, JSON. */
  policy: string | undefined;
  tags: Map<string, string>;
  clientRequestToken: string | undefined;
  createdAt: number;
  modifiedAt: number;
}

export interface Cluster {
  name: string;
  arn: string;
  region: string;
  /** https://…; what its service account tokens say they are from. */
  oidcIssuer: string;
  createdAt: number;
  /** What its tokens are signed with. */
  signingKeys: { publicKey: KeyObject; privateKey: KeyObject };
  /** By id. */
  podIdentityAssociations: Map<string, PodIdentityAssociation>;
}

/** What can be raised by asking AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export interface IamQuotas {
  roles: number;
  /** Characters without white space. */
  trustPolicySize: number;
  attachedPoliciesPerRole: number;
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
  /** Encrypted by way of a bucket key: what KMS is told then is the bucket, not the object. */
  bucketKeyEnabled: boolean;
}

export interface UploadedPart {
  body: Buffer;
  etag: string;
  lastModified: number;
}

export interface Upload {
  key: string;
  initiated: number;
  /** By number. */
  parts: Map<number, UploadedPart>;
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
  /** For how many look-ups by S3, KMS, EKS, STS and trust policies a role that is made by a call is not there yet; Infinity: until its `unknownFor` is 0. */
  newRolesUnknownFor: number;
  /** Managed policies by ARN, JSON: customer managed ones, for roles and boundaries. */
  managedPolicies: Map<string, string>;
  iamQuotas: IamQuotas;
  /** By ARN. */
  oidcProviders: Map<string, OidcProvider>;
  /** EKS clusters by "region/name". */
  clusters: Map<string, Cluster>;
  /** Queues, topics and functions by ARN: whether they let S3 deliver. What is not here does not exist. */
  notificationDestinations: Map<string, "Allowed" | "Denied">;
  /** Where the ABAC calls are refused, as in regions that do not have it yet: aws.md 2.1. */
  regionsWithoutAbac: Set<string>;
  /**
   * Where only the classic calls know tags: CreateBucket refuses them, S3 Control's calls are refused, as in the AWS European Sovereign Cloud.
   * https://github.com/hashicorp/terraform-provider-aws/issues/45684 and 46054
   */
  regionsWithoutResourceTags: Set<string>;
  publicAccessBlock: XmlElement | undefined;
  /** An organization's S3 policy: the account's own setting cannot be written (aws.md 2.7). */
  publicAccessBlockManagedByOrganization: boolean;
  /** Another user, such as a person who changes things by hand. */
  addUser(name: string): Identity;
  /** A role with full rights that can be assumed, and named in policies. */
  addRole(name: string, options?: RoleOptions): Role;
  /** A customer managed policy, which roles may have attached or as their boundary; gives its ARN. */
  addManagedPolicy(name: string, document: object): string;
  /** An EKS cluster; its issuer, one of EKS's own form when left out, becomes no identity provider of IAM by itself. */
  addCluster(name: string, options?: { region?: string; oidcIssuer?: string }): Cluster;
  /** A bucket with today's defaults, made without a call. */
  createBucket(name: string, region?: string): Bucket;
  /** Ends all sessions of this account's roles: their next call gets ExpiredToken. */
  expireSessions(): void;
}

export interface World {
  now(): number;
  /** Whether policies decide what a call may do, and signatures are checked; else a caller may do everything in its account. */
  evaluatePolicies: boolean;
  /** What callers are taken to have used; undefined: no TLS at all. */
  tlsVersion: "1.0" | "1.1" | "1.2" | "1.3" | undefined;
  store: StoreSwitches;
  accounts: Map<string, Account>;
  /** By access key id. */
  identities: Map<string, Identity>;
  /** A number that was not given before, for ids. */
  next(): number;
}

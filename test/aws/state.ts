/** State of the simulated AWS. Tests read it, and change it as another user of the account would. */

import type { KeyObject } from "node:crypto";
import type { AclGrant } from "./s3/acl.ts";
import type { StoreSwitches } from "./store.ts";
import type { XmlElement } from "./xml.ts";

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** A user or role session that can sign requests. */
export interface Identity {
  accountId: string;
  arn: string;
  credentials: Credentials;
  /** Milliseconds; absent for long-lived credentials. */
  expiresAt?: number;
  /** The role session; absent for users. */
  session?: Session;
  /** The caller is no principal of an account. */
  outside?: Outside;
}

/** An unsigned request, or a service of AWS that acts for a resource, such as CloudFront for a distribution. */
export type Outside =
  { type: "Anonymous" } | { type: "Service"; name: string; sourceArn: string; sourceAccount: string };

export interface Session {
  /** Unique ID of the role. A role that is created again has another one. */
  roleId: string;
  /** Session policy as JSON. Both this and the role's policies must allow a request. */
  policy: string | undefined;
  tags: ReadonlyMap<string, string>;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html */
export interface Role {
  arn: string;
  name: string;
  /** Begins and ends with "/". */
  path: string;
  /** AROA…: stored in policies in place of the ARN, see s3/policy.ts. A role that is created again has another one. */
  uniqueId: string;
  description: string | undefined;
  createdAt: number;
  maxSessionSeconds: number;
  /** JSON, with roles as unique IDs. */
  assumeRolePolicy: string;
  /** JSON as written, by name. */
  inlinePolicies: Map<string, string>;
  /** ARNs. */
  attachedPolicies: Set<string>;
  /** ARN of a managed policy. */
  permissionsBoundary: string | undefined;
  tags: Map<string, string>;
  /** Number of look-ups for which other services do not find this role; see `newRolesUnknownFor`. */
  unknownFor: number;
}

export interface RoleOptions {
  path?: string;
  /** External ID that callers must give; only for trust in accounts. */
  externalId?: string;
  /** IDs of the accounts that may assume the role. Default: its own account. */
  trustedAccounts?: string[];
}

/**
 * An identity provider that roles may trust.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
 */
export interface OidcProvider {
  arn: string;
  /** Without https://. */
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

/** An issuer of web identity tokens. */
export interface Issuer {
  /** https://…, as in the claim `iss`. */
  oidcIssuer: string;
  /** Keys that sign its tokens. */
  signingKeys: { publicKey: KeyObject; privateKey: KeyObject };
}

/** Issues the tokens of its service accounts. */
export interface Cluster extends Issuer {
  name: string;
  arn: string;
  region: string;
  createdAt: number;
  /** By id. */
  podIdentityAssociations: Map<string, PodIdentityAssociation>;
}

/** Quotas that AWS raises on request: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
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

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export interface Checksum {
  algorithm: "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";
  /** Base64; with the number of parts after a dash if composite. */
  value: string;
  type: "FULL_OBJECT" | "COMPOSITE";
}

export interface ObjectVersion {
  versionId: string;
  deleteMarker: boolean;
  body: Buffer;
  contentType: string;
  etag: string;
  lastModified: number;
  /** Further headers that are stored and returned: cache-control, x-amz-meta-* and others, in lower case. */
  metadata: Record<string, string>;
  storageClass: string;
  tags: Map<string, string>;
  /** Canned ACL. */
  acl: string;
  checksum: Checksum | undefined;
  /** Bytes of each part; undefined unless the object was uploaded in parts. */
  partSizes: number[] | undefined;
  /** Restored from an archive until this time in milliseconds; "ongoing" until a test sets the time. */
  restored: number | "ongoing" | undefined;
  retention: Retention | undefined;
  /** Undefined if it was never set. */
  legalHold: "ON" | "OFF" | undefined;
  /** ARN of the KMS key that encrypts the object; undefined with SSE-S3. */
  kmsKeyArn: string | undefined;
  /** Encrypted with a bucket key: the encryption context of KMS is then the bucket, not the object. */
  bucketKeyEnabled: boolean;
}

/** Properties of a new object that its request decides. */
export type ObjectProperties = Pick<
  ObjectVersion,
  | "contentType"
  | "metadata"
  | "storageClass"
  | "tags"
  | "acl"
  | "retention"
  | "legalHold"
  | "kmsKeyArn"
  | "bucketKeyEnabled"
>;

export interface UploadedPart {
  body: Buffer;
  etag: string;
  lastModified: number;
  checksum: Checksum | undefined;
}

export interface Upload {
  key: string;
  initiated: number;
  properties: ObjectProperties;
  /** Of the object; undefined without a checksum. */
  checksum: Pick<Checksum, "algorithm" | "type"> | undefined;
  /** By number. */
  parts: Map<number, UploadedPart>;
}

export interface Lifecycle {
  document: XmlElement;
  transitionDefaultMinimumObjectSize: string;
}

/** Content that `fillWith` adds to a bucket. */
export interface Contents {
  /** Number of keys, named object-0000001 and so on. */
  keys: number;
  /** Default: 1. More require versioning. */
  versionsPerKey?: number;
  /** Adds a delete marker to each key. */
  deleteMarkers?: boolean;
  /** Number of uploads in progress. */
  uploads?: number;
}

export interface Bucket {
  name: string;
  accountId: string;
  region: string;
  creationDate: number;
  /** A canned ACL, or what was granted one by one. */
  acl: string | readonly AclGrant[];
  publicAccessBlock: XmlElement | undefined;
  ownershipControls: XmlElement | undefined;
  encryption: XmlElement;
  /** Undefined if it was never set, which differs from Suspended: FACTS.md#s3-versioning. */
  versioning: "Enabled" | "Suspended" | undefined;
  mfaDelete: boolean;
  /** Undefined until object lock is enabled. It cannot be disabled. */
  objectLock: XmlElement | undefined;
  lifecycle: Lifecycle | undefined;
  /** The value before the last write, for `lifecycleFlap`. */
  lifecycleBefore: { value: Lifecycle | undefined; replacedAt: number; reads: number } | undefined;
  cors: XmlElement | undefined;
  /** Canonical JSON, with roles as unique IDs: see s3/policy.ts. */
  policy: string | undefined;
  tags: Map<string, string>;
  /** With ABAC enabled, only S3 Control changes tags: FACTS.md#s3-tags. */
  abac: "Enabled" | "Disabled";
  logging: XmlElement | undefined;
  notifications: XmlElement | undefined;
  replication: XmlElement | undefined;
  website: XmlElement | undefined;
  /** Undefined if it was never set. */
  accelerate: "Enabled" | "Suspended" | undefined;
  requestPayer: "BucketOwner" | "Requester";
  /** By ID, like the three below. */
  intelligentTiering: Map<string, XmlElement>;
  metrics: Map<string, XmlElement>;
  inventory: Map<string, XmlElement>;
  analytics: Map<string, XmlElement>;
  /** Versions by key, newest first. */
  objects: Map<string, ObjectVersion[]>;
  /** By upload ID. */
  uploads: Map<string, Upload>;
  /** Adds objects and uploads without calls. More versions and delete markers need versioning: throws without it. */
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
  /** JSON, with roles as unique IDs. */
  policy: string;
  /** Days between automatic rotations; undefined while rotation is off. */
  rotationPeriodInDays: number | undefined;
  /** Other accounts that may use the key while key policies are not evaluated. */
  sharedWith: Set<string>;
}

export interface Account {
  id: string;
  /** Credentials of a user with full rights, which every account has. */
  credentials: Credentials;
  /** ARN of that user. */
  callerArn: string;
  buckets: Map<string, Bucket>;
  /** By ARN. */
  keys: Map<string, Key>;
  /** Key IDs by "region/alias name". The name includes "alias/". */
  aliases: Map<string, string>;
  /** By ARN. Bucket policies keep the unique ID of a deleted role. */
  roles: Map<string, Role>;
  /**
   * Number of look-ups for which S3, KMS, EKS, STS and trust policies do not find a role that a call has created.
   * Infinity: until the test sets its `unknownFor` to 0.
   */
  newRolesUnknownFor: number;
  /** Customer managed policies by ARN, as JSON. */
  managedPolicies: Map<string, string>;
  iamQuotas: IamQuotas;
  /** By ARN. */
  oidcProviders: Map<string, OidcProvider>;
  /** EKS clusters by "region/name". */
  clusters: Map<string, Cluster>;
  /** Queues, topics and functions by ARN, and whether they let S3 deliver. Others do not exist. */
  notificationDestinations: Map<string, "Allowed" | "Denied">;
  /** Regions without the ABAC calls: FACTS.md#s3-tags. */
  regionsWithoutAbac: Set<string>;
  /**
   * Regions with the classic tag calls only: CreateBucket with tags and the calls of S3 Control are refused, as in the
   * AWS European Sovereign Cloud: FACTS.md#s3-tags.
   */
  regionsWithoutResourceTags: Set<string>;
  publicAccessBlock: XmlElement | undefined;
  /**
   * An organization's S3 policy overrides the setting, and writes are denied: FACTS.md#s3-public-access-and-ownership.
   */
  publicAccessBlockManagedByOrganization: boolean;
  /** Adds another user, such as a person who changes resources by hand. */
  addUser(name: string): Identity;
  /** Adds a role with full rights. */
  addRole(name: string, options?: RoleOptions): Role;
  /** Adds a customer managed policy, for attachments and permissions boundaries. Returns its ARN. */
  addManagedPolicy(name: string, document: object): string;
  /** Adds an EKS cluster. Its issuer is not yet an identity provider of IAM. Default issuer: one in the form of EKS. */
  addCluster(name: string, options?: { region?: string; oidcIssuer?: string }): Cluster;
  /** Adds a bucket with today's defaults, without a call. */
  createBucket(name: string, region?: string): Bucket;
  /** Expires all sessions of this account's roles: their next call is answered with ExpiredToken. */
  expireSessions(): void;
}

export interface World {
  now(): number;
  /** Evaluates policies and checks signatures. While off, callers may do everything in their account. */
  evaluatePolicies: boolean;
  /** The TLS version that policies see; undefined means no TLS. */
  tlsVersion: "1.0" | "1.1" | "1.2" | "1.3" | undefined;
  store: StoreSwitches;
  accounts: Map<string, Account>;
  /** By access key id. */
  identities: Map<string, Identity>;
  /** Issuers besides the clusters. */
  issuers: Issuer[];
  /** The next unused number, for IDs. */
  next(): number;
}

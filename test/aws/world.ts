/** Creates and finds accounts, identities and buckets. */

import { addCluster } from "./eks/clusters.ts";
import { ADMINISTRATOR_ACCESS } from "./iam/managed-policies.ts";
import { newRole, trustOfAccounts } from "./iam/new-role.ts";
import { defaultEncryption } from "./s3/encryption.ts";
import { fillBucket } from "./s3/fill.ts";
import { ownershipDocument } from "./s3/ownership-controls.ts";
import { ALL_BLOCKED, publicAccessBlockDocument } from "./s3/public-access-block.ts";
import type { Account, Bucket, Identity, Role, World } from "./state.ts";
import { storeSwitches } from "./store.ts";

export function newWorld(now: () => number): World {
  let last = 0;
  return {
    now,
    evaluatePolicies: false,
    tlsVersion: "1.3",
    store: storeSwitches(),
    accounts: new Map(),
    identities: new Map(),
    issuers: [],
    next: () => ++last,
  };
}

/** The account. Created on first use. Throws if the ID is not 12 digits. */
export function accountOf(world: World, id: string): Account {
  const existing = world.accounts.get(id);
  if (existing !== undefined) return existing;
  if (!/^\d{12}$/.test(id)) throw new Error(`"${id}" is not an AWS account id: 12 digits`);
  const created = newAccount(world, id);
  world.accounts.set(id, created);
  return created;
}

/** Bucket names are global. */
export function findBucket(world: World, name: string): Bucket | undefined {
  for (const account of world.accounts.values()) {
    const bucket = account.buckets.get(name);
    if (bucket !== undefined) return bucket;
  }
  return undefined;
}

/** Properties of a new role session. */
export interface SessionOptions {
  name: string;
  /** Milliseconds. */
  expiresAt: number;
  policy?: string | undefined;
  tags?: ReadonlyMap<string, string>;
}

/** Adds a role session with temporary credentials. */
export function addSession(
  world: World,
  role: Role,
  { name, expiresAt, policy, tags = new Map() }: SessionOptions,
): Identity {
  const [, partition = "", , , accountId = ""] = role.arn.split(":");
  const arn = `arn:${partition}:sts::${accountId}:assumed-role/${role.name}/${name}`;
  const session = newIdentity(world, `ASIA${accountId}${pad(world.next())}`, accountId, arn);
  session.expiresAt = expiresAt;
  session.session = { roleId: role.uniqueId, policy, tags };
  session.credentials.sessionToken = `session-${session.credentials.accessKeyId}`;
  return session;
}

/** Adds a service of AWS, such as cloudfront.amazonaws.com, that acts for the resource with this ARN. */
export function addService(world: World, name: string, sourceArn: string): Identity {
  const identity = newIdentity(world, `AKIASERVICE${pad(world.next())}`, "", name);
  identity.outside = { type: "Service", name, sourceArn, sourceAccount: sourceArn.split(":")[4] ?? "" };
  return identity;
}

/** Creates a bucket with today's defaults: FACTS.md#s3-defaults-of-a-new-bucket. */
export function newBucket(world: World, accountId: string, name: string, region: string): Bucket {
  const bucket: Bucket = {
    name,
    accountId,
    region,
    creationDate: world.now(),
    acl: "private",
    publicAccessBlock: publicAccessBlockDocument(ALL_BLOCKED),
    ownershipControls: ownershipDocument("BucketOwnerEnforced"),
    encryption: defaultEncryption(),
    versioning: undefined,
    mfaDelete: false,
    objectLock: undefined,
    lifecycle: undefined,
    lifecycleBefore: undefined,
    cors: undefined,
    policy: undefined,
    tags: new Map(),
    abac: "Disabled",
    logging: undefined,
    notifications: undefined,
    replication: undefined,
    website: undefined,
    accelerate: undefined,
    requestPayer: "BucketOwner",
    intelligentTiering: new Map(),
    metrics: new Map(),
    inventory: new Map(),
    analytics: new Map(),
    objects: new Map(),
    uploads: new Map(),
    fillWith: (contents) => fillBucket(bucket, contents, world),
  };
  return bucket;
}

function newAccount(world: World, id: string): Account {
  const user = (name: string, number: number) =>
    newIdentity(world, `AKIA${id}${pad(number)}`, id, `arn:aws:iam::${id}:user/${name}`);
  const { credentials, arn: callerArn } = user("administrator", 0);
  const account: Account = {
    id,
    credentials,
    callerArn,
    buckets: new Map(),
    keys: new Map(),
    aliases: new Map(),
    roles: new Map(),
    newRolesUnknownFor: 0,
    managedPolicies: new Map(),
    iamQuotas: { roles: 1000, trustPolicySize: 2048, attachedPoliciesPerRole: 10 },
    oidcProviders: new Map(),
    clusters: new Map(),
    notificationDestinations: new Map(),
    regionsWithoutAbac: new Set(),
    regionsWithoutResourceTags: new Set(),
    publicAccessBlock: undefined,
    publicAccessBlockManagedByOrganization: false,
    addUser: (name) => user(name, world.next()),
    addRole: (name, { path = "/", externalId, trustedAccounts = [id] } = {}) => {
      const assumeRolePolicy = trustOfAccounts(trustedAccounts, externalId);
      const role = newRole(world, { name, path, assumeRolePolicy, partition: "aws", accountId: id });
      role.attachedPolicies.add(ADMINISTRATOR_ACCESS);
      account.roles.set(role.arn, role);
      return role;
    },
    addManagedPolicy: (name, document) => {
      const arn = `arn:aws:iam::${id}:policy/${name}`;
      account.managedPolicies.set(arn, JSON.stringify(document));
      return arn;
    },
    addCluster: (name, options) => addCluster(world, account, name, options),
    createBucket: (name, region = "us-east-1") => {
      if (findBucket(world, name) !== undefined) throw new Error(`bucket ${name} exists`);
      const bucket = newBucket(world, id, name, region);
      account.buckets.set(name, bucket);
      return bucket;
    },
    expireSessions: () => {
      for (const identity of world.identities.values()) {
        if (identity.accountId === id && identity.expiresAt !== undefined) identity.expiresAt = -Infinity;
      }
    },
  };
  return account;
}

function newIdentity(world: World, accessKeyId: string, accountId: string, arn: string): Identity {
  const identity: Identity = {
    accountId,
    arn,
    credentials: { accessKeyId, secretAccessKey: `secret-of-${accessKeyId}` },
  };
  world.identities.set(accessKeyId, identity);
  return identity;
}

function pad(number: number): string {
  return String(number).padStart(8, "0");
}

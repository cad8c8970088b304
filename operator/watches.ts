import { bucketKeyOf } from "./access/consent.ts";
import type { AccessDirectory } from "./access/dependencies.ts";
import { mattersToOtherAccounts } from "./account/deciding.ts";
import { isPaused } from "./api/annotations.ts";
import { AWS_ACCOUNTS, BUCKET_ACCESSES, S3_BUCKETS } from "./api/names.ts";
import { REASON } from "./api/reasons.ts";
import type { AWSAccount, BucketAccess, S3Bucket } from "./api/types.ts";
import { abortable } from "./clock.ts";
import type { Priority } from "./kube/changes.ts";
import { findCondition } from "./kube/conditions.ts";
import { keyOf, parseKey, type KubeObject, type Resource } from "./kube/object.ts";
import { createReferenceIndex } from "./kube/reference-index.ts";
import { createReflector, MAX_LISTS, type OnChange, type Reflector, type ReflectorOptions } from "./kube/reflector.ts";
import { createSemaphore } from "./kube/semaphore.ts";

const NAMESPACES: Resource = { group: "", version: "v1", kind: "Namespace", plural: "namespaces", namespaced: false };

export interface Watches {
  buckets: Reflector<S3Bucket>;
  accesses: Reflector<BucketAccess>;
  accounts: Reflector<AWSAccount>;
  namespaces: Reflector<KubeObject>;
  directory: AccessDirectory;
  /** All BucketAccesses that refer to the bucket, even without its consent. */
  accessesOf(bucket: S3Bucket): BucketAccess[];
  /** Those, and BucketAccesses that name the bucket `name` without an S3Bucket. */
  accessesTo(bucket: S3Bucket, name: string | undefined): BucketAccess[];
  /** Resolves with true when each kind was listed once, with false if `signal` aborts first. */
  synced(signal: AbortSignal): Promise<boolean>;
}

export interface WatchScope {
  /** [] for all. */
  watchNamespaces: string[];
  /** A label selector for S3Buckets, BucketAccesses and AWSAccounts. */
  watchSelector?: string | undefined;
}

export interface Handlers {
  bucket: OnChange<S3Bucket>;
  access: OnChange<BucketAccess>;
  account: OnChange<AWSAccount>;
  /** Another object changed in a way that may affect this one. */
  revisitBucket: Revisit<S3Bucket>;
  revisitAccess: Revisit<BucketAccess>;
  revisitAccount: Revisit<AWSAccount>;
}

export type Revisit<T> = (object: T, priority: Priority) => void;

type Common = Pick<ReflectorOptions<KubeObject>, "client" | "clock" | "random" | "log" | "metrics">;

/**
 * Creates all watches, and maps each change to the objects that it may affect. Until all kinds are listed it maps none:
 * then each object is reported as added, and none was reconciled yet.
 */
export function createWatches(given: Common, scope: WatchScope, handlers: Handlers): Watches {
  const selected = scope.watchSelector === undefined ? {} : { labelSelector: scope.watchSelector };
  // An API server that went back to an older state did so for all kinds.
  const onRewind = () => all.forEach((reflector) => reflector.relist());
  const common = { ...given, onRewind, lists: createSemaphore(MAX_LISTS) };
  const isSynced = () => all.every((reflector) => reflector.hasSynced());
  const ours = {
    ...common,
    ...selected,
    ...(scope.watchNamespaces.length > 0 && { namespaces: scope.watchNamespaces }),
  };
  const byBucket = createReferenceIndex();
  const accessesOf = ({ metadata }: S3Bucket) =>
    byBucket.referrersOf(keyOf(metadata)).flatMap((key) => accesses.store.get(parseKey(key)) ?? []);
  const byServiceAccount = createReferenceIndex();
  const accessesOfServiceAccount = (namespace: string, name: string) =>
    byServiceAccount.referrersOf(keyOf({ namespace, name })).flatMap((key) => accesses.store.get(parseKey(key)) ?? []);
  /** BucketAccesses that share a role with this one. */
  const siblingsOf = ({ metadata, spec }: BucketAccess) =>
    (spec.serviceAccountRefs ?? [])
      .flatMap(({ name }) => accessesOfServiceAccount(metadata.namespace ?? "", name))
      .filter((sibling) => sibling.metadata.uid !== metadata.uid);
  /** What concerns one may decide who of them has a part in the role. */
  const revisitAccess = (access: BucketAccess, priority: Priority) => {
    for (const each of [access, ...siblingsOf(access)]) handlers.revisitAccess(each, priority);
  };

  /** By namespace, the S3Buckets that may wait for another one. */
  const waiting = createReferenceIndex();
  /** By bucket name, the BucketAccesses without an S3Bucket. */
  const byBucketName = createReferenceIndex();

  const buckets = createReflector<S3Bucket>({
    ...ours,
    resource: S3_BUCKETS,
    onChange(type, bucket, old) {
      const { namespace = "" } = bucket.metadata;
      if (type !== "deleted" && mayWait(bucket)) waiting.add(namespace, keyOf(bucket.metadata));
      else waiting.remove(namespace, keyOf(bucket.metadata));
      handlers.bucket(type, bucket, old);
      if (!isSynced()) return;
      if (old !== undefined && type !== "deleted" && mattersToAccess(old) === mattersToAccess(bucket)) return;
      const priority = old === undefined ? "resync" : "edit";
      for (const access of accessesOf(bucket)) handlers.revisitAccess(access, priority);
      for (const key of waiting.referrersOf(namespace)) {
        const sibling = key === keyOf(bucket.metadata) ? undefined : buckets.store.get(parseKey(key));
        if (sibling !== undefined) handlers.revisitBucket(sibling, priority);
      }
    },
  });
  const accesses = createReflector<BucketAccess>({
    ...ours,
    resource: BUCKET_ACCESSES,
    onChange(type, access, old) {
      const key = bucketKeyOf(access);
      if (type === "deleted") byBucket.remove(keyOf(key), keyOf(access.metadata));
      else byBucket.add(keyOf(key), keyOf(access.metadata));
      for (const name of serviceAccountKeys(old)) byServiceAccount.remove(name, keyOf(access.metadata));
      if (type !== "deleted") {
        for (const name of serviceAccountKeys(access)) byServiceAccount.add(name, keyOf(access.metadata));
      }
      if (old?.spec.bucket !== undefined) byBucketName.remove(old.spec.bucket.name, keyOf(access.metadata));
      if (access.spec.bucket !== undefined && type !== "deleted")
        byBucketName.add(access.spec.bucket.name, keyOf(access.metadata));
      handlers.access(type, access, old);
      if (!isSynced()) return;
      if (old === undefined || type === "deleted" || mattersToSiblings(old) !== mattersToSiblings(access)) {
        const siblings = [access, ...(old ? [old] : [])].flatMap(siblingsOf);
        for (const sibling of siblings) handlers.revisitAccess(sibling, old === undefined ? "resync" : "edit");
      }
      if (old !== undefined && type !== "deleted" && mattersToBucket(old) === mattersToBucket(access)) return;
      const bucket = buckets.store.get(key);
      if (bucket !== undefined) handlers.revisitBucket(bucket, old === undefined ? "resync" : "edit");
    },
  });
  const revisit = (concerned: S3Bucket[]) => {
    for (const bucket of concerned) {
      handlers.revisitBucket(bucket, "resync");
      for (const access of accessesOf(bucket)) revisitAccess(access, "resync");
    }
  };
  const revisitOthers = ({ metadata, spec }: AWSAccount, priority: Priority) => {
    const others = accounts.store.list().filter((other) => other.metadata.name !== metadata.name);
    for (const other of others) if (other.spec.accountId === spec.accountId) handlers.revisitAccount(other, priority);
  };
  const accounts = createReflector<AWSAccount>({
    ...common,
    ...selected,
    resource: AWS_ACCOUNTS,
    onChange(type, account, old) {
      handlers.account(type, account, old);
      if (!isSynced()) return;
      if (old === undefined) revisitOthers(account, "resync");
      else if (type === "deleted" || mattersToOtherAccounts(old) !== mattersToOtherAccounts(account)) {
        revisitOthers(account, "edit");
      }
      if (old === undefined || type === "deleted" || old.metadata.generation !== account.metadata.generation) {
        revisit(buckets.store.list().filter((bucket) => mayUse(bucket, account)));
        for (const access of accesses.store.list().filter((each) => isExternal(each) && mayUse(each, account)))
          handlers.revisitAccess(access, "resync");
      }
    },
  });
  const namespaces = createReflector<KubeObject>({
    ...common,
    resource: NAMESPACES,
    transform: withoutPayload,
    onChange(_type, namespace, old) {
      if (!isSynced()) return;
      const before = JSON.stringify(old?.metadata.labels ?? {});
      if (before === JSON.stringify(namespace.metadata.labels ?? {})) return;
      const { name } = namespace.metadata;
      revisit(buckets.store.listIn(name));
      for (const access of accesses.store.listIn(name)) {
        revisitAccess(access, "resync");
        const bucket = buckets.store.get(bucketKeyOf(access));
        if (bucket !== undefined) handlers.revisitBucket(bucket, "resync");
      }
    },
  });
  const directory: AccessDirectory = {
    accounts: () => accounts.store.list(),
    namespace: (name) => namespaces.store.get({ name }),
    bucket: (key) => buckets.store.get(key),
    accessesOf: accessesOfServiceAccount,
  };
  const all = [buckets, accesses, accounts, namespaces];
  const synced = Promise.all(all.map((reflector) => reflector.synced));
  return {
    buckets,
    accesses,
    accounts,
    namespaces,
    directory,
    accessesOf,
    accessesTo: (bucket, name) => [
      ...accessesOf(bucket),
      ...byBucketName.referrersOf(name ?? "").flatMap((key) => accesses.store.get(parseKey(key)) ?? []),
    ],
    synced: (signal) =>
      abortable(synced, signal).then(
        () => true,
        () => false,
      ),
  };
}

/** The fields of a BucketAccess that its bucket's policies are made from, or that the bucket's deletion waits for. */
function mattersToBucket(access: BucketAccess): string {
  const { generation, deletionTimestamp } = access.metadata;
  return JSON.stringify([generation, deletionTimestamp, isPaused(access)]);
}

function serviceAccountKeys(access: BucketAccess | undefined): string[] {
  const { namespace = "" } = access?.metadata ?? {};
  return (access?.spec.serviceAccountRefs ?? []).map(({ name }) => keyOf({ namespace, name }));
}

/** The fields that decide the part of a BucketAccess in the role that it shares. */
function mattersToSiblings(access: BucketAccess): string {
  const { generation, deletionTimestamp } = access.metadata;
  return JSON.stringify([generation, deletionTimestamp, isPaused(access)]);
}

/** The fields of an S3Bucket that a BucketAccess is made from, or waits for, besides what is verified at AWS. */
function mattersToAccess({ metadata, status }: S3Bucket): string {
  const { generation, deletionTimestamp } = metadata;
  const { policy, managedKey } = status ?? {};
  const ready = findCondition(status, "Ready");
  const policies = [policy?.bytes, managedKey?.isShared];
  return JSON.stringify([generation, deletionTimestamp, policies, ready?.status, ready?.reason]);
}

/** Whether the bucket may wait for another one to become a destination that the guardrails allow. */
function mayWait({ status }: S3Bucket): boolean {
  const reason = findCondition(status, "Ready")?.reason;
  return reason === REASON.destinationNotReady || reason === REASON.guardrailViolated;
}

export async function runWatches(
  { buckets, accesses, accounts, namespaces }: Watches,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all([buckets, accesses, accounts, namespaces].map((reflector) => reflector.run(signal)));
}

/** Bookmarks come about once a minute. After five minutes without one, count the API server as unreachable. */
const MAX_SILENCE_SECONDS = 300;

/** For /readyz: each kind was listed, and its watch is not silent. */
export function readyChecks(watches: Watches): Record<string, () => string | undefined> {
  const { buckets, accesses, accounts, namespaces } = watches;
  const reflectors = { s3buckets: buckets, bucketaccesses: accesses, awsaccounts: accounts, namespaces };
  return Object.fromEntries(
    Object.entries(reflectors).map(([name, reflector]) => [
      `watch-${name}`,
      () => {
        if (!reflector.hasSynced()) return "not listed yet";
        const seconds = Math.round(reflector.secondsSinceLastEvent());
        return seconds > MAX_SILENCE_SECONDS ? `nothing heard from the API server for ${seconds} s` : undefined;
      },
    ]),
  );
}

function isExternal({ spec }: BucketAccess): boolean {
  return spec.bucket !== undefined;
}

/** An object without accountRef uses the default account, which this one may have become, or may have been. */
function mayUse({ spec }: S3Bucket | BucketAccess, account: AWSAccount): boolean {
  return spec.accountRef === undefined || spec.accountRef.name === account.metadata.name;
}

/** Keeps the labels, the only part of a namespace that the operator reads. */
function withoutPayload({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  const { name, uid, resourceVersion, labels } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(uid && { uid }), ...(resourceVersion && { resourceVersion }), ...(labels && { labels }) },
  };
}

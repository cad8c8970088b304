import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Logger } from "pino";
import { bucketKeyOf } from "./access/consent.ts";
import { createAccessReconciler } from "./access/controller.ts";
import { createBucketUses } from "./access/principals/bucket-uses.ts";
import { createAccessSweep } from "./access/sweep/sweep.ts";
import { createRoleMemory } from "./access/workload/memory.ts";
import { createAccountReconciler } from "./account/controller.ts";
import { accountFinalizer, accountsConcerned } from "./account/in-use.ts";
import type { UserDirectory } from "./account/users.ts";
import { FIELDS } from "./api/generated/fields.ts";
import { AWS_ACCOUNTS, BUCKET_ACCESSES, FINALIZER, GROUP, S3_BUCKETS } from "./api/names.ts";
import type { AWSAccount, BucketAccess, S3Bucket } from "./api/types.ts";
import { createAws } from "./aws/session.ts";
import { createBucketReconciler } from "./bucket/controller.ts";
import { createTurns } from "./bucket/deletion/emptying/turns.ts";
import { createKeyResolver } from "./bucket/key/resolve.ts";
import { createLeftOut } from "./bucket/policy/left-out.ts";
import { createVerifiedBuckets } from "./bucket/verified.ts";
import type { Config } from "./cli/config.ts";
import { systemClock } from "./clock.ts";
import { createKubeClient } from "./kube/client.ts";
import { createController } from "./kube/controller.ts";
import { createEventRecorder } from "./kube/events.ts";
import { LeadLostError, runLeaderElection } from "./kube/leader-election.ts";
import { createKubeMetrics } from "./kube/metrics.ts";
import type { Resource, StatusObject } from "./kube/object.ts";
import type { Reconcile } from "./kube/reconcile.ts";
import type { Reflector } from "./kube/reflector.ts";
import { requireServedFields } from "./kube/served-fields.ts";
import type { DeltaType } from "./kube/store.ts";
import { startHealthServers } from "./observability/health.ts";
import { createMetrics } from "./observability/metrics.ts";
import { observed, synced } from "./observability/resources.ts";
import { awsFailure } from "./reconcile/aws-failure.ts";
import { createHistory } from "./reconcile/history.ts";
import { createWatches, readyChecks, runWatches } from "./watches.ts";

const NAME = "s3-operator";
/** Time limit of one reconcile: enough for three attempts of a call that hangs until its own timeout. */
const RECONCILE_TIMEOUT_MS = 120_000;

/** Contains the namespace of the Pod: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
const NAMESPACE_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

function ownNamespace(): string {
  return existsSync(NAMESPACE_FILE) ? readFileSync(NAMESPACE_FILE, "utf8").trim() : "default";
}

export interface ManagerOptions {
  config: Config;
  kubeConfig: KubeConfig;
  log: Logger;
  version: string;
}

/**
 * Creates all components and runs them until `signal` aborts, then drains. "lost": another process may lead already, so
 * this one must exit. Rejects if it cannot start, for example if a port is in use.
 */
export async function runManager(options: ManagerOptions, signal: AbortSignal): Promise<"stopped" | "lost"> {
  const { config, kubeConfig, log, version } = options;
  const clock = systemClock;
  const random = Math.random;
  const identity = `${hostname()}_${randomUUID().slice(0, 8)}`;
  const userAgent = `${NAME}/${version}`;

  /** Monotonic time. A process that was suspended may resume its calls before it learns that it lost the lease. */
  let mayCallUntil = config.leaderElect ? -Infinity : Infinity;

  const metrics = createMetrics(version);
  const kubeMetrics = createKubeMetrics(metrics.registry);
  const client = createKubeClient(kubeConfig, { userAgent, clock, metrics: kubeMetrics });
  const aws = createAws({
    registry: metrics.registry,
    forcePathStyle: config.s3ForcePathStyle,
    userAgent,
    clock,
    log,
    mayCall: () => clock.monotonic() < mayCallUntil,
    onDenied: (accountId) => {
      const concerned = watches.accounts.store.list().filter(({ spec }) => spec.accountId === accountId);
      for (const { metadata } of concerned) accounts.enqueue(metadata, "resync");
    },
  });
  const events = createEventRecorder({
    client,
    reportingController: `${GROUP}/${NAME}`,
    reportingInstance: identity,
    clock,
    log,
  });

  const common = { client, clock, random, log, metrics: kubeMetrics };
  const leaseNamespace = config.leaderElectionNamespace ?? ownNamespace();
  const inUse = accountFinalizer(leaseNamespace, config.leaderElectionName);
  const users: UserDirectory = {
    accounts: () => watches.accounts.store.list(),
    namespace: (name) => watches.directory.namespace(name),
    buckets: () => watches.buckets.store.list(),
    accesses: () => watches.accesses.store.list(),
    bucketOf: (access) => watches.directory.bucket(bucketKeyOf(access)),
  };
  const revisitAccounts = (type: DeltaType, object: S3Bucket | BucketAccess) => {
    for (const { metadata } of accountsConcerned(type, object, users, inUse)) accounts.enqueue(metadata, "edit");
  };
  const watches = createWatches(common, config, {
    bucket: observed<S3Bucket>(metrics, (...change) => {
      buckets.onChange(...change);
      revisitAccounts(change[0], change[1]);
      const [type, bucket, old = bucket] = change;
      if (type === "deleted" || old.metadata.uid !== bucket.metadata.uid) verified.forget(old);
    }),
    account: observed<AWSAccount>(metrics, (...change) => accounts.onChange(...change)),
    access: observed<BucketAccess>(metrics, (...change) => {
      accesses.onChange(...change);
      revisitAccounts(change[0], change[1]);
    }),
    revisitBucket: ({ metadata }, priority) => buckets.enqueue(metadata, priority),
    revisitAccess: ({ metadata }, priority) => accesses.enqueue(metadata, priority),
    revisitAccount: ({ metadata }, priority) => accounts.enqueue(metadata, priority),
  });

  const controllerOf = <T extends StatusObject>(
    resource: Resource,
    { store, refresh }: Reflector<T>,
    reconcile: Reconcile<T>,
    { concurrency = config.concurrency, finalizer = FINALIZER } = {},
  ) =>
    createController<T>({
      ...common,
      name: resource.kind.toLowerCase(),
      resource,
      store,
      refresh,
      reconcile: synced(metrics, reconcile),
      concurrency,
      events,
      failureOf: awsFailure,
      finalizer,
      timeoutMs: RECONCILE_TIMEOUT_MS,
      drainMs: config.shutdownTimeoutMs,
      stalledAfterMs: config.stalledAfterMs,
    });
  const history = createHistory(() => clock.monotonic(), config.settleWindowMs);
  const verified = createVerifiedBuckets((bucket, { name, isFirst }) => {
    // After a restart, most of what is verified is as it was.
    const priority = isFirst && bucket.status?.arn !== undefined ? "resync" : "edit";
    for (const { metadata } of watches.accessesTo(bucket, name)) accesses.enqueue(metadata, priority);
  });
  const leftOut = createLeftOut(
    () => clock.monotonic(),
    (bucketUid) => {
      const bucket = watches.buckets.store.list().find(({ metadata }) => metadata.uid === bucketUid);
      const concerned = bucket === undefined ? [] : watches.accessesOf(bucket);
      for (const { metadata } of concerned) accesses.enqueue(metadata, "edit");
    },
  );
  const engine = (kind: string) => ({
    history,
    now: () => clock.now(),
    onDrift: (name: string) => metrics.driftDetected(kind, name),
  });
  const roles = createRoleMemory(() => clock.monotonic());
  const reconcileAccount = createAccountReconciler({
    ...engine(AWS_ACCOUNTS.kind),
    aws,
    accounts: () => watches.directory.accounts(),
    users,
    finalizer: inUse,
    sweepAccess: createAccessSweep({
      client,
      directory: watches.directory,
      accesses: () => watches.accesses.store.list(),
      cluster: config.clusterName,
      watchNamespaces: config.watchNamespaces,
      watchSelector: config.watchSelector,
      roles,
      pollIntervalMs: config.pollIntervalMs,
      clock,
      onRevoked: (kind) => metrics.accessRevoked(kind),
    }),
  });
  const accounts = controllerOf(AWS_ACCOUNTS, watches.accounts, reconcileAccount, {
    concurrency: Math.min(config.concurrency, 2),
    finalizer: inUse,
  });
  const reconcileBucket = createBucketReconciler({
    ...engine(S3_BUCKETS.kind),
    aws,
    directory: watches.directory,
    cluster: config.clusterName,
    resolveKey: createKeyResolver(() => clock.monotonic()),
    knownBuckets: () => watches.buckets.store.list(),
    ownBucketNames: (namespace, accountId) => verified.ownBucketNames(namespace, accountId),
    verified,
    leftOut,
    uses: createBucketUses(watches.directory, (bucket) => watches.accessesOf(bucket), config.clusterName),
    settleWindowMs: config.settleWindowMs,
    pollIntervalMs: config.pollIntervalMs,
    emptying: {
      lifecycleAbove: config.emptyByLifecycleAbove,
      takeTurn: createTurns(Math.ceil(config.concurrency / 2)),
      onDeleted: (count) => metrics.objectsDeleted(count),
    },
  });
  const buckets = controllerOf(S3_BUCKETS, watches.buckets, reconcileBucket);
  const reconcileAccess = createAccessReconciler({
    ...engine(BUCKET_ACCESSES.kind),
    aws,
    client,
    directory: watches.directory,
    verified,
    leftOut,
    cluster: config.clusterName,
    roles,
    pollIntervalMs: config.pollIntervalMs,
  });
  const accesses = controllerOf(BUCKET_ACCESSES, watches.accesses, reconcileAccess);

  const work = async (leading: AbortSignal) => {
    await Promise.all([accounts.run(leading), buckets.run(leading), accesses.run(leading)]);
    if (!(leading.reason instanceof LeadLostError)) await events.flush();
  };
  // Watches continue while the controllers drain.
  const watching = new AbortController();
  const servers = await startHealthServers({
    ...config,
    readyChecks: readyChecks(watches),
    registry: metrics.registry,
  });
  log.info({ ports: servers.ports }, "Listening");
  const following = runWatches(watches, watching.signal);
  let isLost = false;
  try {
    if (!(await watches.synced(signal))) return "stopped";
    log.info("Caches synced");
    const kinds = [S3_BUCKETS, AWS_ACCOUNTS, BUCKET_ACCESSES].map((resource) => ({
      resource,
      fields: FIELDS[resource.plural] ?? {},
    }));
    await requireServedFields({ ...common, kubeConfig, kinds, userAgent, signal });
    if (!config.leaderElect) {
      await work(signal);
      return "stopped";
    }
    const lease = { name: config.leaderElectionName, namespace: leaseNamespace, identity };
    const onHeldUntil = (time: number) => void (mayCallUntil = time);
    const { leaseDurationMs, renewDeadlineMs, retryPeriodMs } = config;
    const times = { leaseDurationMs, renewDeadlineMs, retryPeriodMs };
    const election = { ...common, ...lease, ...times, onHeldUntil, onStartedLeading: work, signal };
    isLost = (await runLeaderElection(election)) === "lost";
    return isLost ? "lost" : "stopped";
  } finally {
    watching.abort();
    // Another process leads: exit at once, and write nothing more.
    if (!isLost) {
      await following;
      await servers.close();
      await client.close();
      aws.destroy();
    }
  }
}

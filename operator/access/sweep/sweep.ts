import type { AccountContext, SweepAccess } from "../../account/dependencies.ts";
import { REASON } from "../../api/reasons.ts";
import type { BucketAccess } from "../../api/types.ts";
import type { AwsSession } from "../../aws/session.ts";
import { deadline, type Clock } from "../../clock.ts";
import type { KubeClient } from "../../kube/client.ts";
import { awsFailure } from "../../reconcile/aws-failure.ts";
import { failureIn } from "../../reconcile/outcome.ts";
import type { AccessDirectory } from "../dependencies.ts";
import type { RoleMemory } from "../workload/memory.ts";
import { sweepAssociations } from "./associations.ts";
import { expectedIn } from "./expected.ts";
import { liveAccesses } from "./live.ts";
import { createMemory, type SweepMemory } from "./memory.ts";
import { sweepRoles } from "./roles.ts";
import { MAX_REVOKED, reporter, type SweptKind } from "./run.ts";
import { sweepScope, type SweepScope } from "./scope.ts";
import { createWantedIn } from "./wanted.ts";

export interface SweepDependencies {
  client: KubeClient;
  directory: AccessDirectory;
  /** The BucketAccesses that the operator watches. */
  accesses: () => readonly BucketAccess[];
  cluster: string;
  /** [] for all. */
  watchNamespaces: readonly string[];
  watchSelector: string | undefined;
  roles: RoleMemory;
  pollIntervalMs: number;
  clock: Clock;
  onRevoked: (kind: SweptKind) => void;
}

/** Part of a poll interval after which a sweep is due: reconciles are jittered, and one must not miss its turn. */
const DUE_AFTER = 0.8;
/** Less than the time limit of a reconcile, of which other steps need the rest. */
const TIME_LIMIT_MS = 60_000;

/**
 * Makes sure that access ends though the BucketAccess that asked for it cannot tell: its finalizer was removed, or it
 * was deleted while the operator was down. Looks at AWS, by path, name, trust and tags, for what no BucketAccess asks
 * for, once per poll interval and AWS account, by whichever AWSAccount of it is reconciled first. Before it revokes
 * anything it reads the BucketAccesses of that namespace from the API server.
 */
export function createAccessSweep(dependencies: SweepDependencies): SweepAccess {
  const { directory, pollIntervalMs, clock } = dependencies;
  const memory = createMemory(() => clock.monotonic());
  /** When the last complete sweep of an AWS account began. */
  const sweptAt = new Map<string, number>();
  const sweeping = new Set<string>();

  return async (session, context) => {
    const { accountId, partition } = session;
    const scope = sweepScope(accountId, partition, directory.accounts());
    if (scope === undefined) return Infinity;
    const startedAt = clock.monotonic();
    const age = startedAt - (sweptAt.get(accountId) ?? -Infinity);
    if (age < pollIntervalMs * DUE_AFTER) return pollIntervalMs - age;
    if (sweeping.has(accountId)) return pollIntervalMs;
    sweeping.add(accountId);
    try {
      if (await sweep(dependencies, memory, scope, session, context)) sweptAt.set(accountId, startedAt);
    } finally {
      sweeping.delete(accountId);
    }
    return pollIntervalMs;
  };
}

/** Whether it is complete. */
async function sweep(
  dependencies: SweepDependencies,
  memory: SweepMemory,
  scope: SweepScope,
  session: AwsSession,
  context: AccountContext,
): Promise<boolean> {
  const { client, directory, cluster, watchNamespaces, watchSelector, roles, clock } = dependencies;
  const { accountId, partition } = session;
  using limit = deadline(clock, TIME_LIMIT_MS, context.signal);
  const { signal } = limit;
  const { progress, ...report } = reporter(context, dependencies.onRevoked, signal);
  const wantedIn = createWantedIn(directory);
  const run = {
    session,
    cluster,
    scope,
    expected: expectedIn({ accountId, partition, cluster, accesses: dependencies.accesses(), wantedIn }),
    live: liveAccesses({ client, accountId, watchNamespaces, watchSelector, wantedIn, signal }),
    roles,
    memory,
    signal,
    isWatched: (namespace: string) => watchNamespaces.length === 0 || watchNamespaces.includes(namespace),
    watchesAll: watchNamespaces.length === 0,
    ...report,
  };
  await run.attempt(() => sweepRoles(run));
  await run.attempt(() => sweepAssociations(run));
  // Says nothing while the operator stops, or loses its lease.
  if (!context.signal.aborted && progress.failures.length > 0) tellFailures(context, progress.failures);
  return !signal.aborted && progress.failures.length === 0 && progress.revoked < MAX_REVOKED;
}

function tellFailures({ event, log }: AccountContext, failures: readonly unknown[]): void {
  const messages = [...new Set(failures.map(messageOf))];
  for (const error of failures) log.warn({ error }, "The sweep of access is incomplete");
  const note =
    "Access that no BucketAccess asks for may still exist in the AWS account, because the operator could not look " +
    `everywhere: ${messages.join("; ")}`;
  event({ type: "Warning", reason: REASON.sweepIncomplete, action: "Sweep", note });
}

function messageOf(error: unknown): string {
  const failure = failureIn(error) ?? awsFailure(error);
  return failure?.message ?? (error instanceof Error ? error.message : String(error));
}

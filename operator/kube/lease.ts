/** A lock on a Lease, with the rules of client-go: https://kubernetes.io/docs/concepts/architecture/leases/ */

import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../clock.ts";
import type { KubeClient } from "./client.ts";
import { unlessNotFound } from "./errors.ts";
import { apiVersionOf, microTime, type KubeObject, type Resource } from "./object.ts";

export const LEASES: Resource = {
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  namespaced: true,
};

export interface LeaseSpec {
  holderIdentity?: string | null;
  leaseDurationSeconds?: number;
  acquireTime?: string;
  renewTime?: string;
  leaseTransitions?: number;
}

export interface Lease extends KubeObject {
  spec?: LeaseSpec;
}

export interface LeaseLockOptions {
  client: KubeClient;
  name: string;
  namespace: string;
  /** Unique to this process. */
  identity: string;
  leaseDurationMs: number;
  clock: Clock;
  /** Called when a renewal must read the lease first. */
  onSlowPath: () => void;
}

export interface LeaseLock {
  /** True if this process holds the lease, from the time of the call on. Throws if that is unknown. */
  acquireOrRenew(signal: AbortSignal): Promise<boolean>;
  /** Releases the lease if this process holds it, so that another need not wait for its expiry. */
  release(signal: AbortSignal): Promise<void>;
}

export function createLeaseLock(options: LeaseLockOptions): LeaseLock {
  const { client, name, namespace, identity, leaseDurationMs, clock, onSlowPath } = options;
  /** As this process last wrote it; undefined if another process may have written since. */
  let ours: Lease | undefined;
  /** No other holder was seen since this process last held the lease. */
  let held = false;
  /** The last spec read, and since when it is unchanged. Avoids comparing clocks of different machines. */
  let observed: { spec: LeaseSpec | undefined; since: number } | undefined;

  const read = (signal: AbortSignal) => unlessNotFound(client.get<Lease>(LEASES, { namespace, name }, { signal }));

  function isHeldByAnother({ spec }: Lease): boolean {
    if (observed === undefined || !isDeepStrictEqual(observed.spec, spec))
      observed = { spec, since: clock.monotonic() };
    const { holderIdentity, leaseDurationSeconds = 0 } = spec ?? {};
    const lasts = leaseDurationSeconds > 0 ? leaseDurationSeconds * 1000 : leaseDurationMs;
    return Boolean(holderIdentity) && holderIdentity !== identity && clock.monotonic() < observed.since + lasts;
  }

  function renewed(spec: LeaseSpec | undefined): LeaseSpec {
    const now = microTime(clock.now());
    const kept = spec?.holderIdentity === identity;
    return {
      ...spec,
      holderIdentity: identity,
      // Whole seconds, and not less than this process counts on.
      leaseDurationSeconds: Math.ceil(leaseDurationMs / 1000),
      acquireTime: (kept ? spec.acquireTime : undefined) ?? now,
      renewTime: now,
      leaseTransitions: (spec?.leaseTransitions ?? 0) + (kept || spec === undefined ? 0 : 1),
    };
  }

  /** The resourceVersion in `lease` makes a write in between a conflict. */
  async function write(lease: Lease, spec: LeaseSpec, signal: AbortSignal): Promise<Lease> {
    ours = undefined;
    return await client.update<Lease>(LEASES, { ...lease, spec }, { signal });
  }

  function keep(lease: Lease): true {
    ours = lease;
    return (held = true);
  }

  return {
    async acquireOrRenew(signal) {
      if (held && ours === undefined) onSlowPath();
      const lease = ours ?? (await read(signal));
      if (lease === undefined) {
        const type = { apiVersion: apiVersionOf(LEASES), kind: LEASES.kind };
        const created: Lease = { ...type, metadata: { name, namespace }, spec: renewed(undefined) };
        return keep(await client.create(LEASES, created, { signal }));
      }
      if (isHeldByAnother(lease)) return (held = false);
      return keep(await write(lease, renewed(lease.spec), signal));
    },

    async release(signal) {
      const lease = ours ?? (await read(signal));
      if (lease?.spec?.holderIdentity !== identity) return;
      const now = microTime(clock.now());
      const freed = { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
      await write(lease, freed, signal);
    },
  };
}

import type { RoleOwner } from "../../api/ownership.ts";
import type { BucketAccess } from "../../api/types.ts";
import { createExclusive, type Exclusive } from "./exclusive.ts";
import type { RoleClient } from "./role/role-client.ts";

/**
 * What the BucketAccesses of one ServiceAccount share in memory. A restart loses it, which costs only calls: nothing
 * here says what may be granted.
 */
export interface RoleMemory {
  /** All work on one role, by {@link roleKeyOf}, goes through this. */
  exclusive: Exclusive;
  /** Notes that the role was read and found as the hash declares it. */
  noteLook(key: string, hash: string, roleArn: string): void;
  forgetLook(key: string): void;
  /** The role's ARN, if that was less than `maxAgeMs` ago, with the same hash. */
  look(key: string, hash: string, maxAgeMs: number): string | undefined;
  /** Keys of roles that were last read with their association, see observe.ts. */
  lastReadAssociation: Set<string>;
  /** Notes which ServiceAccounts have a Pod Identity association in an EKS cluster of the account. */
  noteAssociations(clusterArn: string, serviceAccounts: ReadonlySet<string>): void;
  /** As the last sweep saw it. */
  hasAssociation(clusterArn: string, serviceAccount: string): boolean;
  /** Characters of the inline policies, by uid of the BucketAccess. */
  policyLengths: Map<string, number>;
}

/** @param now milliseconds that never jump */
export function createRoleMemory(now: () => number): RoleMemory {
  const looks = new Map<string, { hash: string; roleArn: string; at: number }>();
  const associations = new Map<string, ReadonlySet<string>>();
  return {
    exclusive: createExclusive(),
    noteLook: (key, hash, roleArn) => void looks.set(key, { hash, roleArn, at: now() }),
    forgetLook: (key) => void looks.delete(key),
    look(key, hash, maxAgeMs) {
      const look = looks.get(key);
      return look?.hash === hash && now() - look.at < maxAgeMs ? look.roleArn : undefined;
    },
    noteAssociations: (clusterArn, serviceAccounts) => void associations.set(clusterArn, serviceAccounts),
    hasAssociation: (clusterArn, serviceAccount) => associations.get(clusterArn)?.has(serviceAccount) === true,
    lastReadAssociation: new Set(),
    policyLengths: new Map(),
  };
}

/** In the history: the part of one BucketAccess in a role. */
export function partKeyOf(key: string, { ref }: RoleClient, { metadata }: BucketAccess): string {
  return `${key}/${ref.RoleName}/${metadata.uid}`;
}

/** Of roles in different accounts, an owner has only one at a time. */
export function roleKeyOf({ namespace, kind, name }: RoleOwner): string {
  return `${kind}/${namespace}/${name}`;
}

import type { AWSAccount, BucketAccess } from "../../api/types.ts";
import { roleArnOf } from "../../aws/arn.ts";
import { ownerOf } from "../target.ts";
import { policyNameOf, rolePathOf } from "../workload/role/name.ts";
import { hashInName, roleNamesOf } from "./names.ts";

/** What the BucketAccesses of the cluster ask for in one AWS account. */
export interface Expected {
  /** Roles that the operator manages, by the hash in their name, see names.ts. */
  roles: ReadonlyMap<string, ExpectedRole>;
  /** Contributors by the ARN of their existing role. */
  existingRoles: ReadonlyMap<string, readonly BucketAccess[]>;
  /** `namespace/name` of ServiceAccounts. */
  serviceAccounts: ReadonlySet<string>;
}

export interface ExpectedRole {
  contributors: readonly BucketAccess[];
  /** ARNs that the operator would give to the role if it made it now. */
  arns: ReadonlySet<string>;
}

/**
 * The AWSAccount in which an access is wanted; undefined: it is refused. `Undecided`: it may be wanted, so that nothing
 * of it is revoked.
 */
export type WantedIn = AWSAccount | "Undecided" | undefined;

/** Input of {@link expectedIn}. */
export interface Asking {
  accountId: string;
  partition: string;
  cluster: string;
  accesses: readonly BucketAccess[];
  wantedIn: (access: BucketAccess) => WantedIn;
}

/** Pure. */
export function expectedIn({ accountId, partition, cluster, accesses, wantedIn }: Asking): Expected {
  const wanted = accesses.filter((access) => isAskedFor(accountId, access, wantedIn));
  const arnsOf = (access: BucketAccess) => {
    const account = wantedIn(access);
    if (account === undefined || account === "Undecided") return [];
    const { rolePrefix, rolePath } = account.spec.iam ?? {};
    const names = roleNamesOf(cluster, access, rolePrefix);
    return names.map((name) => roleArnOf(partition, accountId, rolePathOf(rolePath), name));
  };
  const roles = contributorsBy(wanted, (access) => roleHashesOf(cluster, access));
  return {
    roles: new Map(
      [...roles].map(([key, contributors]) => [key, { contributors, arns: new Set(contributors.flatMap(arnsOf)) }]),
    ),
    existingRoles: contributorsBy(wanted, ({ spec }) => (spec.role?.arn === undefined ? [] : [spec.role.arn])),
    serviceAccounts: new Set(wanted.flatMap(serviceAccountsOf)),
  };
}

/** Whether the access may have something in the AWS account. */
export function isAskedFor(
  accountId: string,
  access: BucketAccess,
  wantedIn: (access: BucketAccess) => WantedIn,
): boolean {
  if (access.metadata.deletionTimestamp !== undefined) return false;
  const account = wantedIn(access);
  return account === "Undecided" || account?.spec.accountId === accountId;
}

function contributorsBy(
  accesses: readonly BucketAccess[],
  keysOf: (access: BucketAccess) => readonly string[],
): Map<string, BucketAccess[]> {
  const pairs = accesses.flatMap((access) => keysOf(access).map((key) => ({ key, access })));
  const groups = Map.groupBy(pairs, ({ key }) => key);
  return new Map([...groups].map(([key, group]) => [key, group.map(({ access }) => access)]));
}

/** Hashes in the names of the roles that the operator manages for the access. */
export function roleHashesOf(cluster: string, access: BucketAccess): string[] {
  return roleNamesOf(cluster, access).flatMap((name) => hashInName(name) ?? []);
}

/** `namespace/name` of the ServiceAccounts that the access names. */
export function serviceAccountsOf({ metadata, spec }: BucketAccess): string[] {
  return (spec.serviceAccountRefs ?? []).map(({ name }) => `${metadata.namespace}/${name}`);
}

/** The names of the inline policies of these accesses. */
export function policyNamesOf(cluster: string, accesses: readonly BucketAccess[]): Set<string> {
  return new Set(accesses.map((access) => policyNameOf(ownerOf(cluster, access))));
}

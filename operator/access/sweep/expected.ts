import type { AWSAccount, BucketAccess } from "../../api/types.ts";
import { roleArnOf } from "../../aws/arn.ts";
import { rolePathOf } from "../workload/role/name.ts";
import { policyNameOf, roleNamesOf } from "./names.ts";

/** What the BucketAccesses of the cluster ask for in one AWS account. */
export interface Expected {
  /** Roles that the operator manages, by key: see {@link roleKeyOf}. */
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
  const roles = contributorsBy(wanted, (access) => roleKeysOf(cluster, access));
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

/** Keys of the roles that the operator manages for the access. */
export function roleKeysOf(cluster: string, access: BucketAccess): string[] {
  return roleNamesOf(cluster, access).flatMap((name) => roleKeyOf(name) ?? []);
}

/**
 * The hash at the end of a role's name. Unlike the name, it does not depend on `iam.rolePrefix`, which may change.
 * Undefined: not a name that the operator makes.
 */
export function roleKeyOf(roleName: string): string | undefined {
  return /-([0-9a-f]{12})$/.exec(roleName)?.[1];
}

/** `namespace/name` of the ServiceAccounts that the access names. */
export function serviceAccountsOf({ metadata, spec }: BucketAccess): string[] {
  return (spec.serviceAccountRefs ?? []).map(({ name }) => `${metadata.namespace}/${name}`);
}

/** The names of the inline policies of these accesses. */
export function policyNamesOf(cluster: string, accesses: readonly BucketAccess[]): Set<string> {
  return new Set(accesses.map(({ metadata: { namespace = "", name } }) => policyNameOf({ cluster, namespace, name })));
}

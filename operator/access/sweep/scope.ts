import { isPaused } from "../../api/annotations.ts";
import type { AWSAccount } from "../../api/types.ts";
import { clusterArn } from "../../aws/arn.ts";
import { globMatches } from "../../aws/policy/glob.ts";
import { DEFAULT_ROLE_PATH, rolePathOf } from "../workload/role/name.ts";
import type { TrustedIdentities } from "./trust.ts";

/** Where access of this cluster may be in one AWS account. */
export interface SweepScope extends TrustedIdentities {
  /** Paths of roles that the operator manages, the default path included, as they may date from before a change. */
  managedPaths: readonly string[];
  /** Paths to list, none within another. */
  listedPaths: readonly string[];
  clusters: readonly EksCluster[];
  /** Whether BucketAccesses may name the existing role. */
  mayHavePolicyOfOurs(roleArn: string): boolean;
}

export interface EksCluster {
  name: string;
  region: string;
}

/**
 * Undefined if no AWSAccount of the AWS account gives roles to workloads: there is nothing to sweep. One that is being
 * deleted counts, because it still serves the objects that it waits for. Pure.
 */
export function sweepScope(
  accountId: string,
  partition: string,
  accounts: readonly AWSAccount[],
): SweepScope | undefined {
  const using = accounts
    .filter(({ spec }) => spec.accountId === accountId)
    .filter((account) => !isPaused(account) && mayHaveRoles(account));
  if (using.length === 0) return undefined;
  const clusters = using.flatMap(({ spec: { region, workloadIdentity } }) =>
    workloadIdentity?.clusterName === undefined ? [] : [{ name: workloadIdentity.clusterName, region }],
  );
  const patterns = using.flatMap(rolePatterns);
  const managedPaths = [...new Set([...using.map(({ spec }) => rolePathOf(spec.iam?.rolePath)), DEFAULT_ROLE_PATH])];
  return {
    managedPaths,
    listedPaths: withoutNested([...managedPaths, ...patterns.map(pathOfPattern)]),
    clusters: clusters.filter((cluster, index) => clusters.findIndex((other) => isSame(cluster, other)) === index),
    providers: new Set(using.flatMap(({ spec }) => spec.workloadIdentity?.oidcProviderArn ?? [])),
    clusterArns: new Set(clusters.map(({ name, region }) => clusterArn(partition, region, accountId, name))),
    mayHavePolicyOfOurs: (roleArn) => patterns.some((pattern) => globMatches(pattern, roleArn)),
  };
}

function mayHaveRoles({ spec: { workloadIdentity, access } }: AWSAccount): boolean {
  return workloadIdentity !== undefined || (access?.rules ?? []).some((rule) => rule.webIdentities || rule.roleArns);
}

function isSame(one: EksCluster, other: EksCluster): boolean {
  return one.name === other.name && one.region === other.region;
}

/** The patterns of existing roles, for every namespace. */
function rolePatterns({ spec }: AWSAccount): string[] {
  const patterns = (spec.access?.rules ?? []).flatMap(({ roleArns = [] }) => roleArns);
  return patterns.map((pattern) => pattern.replaceAll("{namespace}", "*"));
}

/** The path up to the last `/` before any wildcard: `/team/` for `arn:aws:iam::111122223333:role/team/x-*`. */
function pathOfPattern(pattern: string): string {
  const [literal = ""] = pattern.slice(pattern.indexOf(":role/") + ":role".length).split(/[*?]/);
  return literal.slice(0, literal.lastIndexOf("/") + 1);
}

function withoutNested(paths: readonly string[]): string[] {
  const distinct = [...new Set(paths)];
  return distinct.filter((path) => !distinct.some((other) => other !== path && path.startsWith(other)));
}

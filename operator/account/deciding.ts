import type { AWSAccount } from "../api/types.ts";

/**
 * Returns the AWSAccount whose `spec.publicAccessBlock` counts for an AWS account, which has only one such setting: the
 * oldest that declares it and is not being deleted. Undefined: none declares it. Pure.
 */
export function decidingAccount(accountId: string, accounts: readonly AWSAccount[]): AWSAccount | undefined {
  const [oldest] = accounts
    .filter(({ metadata, spec }) => spec.accountId === accountId && metadata.deletionTimestamp === undefined)
    .filter(({ spec }) => spec.publicAccessBlock !== undefined)
    .toSorted(byAge);
  return oldest;
}

/** Names decide where both were created in the same second, the precision of Kubernetes. */
function byAge({ metadata: a }: AWSAccount, { metadata: b }: AWSAccount): number {
  const [left, right] = [ageOf(a), ageOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function ageOf({ creationTimestamp = "", name }: AWSAccount["metadata"]): string {
  return `${creationTimestamp}/${name}`;
}

/** When this text changes, the other AWSAccounts of the same AWS account are reconciled again. */
export function mattersToOtherAccounts({ metadata, status }: AWSAccount): string {
  const { generation, deletionTimestamp } = metadata;
  return JSON.stringify([generation, deletionTimestamp, status?.appliedPublicAccessBlock]);
}

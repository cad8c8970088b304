import { REASON, type Reason } from "../api/reasons.ts";
import type { AllowedNamespaces, AWSAccount } from "../api/types.ts";
import type { KubeObject } from "../kube/object.ts";
import { selects } from "./selector.ts";

/** AWSAccounts and namespaces, from the operator's watches. */
export interface AccountDirectory {
  accounts(): readonly AWSAccount[];
  namespace(name: string): KubeObject | undefined;
}

export type AccountResolution = { account: AWSAccount; problem?: never } | { account?: never; problem: AccountProblem };

export interface AccountProblem {
  reason: Reason;
  message: string;
}

/**
 * The account that an object of `namespace` uses: the one that it names, or the default. The message is the same for a
 * missing account and for one that does not admit the namespace, so that it does not disclose which accounts exist.
 */
export function resolveAccount(
  directory: AccountDirectory,
  namespace: string,
  accountName: string | undefined,
): AccountResolution {
  const [account, another] = candidatesFor(directory, accountName).filter((each) =>
    admits(each, directory.namespace(namespace), namespace),
  );
  if (account === undefined) return { problem: notAvailable(accountName, namespace) };
  if (another !== undefined) return { problem: moreThanOneDefault(account, another) };
  return { account };
}

/**
 * Whether an account exists, named or default, and none admits the namespace. False: an account admits it, or there is
 * none that could. Must not show in messages.
 */
export function isRefusedByAccount(
  directory: AccountDirectory,
  namespace: string,
  accountName: string | undefined,
): boolean {
  const candidates = candidatesFor(directory, accountName);
  return candidates.length > 0 && !candidates.some((each) => admits(each, directory.namespace(namespace), namespace));
}

/**
 * The account of objects of a namespace that it no longer admits, for what must be revoked at AWS. Undefined if it is
 * not the only one. Must not show in messages.
 */
export function refusingAccount(
  directory: AccountDirectory,
  namespace: string,
  accountName: string | undefined,
): AWSAccount | undefined {
  const [account, another] = candidatesFor(directory, accountName);
  return another === undefined && isRefusedByAccount(directory, namespace, accountName) ? account : undefined;
}

function candidatesFor(directory: AccountDirectory, accountName: string | undefined): AWSAccount[] {
  return directory
    .accounts()
    .filter(({ metadata, spec }) =>
      accountName === undefined ? spec.default === true : metadata.name === accountName,
    );
}

/** `namespace` is undefined while the watch does not have it. */
export function admits({ spec }: AWSAccount, namespace: KubeObject | undefined, name: string): boolean {
  const { allowedNamespaces } = spec;
  return allowedNamespaces === undefined || admitsNamespace(allowedNamespaces, namespace, name);
}

/** Whether namespace `name` is allowed. `namespace` is undefined while the watch does not have it. */
export function admitsNamespace(
  { names, selector = {} }: AllowedNamespaces,
  namespace: KubeObject | undefined,
  name: string,
): boolean {
  if (names !== undefined) return names.includes(name);
  return namespace !== undefined && selects(selector, namespace.metadata.labels ?? {});
}

function notAvailable(accountName: string | undefined, namespace: string): AccountProblem {
  const message =
    accountName === undefined
      ? `No AWSAccount with 'spec.default: true' admits namespace '${namespace}': set spec.accountRef, or ask the platform team for one`
      : `AWSAccount '${accountName}' does not exist, or does not admit namespace '${namespace}': ask the platform team`;
  return { reason: REASON.accountNotAvailable, message };
}

function moreThanOneDefault(one: AWSAccount, another: AWSAccount): AccountProblem {
  const names = [one.metadata.name, another.metadata.name].sort();
  const message = `More than one AWSAccount has 'spec.default: true' (${names.join(", ")}): set spec.accountRef, or leave one of them the default`;
  return { reason: REASON.moreThanOneDefault, message };
}

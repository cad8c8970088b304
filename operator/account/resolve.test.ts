import { describe, expect, test } from "vitest";
import type { AWSAccount, AWSAccountSpec } from "../api/types.ts";
import { awsAccount } from "../bucket/testing/fixtures.ts";
import { resolveAccount } from "./resolve.ts";

type Allowed = NonNullable<AWSAccountSpec["allowedNamespaces"]>;

const NO_NAMESPACE: Allowed = { names: [] };

function resolve(accounts: AWSAccount[], accountName?: string, labels: Record<string, string> = {}) {
  const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
  return resolveAccount({ accounts: () => accounts, namespace }, "team", accountName);
}

describe("resolveAccount by name", () => {
  const accounts = [awsAccount({ default: true }, "main"), awsAccount({}, "other")];

  test("returns the named account, and not the default", () => {
    expect(resolve(accounts, "other").account?.metadata.name).toBe("other");
  });

  test("compares the whole name, with its letter case", () => {
    expect(resolve(accounts, "othe").problem?.reason).toBe("AccountNotAvailable");
    expect(resolve(accounts, "Other").problem?.reason).toBe("AccountNotAvailable");
  });
});

describe("resolveAccount without a name", () => {
  test("returns the default account", () => {
    const accounts = [awsAccount({ default: false }, "a"), awsAccount({ default: true }, "b"), awsAccount({}, "c")];
    expect(resolve(accounts).account?.metadata.name).toBe("b");
  });

  test("reports a problem when there is no default account", () => {
    const { problem } = resolve([awsAccount({}, "a")]);
    expect(problem?.reason).toBe("AccountNotAvailable");
    expect(problem?.message).toContain("spec.accountRef");
  });

  test("reports two default accounts in a fixed order, so that the message stays the same", () => {
    const accounts = [awsAccount({ default: true }, "b"), awsAccount({ default: true }, "a")];
    const { problem } = resolve(accounts);
    expect(problem?.reason).toBe("MoreThanOneDefault");
    expect(problem?.message).toContain("(a, b)");
    expect(resolve(accounts.toReversed())).toEqual({ problem });
  });

  test("returns the default account that admits the namespace when another one does not", () => {
    const accounts = [
      awsAccount({ default: true, allowedNamespaces: NO_NAMESPACE }, "a"),
      awsAccount({ default: true }, "b"),
    ];
    expect(resolve(accounts).account?.metadata.name).toBe("b");
  });
});

describe("resolveAccount with allowedNamespaces", () => {
  test.each<[string, Allowed | undefined, Record<string, string>, boolean]>([
    ["admits every namespace without allowedNamespaces", undefined, {}, true],
    ["admits a namespace that is named", { names: ["a", "team"] }, {}, true],
    ["refuses a namespace that is not named", { names: ["teams", "tea"] }, {}, false],
    ["refuses every namespace when none is named", NO_NAMESPACE, {}, false],
    ["admits a namespace with matching labels", { selector: { matchLabels: { env: "prod" } } }, { env: "prod" }, true],
    ["refuses a namespace without matching labels", { selector: { matchLabels: { env: "prod" } } }, {}, false],
    ["admits every namespace with an empty selector", { selector: {} }, {}, true],
  ])("%s", (_case, allowedNamespaces, labels, admitted) => {
    const account = awsAccount({ default: true, ...(allowedNamespaces && { allowedNamespaces }) });
    expect(resolve([account], undefined, labels).account !== undefined).toBe(admitted);
    expect(resolve([account], "main", labels).account !== undefined).toBe(admitted);
  });

  test("refuses a namespace that the operator has not seen yet for a selector with labels", () => {
    const account = awsAccount({ allowedNamespaces: { selector: { matchLabels: { env: "prod" } } } });
    const directory = { accounts: () => [account], namespace: () => undefined };
    expect(resolveAccount(directory, "team", "main").problem?.reason).toBe("AccountNotAvailable");
  });
});

describe("resolveAccount, when no account admits the namespace", () => {
  test.each(["main", undefined])("returns the same as without accounts, for the name %s", (name) => {
    const closed = awsAccount({ default: true, allowedNamespaces: NO_NAMESPACE });
    expect(resolve([closed], name)).toEqual(resolve([], name));
  });

  test("returns the same as without accounts when there are two defaults", () => {
    const closed = ["a", "b"].map((name) => awsAccount({ default: true, allowedNamespaces: NO_NAMESPACE }, name));
    expect(resolve(closed)).toEqual(resolve([]));
  });
});

test("resolveAccount refuses a namespace that the operator has not seen yet for a selector with DoesNotExist", () => {
  const selector = { matchExpressions: [{ key: "untrusted", operator: "DoesNotExist" as const }] };
  const directory = { accounts: () => [awsAccount({ allowedNamespaces: { selector } })], namespace: () => undefined };
  expect(resolveAccount(directory, "team", "main").problem?.reason).toBe("AccountNotAvailable");
});

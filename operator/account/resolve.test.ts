import { describe, expect, test } from "vitest";
import type { AWSAccount, AWSAccountSpec } from "../api/types.ts";
import { awsAccount } from "../bucket/testing/fixtures.ts";
import { resolveAccount } from "./resolve.ts";

type Allowed = NonNullable<AWSAccountSpec["allowedNamespaces"]>;

const NOBODY: Allowed = { names: [] };

function resolve(accounts: AWSAccount[], accountName?: string, labels: Record<string, string> = {}) {
  const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
  return resolveAccount({ accounts: () => accounts, namespace }, "team", accountName);
}

describe("by name", () => {
  const accounts = [awsAccount({ default: true }, "main"), awsAccount({}, "other")];

  test("the one that is named, and not the default", () => {
    expect(resolve(accounts, "other").account?.metadata.name).toBe("other");
  });

  test("a name is not a prefix, nor in any letter case", () => {
    expect(resolve(accounts, "othe").problem?.reason).toBe("AccountNotAvailable");
    expect(resolve(accounts, "Other").problem?.reason).toBe("AccountNotAvailable");
  });
});

describe("by default", () => {
  test("the one that says so", () => {
    const accounts = [awsAccount({ default: false }, "a"), awsAccount({ default: true }, "b"), awsAccount({}, "c")];
    expect(resolve(accounts).account?.metadata.name).toBe("b");
  });

  test("none", () => {
    const { problem } = resolve([awsAccount({}, "a")]);
    expect(problem?.reason).toBe("AccountNotAvailable");
    expect(problem?.message).toContain("spec.accountRef");
  });

  test("two: named in one order, so that the message stays the same", () => {
    const accounts = [awsAccount({ default: true }, "b"), awsAccount({ default: true }, "a")];
    const { problem } = resolve(accounts);
    expect(problem?.reason).toBe("MoreThanOneDefault");
    expect(problem?.message).toContain("(a, b)");
    expect(resolve(accounts.toReversed())).toEqual({ problem });
  });

  test("two, of which one does not admit the namespace", () => {
    const accounts = [
      awsAccount({ default: true, allowedNamespaces: NOBODY }, "a"),
      awsAccount({ default: true }, "b"),
    ];
    expect(resolve(accounts).account?.metadata.name).toBe("b");
  });
});

describe("admission", () => {
  test.each<[string, Allowed | undefined, Record<string, string>, boolean]>([
    ["nothing said", undefined, {}, true],
    ["named", { names: ["a", "team"] }, {}, true],
    ["not named", { names: ["teams", "tea"] }, {}, false],
    ["nobody named", NOBODY, {}, false],
    ["labelled", { selector: { matchLabels: { env: "prod" } } }, { env: "prod" }, true],
    ["not labelled", { selector: { matchLabels: { env: "prod" } } }, {}, false],
    ["every namespace", { selector: {} }, {}, true],
  ])("%s", (_case, allowedNamespaces, labels, admitted) => {
    const account = awsAccount({ default: true, ...(allowedNamespaces && { allowedNamespaces }) });
    expect(resolve([account], undefined, labels).account !== undefined).toBe(admitted);
    expect(resolve([account], "main", labels).account !== undefined).toBe(admitted);
  });

  test("a namespace that the operator does not know yet has no labels", () => {
    const account = awsAccount({ allowedNamespaces: { selector: { matchLabels: { env: "prod" } } } });
    const directory = { accounts: () => [account], namespace: () => undefined };
    expect(resolveAccount(directory, "team", "main").problem?.reason).toBe("AccountNotAvailable");
  });
});

describe("an account that does not admit a namespace reads the same as none", () => {
  test.each(["main", undefined])("asked for %s", (name) => {
    const closed = awsAccount({ default: true, allowedNamespaces: NOBODY });
    expect(resolve([closed], name)).toEqual(resolve([], name));
  });

  test("and two closed ones read the same as none", () => {
    const closed = ["a", "b"].map((name) => awsAccount({ default: true, allowedNamespaces: NOBODY }, name));
    expect(resolve(closed)).toEqual(resolve([]));
  });
});

test("a namespace that is not known yet is admitted by no selector, not even by what it lacks", () => {
  const selector = { matchExpressions: [{ key: "untrusted", operator: "DoesNotExist" as const }] };
  const directory = { accounts: () => [awsAccount({ allowedNamespaces: { selector } })], namespace: () => undefined };
  expect(resolveAccount(directory, "team", "main").problem?.reason).toBe("AccountNotAvailable");
});

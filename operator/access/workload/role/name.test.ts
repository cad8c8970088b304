import fc from "fast-check";
import { expect, test } from "vitest";
import { roleArnOf } from "../../../aws/arn.ts";
import { roleNameOf, rolePathOf } from "./name.ts";

const OWNER = { cluster: "prod", namespace: "team", name: "docs" };
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const owners = fc.record({ cluster: label, namespace: label, name: label });

test("roleNameOf joins prefix, cluster, namespace and name, and ends in a hash", () => {
  expect(roleNameOf("acme-", OWNER)).toMatch(/^acme-prod-team-docs-[0-9a-f]{12}$/);
  expect(roleNameOf(undefined, OWNER)).toMatch(/^prod-team-docs-[0-9a-f]{12}$/);
});

test("roleNameOf makes the same name in every release, since another name would leave roles behind", () => {
  expect(roleNameOf(undefined, OWNER)).toBe("prod-team-docs-837d125a0e6c");
});

test("roleNameOf makes a name that IAM accepts from every owner and prefix", () => {
  const property = fc.property(owners, fc.stringMatching(/^[A-Za-z0-9_+=,.@-]{1,32}$/), (owner, prefix) => {
    expect(roleNameOf(prefix, owner)).toMatch(/^[\w+=,.@-]{14,64}$/);
    expect(roleNameOf(prefix, owner).startsWith(prefix.replace(/[.-]+$/, ""))).toBe(true);
  });
  fc.assert(property);
});

test("roleNameOf makes different names for owners that are the same when joined or cut", () => {
  const long = "n".repeat(60);
  const names = [
    { cluster: "a", namespace: "b-c", name: "d" },
    { cluster: "a-b", namespace: "c", name: "d" },
    { cluster: "a", namespace: "b", name: "c-d" },
    { cluster: "a", namespace: "b", name: "c.d" },
    { cluster: "a", namespace: long, name: "d" },
    { cluster: "a", namespace: `${long}n`, name: "d" },
    { cluster: "a", namespace: long, name: "e" },
  ].map((owner) => roleNameOf("acme-", owner).toLowerCase());
  expect(new Set(names).size).toBe(names.length);
});

test("roleNameOf makes another name for an object that is named like the cut name of another", () => {
  const cut = roleNameOf(undefined, { cluster: "c", namespace: "n", name: "x".repeat(63) });
  const forged = cut.slice("c-n-".length);
  expect(roleNameOf(undefined, { cluster: "c", namespace: "n", name: forged })).not.toBe(cut);
});

test("rolePathOf and roleArnOf return path and ARN", () => {
  expect(rolePathOf(undefined)).toBe("/s3-operator/");
  expect(roleArnOf("aws-cn", "111122223333", rolePathOf("/a/b/"), "r")).toBe("arn:aws-cn:iam::111122223333:role/a/b/r");
  expect(roleArnOf("aws", "111122223333", rolePathOf("/"), "r")).toBe("arn:aws:iam::111122223333:role/r");
});

import fc from "fast-check";
import { expect, test } from "vitest";
import type { RoleOwner } from "../../../api/ownership.ts";
import { roleArnOf } from "../../../aws/arn.ts";
import { mayBeRoleOf, policyNameOf, policyPrefixOf, roleNameOf, rolePathOf } from "./name.ts";

const OWNER: RoleOwner = { kind: "ServiceAccount", cluster: "prod", namespace: "team", name: "docs" };
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const kind = fc.constantFrom("ServiceAccount" as const, "BucketAccess" as const);
const owners = fc.record({ kind, cluster: label, namespace: label, name: label });

test("roleNameOf joins prefix, cluster, namespace and name, and ends in a hash", () => {
  expect(roleNameOf("acme-", OWNER)).toMatch(/^acme-prod-team-docs-[0-9a-f]{12}$/);
  expect(roleNameOf(undefined, OWNER)).toMatch(/^prod-team-docs-[0-9a-f]{12}$/);
});

test("roleNameOf makes the same name in every release, since another name would leave roles behind", () => {
  expect(roleNameOf(undefined, OWNER)).toBe("prod-team-docs-b52be7612672");
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
  ].flatMap((owner) =>
    (["ServiceAccount", "BucketAccess"] as const).map((each) => roleNameOf("acme-", { kind: each, ...owner })),
  );
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
});

test("roleNameOf makes another name for an object that is named like the cut name of another", () => {
  const cut = roleNameOf(undefined, { ...OWNER, cluster: "c", namespace: "n", name: "x".repeat(63) });
  const forged = cut.slice("c-n-".length);
  expect(roleNameOf(undefined, { ...OWNER, cluster: "c", namespace: "n", name: forged })).not.toBe(cut);
});

test("mayBeRoleOf knows the names that a role would have with another prefix, and no others", () => {
  fc.assert(
    fc.property(owners, owners, fc.stringMatching(/^[A-Za-z0-9_+=,.@-]{1,32}$/), (owner, other, prefix) => {
      expect(mayBeRoleOf(owner, roleNameOf(prefix, owner))).toBe(true);
      fc.pre(JSON.stringify(owner) !== JSON.stringify(other));
      expect(mayBeRoleOf(owner, roleNameOf(prefix, other))).toBe(false);
    }),
  );
  const end = roleNameOf(undefined, OWNER).slice(-13);
  for (const hostile of [end.slice(1), `a b${end}`, `a/b${end}`, `${"x".repeat(60)}${end}`]) {
    expect(mayBeRoleOf(OWNER, hostile), hostile).toBe(false);
  }
});

test("policyNameOf makes the same name in every release, another for each cluster and BucketAccess", () => {
  expect(policyNameOf(OWNER)).toBe(`${policyPrefixOf("prod")}${policyNameOf(OWNER).slice(-12)}`);
  expect(policyNameOf(OWNER)).toMatch(/^s3-operator-[0-9a-f]{8}-[0-9a-f]{12}$/);
  const others = [{ cluster: "dev" }, { namespace: "b" }, { name: "c" }].map((other) =>
    policyNameOf({ ...OWNER, ...other }),
  );
  expect(new Set([...others, policyNameOf(OWNER)]).size).toBe(4);
});

test("rolePathOf and roleArnOf return path and ARN", () => {
  expect(rolePathOf(undefined)).toBe("/s3-operator/");
  expect(roleArnOf("aws-cn", "111122223333", rolePathOf("/a/b/"), "r")).toBe("arn:aws-cn:iam::111122223333:role/a/b/r");
  expect(roleArnOf("aws", "111122223333", rolePathOf("/"), "r")).toBe("arn:aws:iam::111122223333:role/r");
});

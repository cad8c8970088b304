import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BucketAccessSpec, Grant, S3BucketSpec } from "../api/types.ts";
import { OWNER, s3Bucket } from "../bucket/testing/fixtures.ts";
import { consentViolation } from "./consent.ts";
import { bucketAccess, directoryOf } from "./testing/objects.ts";

type Access = S3BucketSpec["access"];
type Rule = NonNullable<NonNullable<Access>["rules"]>[number];

const GUESTS = { names: ["guests"] };
const bucketRef = { name: "docs", namespace: OWNER.namespace };

function violation(access: Access, namespace: string, spec: Partial<BucketAccessSpec> = {}) {
  const directory = directoryOf([], [], { guests: { tier: "gold" } });
  return consentViolation(
    directory,
    s3Bucket(access && { access }),
    bucketAccess({ bucketRef, ...spec }, { namespace }),
  );
}

describe("consentViolation: the namespaces", () => {
  const gold = { selector: { matchLabels: { tier: "gold" } } };
  test.each<[string, string, Access, string | undefined]>([
    ["allows the bucket's own namespace", OWNER.namespace, undefined, undefined],
    ["allows the bucket's own namespace when no rule names it", OWNER.namespace, { rules: [] }, undefined],
    ["refuses another namespace without spec.access", "guests", undefined, "BucketNotAvailable"],
    ["refuses another namespace without rules", "guests", {}, "BucketNotAvailable"],
    [
      "refuses a namespace that no rule names",
      "guests",
      { rules: [{ namespaces: { names: [] } }] },
      "BucketNotAvailable",
    ],
    ["allows a namespace that is named", "guests", { rules: [{ namespaces: GUESTS }] }, undefined],
    [
      "refuses a name that begins with an allowed one",
      "guests-b",
      { rules: [{ namespaces: GUESTS }] },
      "BucketNotAvailable",
    ],
    ["allows a namespace with matching labels", "guests", { rules: [{ namespaces: gold }] }, undefined],
    ["refuses a namespace with other labels", "other", { rules: [{ namespaces: gold }] }, "BucketNotAvailable"],
  ])("%s", (_case, namespace, access, expected) => {
    expect(violation(access, namespace)?.reason).toBe(expected);
  });
});

describe("consentViolation: the measure", () => {
  const curated: Rule = { namespaces: GUESTS, permissions: ["Read", "List"], prefixes: ["curated/"] };
  const grant = (prefix: string, ...permissions: Grant["permissions"]) => [{ prefix, permissions }];
  test.each<[string, Rule[], Grant[], string | undefined]>([
    ["covers a longer prefix", [curated], grant("curated/a/", "Read", "List"), undefined],
    ["does not cover a shorter prefix", [curated], grant("cur/", "Read"), "NotConsented"],
    ["does not cover every key by a prefix", [curated], grant("*", "Read"), "NotConsented"],
    ["covers every key without prefixes", [{ namespaces: GUESTS }], grant("*", "Read", "Delete"), undefined],
    ["does not cover another permission", [curated], grant("curated/", "Read", "Write"), "NotConsented"],
    [
      "adds rules up for each permission",
      [curated, { namespaces: GUESTS, permissions: ["Write"] }],
      grant("curated/a/", "Read", "Write"),
      undefined,
    ],
    [
      "does not count the rules of others",
      [curated, { namespaces: { names: ["others"] } }],
      grant("*", "Read"),
      "NotConsented",
    ],
    ["does not read wildcards in prefixes", [{ ...curated, prefixes: ["*/"] }], grant("raw/", "Read"), "NotConsented"],
  ])("%s", (_case, rules, grants, expected) => {
    expect(violation({ rules }, "guests", { grants })?.reason).toBe(expected);
  });

  test("lets principals in only by rules with principals: true", () => {
    const spec = { principals: ["arn:aws:iam::444455556666:role/reader"], grants: grant("curated/", "Read") };
    expect(violation({ rules: [curated] }, "guests", spec)).toMatchObject({ reason: "NotConsented", terminal: true });
    expect(violation({ rules: [{ ...curated, principals: true }] }, "guests", spec)).toBeUndefined();
    const apart = [{ ...curated, principals: true }, { namespaces: GUESTS }];
    expect(violation({ rules: apart }, "guests", { ...spec, grants: grant("raw/", "Read") })?.reason).toBe(
      "NotConsented",
    );
  });

  test("says what is not covered, and what is", () => {
    const message = violation({ rules: [curated] }, "guests", { grants: grant("raw/", "Read", "Write") })?.message;
    expect(message).toContain("does not consent to Read, Write below 'raw/'");
    expect(message).toContain("lets namespace 'guests' have Read, List below 'curated/'");
    const grants = [...grant("a/", "Read"), ...grant("b/", "Write")];
    const rules = [curated, { namespaces: GUESTS, prefixes: ["c/", "d/"] }];
    const several = violation({ rules }, "guests", { grants })?.message;
    expect(several).toContain("Read below 'a/' and Write below 'b/'");
    expect(several).toContain("have Read, List below 'curated/' and every permission below 'c/' and 'd/'");
  });
});

describe("a guest cannot widen the consent", () => {
  const PERMISSIONS = ["Read", "Write", "Delete", "List"] as const;
  const prefix = fc.constantFrom("a/", "a/b/", "a/b/c/", "ab/", "b/", "*/", "?/");
  const permissions = fc.uniqueArray(fc.constantFrom(...PERMISSIONS), { minLength: 1 });
  const rule = fc.record(
    {
      namespaces: fc.constantFrom(["guests"], ["others"], []).map((names) => ({ names: [...names] })),
      permissions,
      prefixes: fc.uniqueArray(prefix, { minLength: 1, maxLength: 3 }),
      principals: fc.boolean(),
    },
    { requiredKeys: ["namespaces"], noNullPrototype: true },
  );
  const grants = fc.uniqueArray(fc.record({ prefix: fc.oneof(prefix, fc.constant("*")), permissions }), {
    minLength: 1,
    maxLength: 3,
    selector: (grant) => grant.prefix,
  });
  /** A key of each kind: below each prefix, beside it, at the top. */
  const KEYS = ["a/k", "a/b/k", "a/b/c/k", "ab/k", "b/k", "*/k", "?/k", "k", "c/k"];

  test("beyond what the rules say for each key and permission", () => {
    const property = fc.property(fc.array(rule, { maxLength: 4 }), grants, fc.boolean(), (rules, asked, named) => {
      const principals = named ? { principals: ["arn:aws:iam::444455556666:role/reader"] } : {};
      const isGranted = violation({ rules }, "guests", { grants: asked, ...principals }) === undefined;
      const allows = (key: string, permission: (typeof PERMISSIONS)[number]) =>
        rules.some(
          (each) =>
            each.namespaces.names.some((name) => name === "guests") &&
            (!named || each.principals === true) &&
            (each.permissions === undefined || each.permissions.includes(permission)) &&
            (each.prefixes === undefined || each.prefixes.some((allowed) => key.slice(0, allowed.length) === allowed)),
        );
      const reached = KEYS.flatMap((key) =>
        asked
          .filter((grant) => grant.prefix === "*" || key.slice(0, grant.prefix.length) === grant.prefix)
          .flatMap((grant) => grant.permissions.map((permission) => [key, permission] as const)),
      );
      // Each grant reaches a key, so that what is refused is refused for a key that no rule allows.
      expect(isGranted).toBe(reached.every(([key, permission]) => allows(key, permission)));
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});

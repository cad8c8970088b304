import { describe, expect, test } from "vitest";
import type { Principal, Statement } from "./document.ts";
import { withDeclaredNames } from "./opaque-principals.ts";

const CANONICAL = "0123456789abcdef".repeat(4);
const OTHER_CANONICAL = "fedcba9876543210".repeat(4);
const ROLE_ID = "AROACKCEVSQ6C2EXAMPLE";
const USER_ID = "AIDACKCEVSQ6C2EXAMPLE";
const ROOT = "arn:aws:iam::111122223333:root";
const OTHER_ROOT = "arn:aws:iam::444455556666:root";
const OAI = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EH1HDMB1FH2TC";
const ROLE = "arn:aws:iam::111122223333:role/team/reader";
const USER = "arn:aws:iam::111122223333:user/reader";

function statement(principal: Principal, element: "Principal" | "NotPrincipal" = "Principal"): Statement {
  return { Sid: "S3OperatorSpecRead", Effect: "Deny", [element]: principal, Action: "s3:GetObject", Resource: "*" };
}

describe("takes the declared names", () => {
  test.each<[string, Principal, Principal]>([
    ["a canonical user ID that became an account", { CanonicalUser: CANONICAL }, { AWS: ROOT }],
    ["a canonical user ID that became an identity", { CanonicalUser: [CANONICAL] }, { AWS: [OAI] }],
    ["one of two", { CanonicalUser: [CANONICAL, OTHER_CANONICAL] }, { CanonicalUser: CANONICAL, AWS: ROOT }],
    ["both of two", { CanonicalUser: [CANONICAL, OTHER_CANONICAL] }, { AWS: [OTHER_ROOT, OAI] }],
    ["one beside a role", { CanonicalUser: CANONICAL, AWS: ROLE }, { AWS: [ROLE, ROOT] }],
    ["one beside a service", { CanonicalUser: CANONICAL, Service: "s" }, { AWS: ROOT, Service: ["s"] }],
    ["the unique ID of a role", { AWS: ROLE_ID }, { AWS: ROLE }],
    ["the unique IDs of a role and a user", { AWS: [ROLE_ID, USER_ID] }, { AWS: [USER, ROLE] }],
    ["both kinds", { CanonicalUser: CANONICAL, AWS: ROLE_ID }, { AWS: [ROLE, ROOT] }],
  ])("%s", (_case, declared, observed) => {
    expect(withDeclaredNames(statement(observed), statement(declared))).toEqual(statement(declared));
    const exempt = statement(declared, "NotPrincipal");
    expect(withDeclaredNames(statement(observed, "NotPrincipal"), exempt)).toEqual(exempt);
  });
});

describe("leaves the observed names", () => {
  test.each<[string, Principal, Principal]>([
    ["no opaque name", { AWS: ROLE }, { AWS: USER }],
    ["the canonical user ID as it was written", { CanonicalUser: CANONICAL }, { CanonicalUser: CANONICAL }],
    ["another canonical user ID", { CanonicalUser: CANONICAL }, { CanonicalUser: OTHER_CANONICAL }],
    ["one principal more", { CanonicalUser: CANONICAL }, { AWS: [ROOT, OTHER_ROOT] }],
    ["one principal fewer", { CanonicalUser: [CANONICAL, OTHER_CANONICAL] }, { AWS: [ROOT] }],
    ["a role in place of an account", { CanonicalUser: CANONICAL }, { AWS: ROLE }],
    ["an account in place of a role", { AWS: ROLE_ID }, { AWS: ROOT }],
    ["all callers", { CanonicalUser: CANONICAL }, "*"],
    ["a service in place of an account", { CanonicalUser: CANONICAL }, { Service: "s" }],
    ["another kind of principal in place of an account", { CanonicalUser: CANONICAL }, { Service: "AWS:111122223333" }],
    ["another kind of principal in place of a role", { AWS: ROLE_ID }, { Federated: `AWS:${ROLE}` }],
    ["another principal beside it", { CanonicalUser: CANONICAL, AWS: ROLE }, { AWS: [USER, ROOT] }],
  ])("%s", (_case, declared, observed) => {
    expect(withDeclaredNames(statement(observed), statement(declared))).toEqual(statement(observed));
  });

  test.each([
    [{ CanonicalUser: CANONICAL }, "111122223333"],
    [{ CanonicalUser: CANONICAL }, OAI],
    [{ AWS: ROLE_ID }, ROLE],
    [{ AWS: USER_ID }, USER],
  ])("%j, and a name that is longer than %s at either end", (declared, name) => {
    expect(withDeclaredNames(statement({ AWS: name }), statement(declared))).toEqual(statement(declared));
    for (const other of [`${name} x`, `x${name}`]) {
      const observed = statement({ AWS: other });
      expect(withDeclaredNames(observed, statement(declared))).toEqual(observed);
    }
  });

  test.each([`x${ROLE_ID}`, `${ROLE_ID}-x`, ROLE_ID.toLowerCase(), "AROA"])("%s is no unique ID", (name) => {
    const observed = statement({ AWS: ROLE });
    expect(withDeclaredNames(observed, statement({ AWS: name }))).toEqual(observed);
  });

  test("a statement that is not declared", () => {
    expect(withDeclaredNames(statement({ AWS: ROOT }), undefined)).toEqual(statement({ AWS: ROOT }));
  });

  test("Principal in place of NotPrincipal", () => {
    const observed = statement({ AWS: ROOT });
    expect(withDeclaredNames(observed, statement({ CanonicalUser: CANONICAL }, "NotPrincipal"))).toEqual(observed);
  });
});

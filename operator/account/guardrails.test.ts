import { describe, expect, test } from "vitest";
import type { Guardrails } from "../api/types.ts";
import type { Principal, Statement } from "../aws/policy/document.ts";
import { awsAccount } from "../bucket/testing/fixtures.ts";
import { type Ask, guardrailViolation } from "./guardrails.ts";
import { failureIn } from "../reconcile/outcome.ts";

const OWN = "111122223333";
const OTHER = "444455556666";
const FOREIGN = "999999999999";
const role = (account: string) => `arn:aws:iam::${account}:role/reader`;

function lettingIn(Principal: Principal, Condition?: Statement["Condition"]): Ask {
  const statement: Statement = { Effect: "Allow", Principal, Action: "s3:GetObject", ...(Condition && { Condition }) };
  return { kind: "Statement", field: "spec.policy.statements[Share]", statement };
}

function named(account: string | undefined): Ask {
  return { kind: "Account", field: "spec.principals[0]", named: account };
}

const OPEN: Ask = { kind: "PublicAccess", field: "spec.publicAccessBlock.blockPublicAcls", remedy: "set it to true" };

function encrypted(sseAlgorithm?: string): Ask {
  return { kind: "Encryption", field: "spec.encryption.sseAlgorithm", sseAlgorithm };
}

function violation(guardrails: Guardrails | undefined, ...asks: Ask[]) {
  return failureIn(guardrailViolation(awsAccount({ ...(guardrails && { guardrails }) }), asks));
}

test("no guardrails, no violations", () => {
  const asks = [lettingIn("*"), lettingIn({ AWS: FOREIGN }), named(FOREIGN), named(undefined), OPEN, encrypted()];
  expect(violation(undefined, ...asks)).toBeUndefined();
  expect(violation({}, ...asks)).toBeUndefined();
});

describe("allowedAccounts", () => {
  const only: Guardrails = { allowedAccounts: [OTHER] };
  const source = (account: string) => ({ StringEquals: { "aws:SourceAccount": account } });

  test.each<[string, Ask]>([
    ["its own id", lettingIn({ AWS: OWN })],
    ["its own role", lettingIn({ AWS: [role(OWN), role(OTHER)] })],
    ["an allowed account's session", lettingIn({ AWS: `arn:aws:sts::${OTHER}:assumed-role/reader/s` })],
    ["a service on behalf of one of the two", lettingIn({ Service: "logging.s3.amazonaws.com" }, source(OTHER))],
    ["everybody of an allowed account", lettingIn("*", { StringEquals: { "aws:PrincipalAccount": [OWN, OTHER] } })],
    ["an id", named(OTHER)],
    ["an ARN", named(`arn:aws:kms:eu-central-1:${OWN}:key/1234`)],
  ])("lets pass: %s", (_case, ask) => {
    expect(violation(only, ask)).toBeUndefined();
  });

  test.each<[string, Ask]>([
    ["an account", lettingIn({ AWS: FOREIGN })],
    ["a role beside an allowed one", lettingIn({ AWS: [role(OTHER), role(FOREIGN)] })],
    ["everybody", lettingIn("*")],
    [
      "an organization, whose accounts nobody knows",
      lettingIn("*", { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }),
    ],
    ["a network", lettingIn("*", { StringEquals: { "aws:SourceVpce": "vpce-0123456789abcdef0" } })],
    ["a service on behalf of anybody", lettingIn({ Service: "logging.s3.amazonaws.com" })],
    ["a service on behalf of another", lettingIn({ Service: "logging.s3.amazonaws.com" }, source(FOREIGN))],
    ["a canonical user, who may be anybody", lettingIn({ CanonicalUser: "0".repeat(64) })],
    ["an identity pool", lettingIn({ Federated: "cognito-identity.amazonaws.com" })],
    [
      "a condition that need not hold",
      lettingIn({ AWS: FOREIGN }, { StringEqualsIfExists: { "aws:PrincipalAccount": OWN } }),
    ],
    ["an id", named(FOREIGN)],
    ["an ARN", named(role(FOREIGN))],
    ["nobody in particular", named(undefined)],
  ])("refuses: %s", (_case, ask) => {
    expect(violation(only, ask)).toMatchObject({ reason: "GuardrailViolated" });
    expect(violation({ allowedAccounts: [] }, ask)?.message).toContain(ask.field);
  });

  test("is not told to who breaks it", () => {
    const message = violation(only, named(FOREIGN), lettingIn({ AWS: FOREIGN }), lettingIn("*"))?.message;
    expect(message).not.toContain(OTHER);
    expect(message).toContain(FOREIGN);
    expect(message).toContain("allowedAccounts");
  });
});

describe("allowPublicAccess", () => {
  test.each<[Guardrails, boolean]>([
    [{}, true],
    [{ allowPublicAccess: true }, true],
    [{ allowPublicAccess: false }, false],
    [{ allowedAccounts: [] }, false],
    [{ allowedAccounts: [OTHER], allowPublicAccess: true }, true],
  ])("%j: %s", (guardrails, allowed) => {
    for (const ask of [OPEN, lettingIn("*"), lettingIn({ AWS: ["*"] })]) {
      expect(violation(guardrails, ask) === undefined, JSON.stringify(ask)).toBe(allowed);
    }
  });

  test("is not about other accounts", () => {
    expect(violation({ allowPublicAccess: false }, lettingIn({ AWS: FOREIGN }), named(FOREIGN))).toBeUndefined();
  });
});

test("requireKMS", () => {
  const requireKMS = { requireKMS: true };
  expect(violation(requireKMS, encrypted("aws:kms"))).toBeUndefined();
  expect(violation(requireKMS, encrypted("aws:kms:dsse"))).toBeUndefined();
  expect(violation(requireKMS, encrypted("AES256"))?.message).toContain(
    "spec.encryption.sseAlgorithm is AES256 (guardrail requireKMS)",
  );
  expect(violation(requireKMS, encrypted())?.message).toContain("is not set");
  expect(violation({ requireKMS: false }, encrypted("AES256"))).toBeUndefined();
});

test("all violations in one message, but no more than fit", () => {
  const many = Array.from({ length: 40 }, (_, index): Ask => ({
    kind: "Account",
    field: `spec.f${index}`,
    named: FOREIGN,
  }));
  const message = violation({ allowedAccounts: [] }, ...many)?.message ?? "";
  expect(message).toContain("spec.f0 ");
  expect(message).toContain("spec.f4 ");
  expect(message).not.toContain("spec.f5 ");
  expect(message).toContain("and 35 more");
});

import { describe, expect, test } from "vitest";
import type { Guardrails } from "../api/types.ts";
import type { Principal, Statement } from "../aws/policy/document.ts";
import { awsAccount } from "../bucket/testing/fixtures.ts";
import { failureIn } from "../reconcile/outcome.ts";
import { guardrailViolation, type Ask } from "./guardrails.ts";

const OWN = "111122223333";
const OTHER = "444455556666";
const FOREIGN = "999999999999";
const role = (account: string) => `arn:aws:iam::${account}:role/reader`;

function allowing(Principal: Principal, Condition?: Statement["Condition"]): Ask {
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

test("guardrailViolation returns undefined without guardrails", () => {
  const asks = [allowing("*"), allowing({ AWS: FOREIGN }), named(FOREIGN), named(undefined), OPEN, encrypted()];
  expect(violation(undefined, ...asks)).toBeUndefined();
  expect(violation({}, ...asks)).toBeUndefined();
});

describe("guardrailViolation with allowedAccounts", () => {
  const only: Guardrails = { allowedAccounts: [OTHER] };
  const source = (account: string) => ({ StringEquals: { "aws:SourceAccount": account } });

  test.each<[string, Ask]>([
    ["the id of the AWS account itself", allowing({ AWS: OWN })],
    ["a role of the AWS account itself beside an allowed one", allowing({ AWS: [role(OWN), role(OTHER)] })],
    ["a session of an allowed account", allowing({ AWS: `arn:aws:sts::${OTHER}:assumed-role/reader/s` })],
    ["a service on behalf of an allowed account", allowing({ Service: "logging.s3.amazonaws.com" }, source(OTHER))],
    ["all principals of allowed accounts", allowing("*", { StringEquals: { "aws:PrincipalAccount": [OWN, OTHER] } })],
    ["a named id of an allowed account", named(OTHER)],
    ["a named ARN in the AWS account itself", named(`arn:aws:kms:eu-central-1:${OWN}:key/1234`)],
  ])("allows %s", (_case, ask) => {
    expect(violation(only, ask)).toBeUndefined();
  });

  test.each<[string, Ask]>([
    ["the id of another account", allowing({ AWS: FOREIGN })],
    ["a role of another account beside an allowed one", allowing({ AWS: [role(OTHER), role(FOREIGN)] })],
    ["all principals", allowing("*")],
    [
      "an organization, since its accounts are unknown",
      allowing("*", { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }),
    ],
    ["a VPC endpoint", allowing("*", { StringEquals: { "aws:SourceVpce": "vpce-0123456789abcdef0" } })],
    ["a service on behalf of any account", allowing({ Service: "logging.s3.amazonaws.com" })],
    ["a service on behalf of another account", allowing({ Service: "logging.s3.amazonaws.com" }, source(FOREIGN))],
    ["a canonical user, since its account is unknown", allowing({ CanonicalUser: "0".repeat(64) })],
    ["an identity pool", allowing({ Federated: "cognito-identity.amazonaws.com" })],
    [
      "a condition that also allows requests without its key",
      allowing({ AWS: FOREIGN }, { StringEqualsIfExists: { "aws:PrincipalAccount": OWN } }),
    ],
    ["a named id of another account", named(FOREIGN)],
    ["a named ARN in another account", named(role(FOREIGN))],
    ["a field that names no account", named(undefined)],
  ])("refuses %s", (_case, ask) => {
    expect(violation(only, ask)).toMatchObject({ reason: "GuardrailViolated" });
    expect(violation({ allowedAccounts: [] }, ask)?.message).toContain(ask.field);
  });

  test("does not disclose the allowed accounts", () => {
    const message = violation(only, named(FOREIGN), allowing({ AWS: FOREIGN }), allowing("*"))?.message;
    expect(message).not.toContain(OTHER);
    expect(message).toContain(FOREIGN);
    expect(message).toContain("allowedAccounts");
  });
});

describe("guardrailViolation with allowPublicAccess", () => {
  test.each<[Guardrails, boolean]>([
    [{}, true],
    [{ allowPublicAccess: true }, true],
    [{ allowPublicAccess: false }, false],
    [{ allowedAccounts: [] }, false],
    [{ allowedAccounts: [OTHER], allowPublicAccess: true }, true],
  ])("with %j, public access is allowed: %s", (guardrails, allowed) => {
    for (const ask of [OPEN, allowing("*"), allowing({ AWS: ["*"] })]) {
      expect(violation(guardrails, ask) === undefined, JSON.stringify(ask)).toBe(allowed);
    }
  });

  test("allows access by other accounts", () => {
    expect(violation({ allowPublicAccess: false }, allowing({ AWS: FOREIGN }), named(FOREIGN))).toBeUndefined();
  });
});

test("guardrailViolation with requireKMS allows only encryption with KMS", () => {
  const requireKMS = { requireKMS: true };
  expect(violation(requireKMS, encrypted("aws:kms"))).toBeUndefined();
  expect(violation(requireKMS, encrypted("aws:kms:dsse"))).toBeUndefined();
  expect(violation(requireKMS, encrypted("AES256"))?.message).toContain(
    "spec.encryption.sseAlgorithm is AES256 (guardrail requireKMS)",
  );
  expect(violation(requireKMS, encrypted())?.message).toContain("is not set");
  expect(violation({ requireKMS: false }, encrypted("AES256"))).toBeUndefined();
});

test("guardrailViolation names up to five violations in one message", () => {
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

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

const REQUESTER = { namespace: "team", ownBuckets: new Set(["team-logs"]) };

function violation(guardrails: Guardrails | undefined, ...asks: Ask[]) {
  return failureIn(guardrailViolation(awsAccount({ ...(guardrails && { guardrails }) }), asks, REQUESTER));
}

const passed = (roleArn: string): Ask => ({ kind: "Role", field: "spec.replication.roleArn", roleArn });
const written = (bucket: string, account?: string): Ask => ({
  kind: "Destination",
  field: "spec.replication.rules[all].destination.bucket",
  bucket,
  account,
});
const alias = (name: string): Ask => ({ kind: "KeyAlias", field: "spec.encryption.kmsKey.managed.alias", alias: name });

test("guardrailViolation returns undefined without guardrails", () => {
  const asks = [allowing("*"), allowing({ AWS: FOREIGN }), named(FOREIGN), named(undefined), OPEN, encrypted()];
  const names = [passed(role(OWN)), written("victim-secrets"), alias("alias/payments")];
  expect(violation(undefined, ...asks, ...names)).toBeUndefined();
  expect(violation({}, ...asks)).toBeUndefined();
});

describe("guardrailViolation: names of roles, destinations and key aliases", () => {
  const ANY_GUARDRAILS: Guardrails[] = [{}, { requireKMS: true }, { allowedAccounts: [] }, { allowPublicAccess: true }];

  test.each(ANY_GUARDRAILS)("with %j alone, allows only buckets of the namespace", (guardrails) => {
    expect(violation(guardrails, passed(role(OWN)))?.message).toContain(`${role(OWN)} (guardrail allowedRoles)`);
    for (const ask of [written("victim-secrets"), written("arn:aws:s3:::victim-secrets", OWN)]) {
      expect(violation(guardrails, ask)?.message).toContain("bucket victim-secrets (guardrail allowedDestinations)");
    }
    expect(violation(guardrails, alias("alias/payments"))?.message).toContain("(guardrail allowedKeyAliases)");
    expect(violation(guardrails, written("team-logs"), written("arn:aws:s3:::team-logs", OWN))).toBeUndefined();
  });

  const NAMED: Guardrails = {
    allowedRoles: [`arn:aws:iam::${OWN}:role/{namespace}/*`, `arn:aws:iam::${OWN}:role/s3-replicatio?`],
    allowedDestinations: ["{namespace}-archive-*", "central-log?"],
    allowedKeyAliases: ["alias/{namespace}/*"],
  };

  test.each<[string, Ask, boolean]>([
    ["a role of the namespace's path", passed(`arn:aws:iam::${OWN}:role/team/any/role`), true],
    ["a role by a wildcard for one character", passed(`arn:aws:iam::${OWN}:role/s3-replication`), true],
    ["a role of the path of another namespace", passed(`arn:aws:iam::${OWN}:role/team-b/role`), false],
    ["a role of that path in another account", passed(`arn:aws:iam::${OTHER}:role/team/role`), false],
    ["a role with a longer name", passed(`arn:aws:iam::${OWN}:role/s3-replication-all`), false],
    ["a role whose name is the pattern", passed(`arn:aws:iam::${OWN}:role/{namespace}/x`), false],
    ["a bucket with the namespace's prefix", written("arn:aws:s3:::team-archive-1"), true],
    ["a bucket by a wildcard for one character", written("central-logs", OWN), true],
    ["a bucket of another namespace", written("arn:aws:s3:::others-archive-1"), false],
    ["a bucket in another account, which S3 verifies", written("arn:aws:s3:::partner-backup", OTHER), true],
    ["an alias of the namespace", alias("alias/team/docs"), true],
    ["an alias of another namespace", alias("alias/team-b/docs"), false],
  ])("%s is allowed: %s", (_case, ask, allowed) => {
    expect(violation(NAMED, ask)?.reason).toBe(allowed ? undefined : "GuardrailViolated");
  });

  test("does not disclose what is allowed", () => {
    const asks = [passed(role(FOREIGN)), written("victim-secrets"), alias("alias/payments")];
    const message = violation(NAMED, ...asks)?.message;
    for (const secret of ["archive", "central-log", "replicatio?", "team/", "team-logs"]) {
      expect(message).not.toContain(secret);
    }
  });
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
    ["a unique ID, since its account is unknown", allowing({ AWS: "AROACKCEVSQ6C2EXAMPLE" })],
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

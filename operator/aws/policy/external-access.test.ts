import { describe, expect, test } from "vitest";
import type { ConditionBlock, Principal, Statement } from "./document.ts";
import { externalAccess, principalNames } from "./external-access.ts";

const OWN = "111122223333";
const OTHER = "444455556666";
const ORGANIZATION = "o-a1b2c3d4e5";
const SERVICE = { Service: "logging.s3.amazonaws.com" };

function access(Principal: Principal | undefined, Condition?: ConditionBlock, organizationId?: string) {
  const statement: Statement = {
    Effect: "Allow",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::docs/*",
    ...(Principal && { Principal }),
    ...(Condition && { Condition }),
  };
  return externalAccess(statement, { accountId: OWN, ...(organizationId && { organizationId }) });
}

function only(key: string, ...values: string[]): ConditionBlock {
  return { StringEquals: { [key]: values } };
}

describe("public", () => {
  test.each<[string, Principal]>([
    ["as a word", "*"],
    ["by kind", { AWS: "*" }],
    ["in a list", { AWS: ["*"] }],
    ["with another principal", { AWS: [OWN, "*"] }],
  ])("%s", (_case, principal) => {
    expect(access(principal)).toBe("Public");
  });

  test("NotPrincipal", () => {
    const statement = { Effect: "Allow", NotPrincipal: { AWS: OWN } } as const;
    expect(externalAccess(statement, { accountId: OWN })).toBe("Public");
    expect(principalNames(statement)).toEqual(["*"]);
  });

  test.each<[string, ConditionBlock]>([
    ["an account", only("aws:PrincipalAccount", OTHER)],
    ["an organization", only("aws:PrincipalOrgID", ORGANIZATION)],
    ["an endpoint", only("AWS:sourceVpce", "vpce-0123456789abcdef0")],
    ["a network", only("aws:SourceVpc", "vpc-0123456789abcdef0")],
    ["an access point of the account, which may let in other accounts", only("s3:DataAccessPointAccount", OWN)],
    [
      "one access point of the account",
      { ArnLike: { "s3:DataAccessPointArn": `arn:aws:s3:eu-central-1:${OWN}:accesspoint/a` } },
    ],
    ["a distribution", { ArnLike: { "aws:SourceArn": `arn:aws:cloudfront::${OTHER}:distribution/A` } }],
    ["few addresses", { IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7"] } }],
  ])("with a condition on %s is not public", (_case, condition) => {
    expect(access("*", condition)).toBe("OtherAccount");
  });

  test.each<[string, ConditionBlock]>([
    ["any account", { StringLike: { "aws:PrincipalAccount": "*" } }],
    ["a variable", only("aws:PrincipalAccount", "${aws:PrincipalTag/account}")],
    ["one fixed value and one pattern", { StringLike: { "aws:SourceVpc": ["vpc-0", "vpc-*"] } }],
    ["no value", { StringEquals: { "aws:PrincipalAccount": [] } }],
    ["what may be absent", { StringEqualsIfExists: { "aws:PrincipalAccount": OWN } }],
    ["all values of none", { "ForAllValues:StringEquals": { "aws:PrincipalAccount": OWN } }],
    ["other accounts", { StringNotEquals: { "aws:PrincipalAccount": OWN } }],
    ["half the Internet", { IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1"] } }],
    ["half the other Internet", { IpAddress: { "aws:SourceIp": "::/1" } }],
    ["other addresses", { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } }],
    ["a transport", { Bool: { "aws:SecureTransport": "true" } }],
    ["what the caller chooses", only("aws:Referer", "https://example.com")],
  ])("with a condition on %s is public", (_case, condition) => {
    expect(access("*", condition)).toBe("Public");
  });
});

describe("other accounts", () => {
  test.each<[string, Principal]>([
    ["an account", { AWS: OTHER }],
    ["a role", { AWS: `arn:aws:iam::${OTHER}:role/${OWN}` }],
    ["one among our own", { AWS: [OWN, `arn:aws:iam::${OTHER}:root`] }],
    ["a canonical user, of whatever account", { CanonicalUser: "0123456789abcdef".repeat(4) }],
    ["an identity of CloudFront, of whatever account", { AWS: "arn:aws:iam::cloudfront:user/CloudFront OAI E1" }],
    ["identities of the web", { Federated: "accounts.google.com" }],
    ["a unique ID in a spec, of whatever account", { AWS: "AROAEXAMPLEEXAMPLE123" }],
    ["a service, for whomever it acts", SERVICE],
  ])("%s", (_case, principal) => {
    expect(access(principal)).toBe("OtherAccount");
  });

  test.each<[string, ConditionBlock]>([
    ["another account", only("aws:SourceAccount", OTHER)],
    ["ours or another", only("aws:SourceAccount", OWN, OTHER)],
    ["what is another account's", { ArnLike: { "aws:SourceArn": `arn:aws:logs:*:${OTHER}:${OWN}:*` } }],
    ["what may be another account's", { StringLike: { "aws:SourceArn": `arn:*:${OWN}:trail/a` } }],
    ["a bucket, whose ARN has no account", { ArnLike: { "aws:SourceArn": "arn:aws:s3:::source" } }],
  ])("a service for %s", (_case, condition) => {
    expect(access(SERVICE, condition)).toBe("OtherAccount");
  });
});

describe("no external access", () => {
  test.each<[string, Principal, ConditionBlock?]>([
    ["the account", { AWS: OWN }],
    ["its root", { AWS: `arn:aws-cn:iam::${OWN}:root` }],
    ["roles and sessions in it", { AWS: [`arn:aws:iam::${OWN}:role/a`, `arn:aws:sts::${OWN}:assumed-role/a/b`] }],
    ["its identity provider", { Federated: `arn:aws:iam::${OWN}:saml-provider/idp` }],
    ["all callers in the account", "*", only("aws:PrincipalAccount", OWN)],
    [
      "all callers in the account, with other spelling",
      "*",
      { "ForAnyValue:StringLike": { "AWS:PRINCIPALACCOUNT": OWN } },
    ],
    ["all callers with a role", "*", { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${OWN}:role/*` } }],
    ["a service for the account", SERVICE, only("aws:SourceAccount", OWN)],
    ["a service for what is in it", SERVICE, { ArnLike: { "aws:SourceArn": `arn:aws:logs:*:${OWN}:*` } }],
  ])("%s", (_case, principal, condition) => {
    expect(access(principal, condition)).toBeUndefined();
  });

  test("a role that is gone, in what AWS returns", () => {
    const statement: Statement = { Effect: "Allow", Principal: { AWS: "AROAEXAMPLEEXAMPLE123" } };
    expect(externalAccess(statement, { accountId: OWN, areUniqueIdsDeleted: true })).toBeUndefined();
  });

  test("a Deny", () => {
    expect(externalAccess({ Effect: "Deny", Principal: "*" }, { accountId: OWN })).toBeUndefined();
  });

  test("members of our own organization", () => {
    const condition = only("aws:PrincipalOrgID", ORGANIZATION);
    expect(access("*", condition, ORGANIZATION)).toBeUndefined();
    expect(access({ AWS: OTHER }, condition, ORGANIZATION)).toBeUndefined();
    expect(access({ AWS: OTHER }, condition, "o-another000")).toBe("OtherAccount");
  });
});

test("malformed statements cause no error", () => {
  const odd = { Effect: "Allow", Principal: { AWS: 1, X: null }, Condition: { StringEquals: { a: [null, 1] } } };
  expect(externalAccess(odd as unknown as Statement, { accountId: OWN })).toBe("OtherAccount");
});

test("principalNames sorts names of all kinds, without duplicates", () => {
  const statement: Statement = { Effect: "Allow", Principal: { Service: "s", AWS: ["b", "a", "b"] } };
  expect(principalNames(statement)).toEqual(["a", "b", "s"]);
});

describe("an account in otherAccounts is not external", () => {
  const home = { accountId: OWN, otherAccounts: [OTHER] };
  const allowing = (Principal: Principal, Condition: ConditionBlock = {}) =>
    externalAccess({ Effect: "Allow", Principal, Condition }, home);

  test("by its id, an ARN or a condition", () => {
    expect(allowing({ AWS: [OTHER, `arn:aws:iam::${OTHER}:role/reader`, OWN] })).toBeUndefined();
    expect(allowing("*", only("aws:PrincipalAccount", OTHER, OWN))).toBeUndefined();
    expect(allowing(SERVICE, { ArnLike: { "aws:SourceArn": `arn:aws:s3:::${OTHER}` } })).toBe("OtherAccount");
    expect(
      allowing(SERVICE, { ArnLike: { "aws:SourceArn": `arn:aws:cloudtrail:*:${OTHER}:trail/*` } }),
    ).toBeUndefined();
  });

  test("but a third account is", () => {
    expect(allowing({ AWS: [OTHER, "999999999999"] })).toBe("OtherAccount");
    expect(allowing("*", only("aws:PrincipalAccount", OTHER, "999999999999"))).toBe("OtherAccount");
  });
});

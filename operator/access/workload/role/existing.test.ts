import type { Role } from "@aws-sdk/client-iam";
import { describe, expect, test } from "vitest";
import { CONSENT_TAG, type RoleOwner } from "../../../api/ownership.ts";
import type { AwsSession } from "../../../aws/session.ts";
import { trustPolicy } from "../../policy/trust.ts";
import { consentFailure, existingRoleClient, trustFailure } from "./existing.ts";

const OWNER: RoleOwner = { cluster: "prod", kind: "ServiceAccount", namespace: "team", name: "app" };
const ARN = "arn:aws:iam::111122223333:role/path/app";
const PROVIDER = "arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id/A";
const session = { partition: "aws", accountId: "111122223333", iam: () => ({}) } as unknown as AwsSession;
const observed = (role: Partial<Role>) => ({
  role: { Arn: ARN, ...role } as Role,
  permissions: undefined,
  policies: undefined,
});

describe("the client", () => {
  const nameOf = (arn: string) => existingRoleClient(session, arn, new AbortController().signal)?.ref.RoleName;

  test("names the role without its path", () => {
    expect(nameOf(ARN)).toBe("app");
    expect(nameOf("arn:aws:iam::111122223333:role/a+=,.@-_b")).toBe("a+=,.@-_b");
  });

  test.each([
    "arn:aws:iam::444455556666:role/app",
    "arn:aws-cn:iam::111122223333:role/app",
    "arn:aws:sts::111122223333:role/app",
    "arn:aws:iam::111122223333:user/app",
    "arn:aws:iam::111122223333:role/",
    "arn:aws:iam::111122223333:role/a b",
    `arn:aws:iam::111122223333:role/${"x".repeat(65)}`,
    "app",
  ])("is none for %s, which is no role of this account", (arn) => {
    expect(nameOf(arn)).toBeUndefined();
  });
});

describe("consent", () => {
  const consenting = (Value: string) => observed({ Tags: [{ Key: CONSENT_TAG, Value }] });

  test.each(["prod/team/app", "prod/other/app prod/team/app"])("is given by the tag '%s'", (value) => {
    expect(consentFailure(ARN, consenting(value), OWNER)).toBeUndefined();
  });

  test.each(["", "prod/team/app2", "prod/team", "prod/team/app,prod/other/app"])("is not given by '%s'", (value) => {
    expect(consentFailure(ARN, consenting(value), OWNER)).toMatchObject({
      reason: "RoleNotConsented",
      terminal: true,
      retryAfterMs: expect.any(Number) as number,
      message: expect.stringContaining(`'${CONSENT_TAG}', whose value contains 'prod/team/app'`) as string,
    });
  });

  test("is not asked where the name is that of a role with another path", () => {
    const elsewhere = { role: { ...consenting("prod/team/app").role, Arn: ARN.replace("path/", "") } };
    expect(consentFailure(ARN, { ...consenting("prod/team/app"), ...elsewhere }, OWNER)).toMatchObject({
      reason: "RoleNotFound",
      terminal: true,
      message: expect.stringContaining("create it, or correct spec.role.arn") as string,
    });
  });
});

describe("trust", () => {
  const workload = { namespace: "team", serviceAccount: "app" };
  const identity = { type: "IRSA", oidcProviderArn: PROVIDER } as const;
  const pods = { identity, workload };
  const trusting = (document: object) => observed({ AssumeRolePolicyDocument: JSON.stringify(document) });

  test("of the Pods is no failure, nor is a role without Pods", () => {
    expect(trustFailure({ pods, roleArn: ARN }, trusting(trustPolicy(identity, workload)))).toBeUndefined();
    expect(trustFailure({ roleArn: ARN }, observed({}))).toBeUndefined();
  });

  test("that depends on what the operator does not know is no failure", () => {
    const trust = trustPolicy(identity, workload);
    const [statement] = trust.Statement as { Condition?: Record<string, object> }[];
    const Condition = { ...statement?.Condition, IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };
    expect(trustFailure({ pods, roleArn: ARN }, trusting({ ...trust, Statement: [{ ...statement, Condition }] }))).toBe(
      undefined,
    );
  });

  test.each([
    ["another ServiceAccount", trusting(trustPolicy(identity, { ...workload, serviceAccount: "other" }))],
    ["another way", trusting(trustPolicy({ type: "PodIdentity", clusterArn: "arn:aws:eks:r:1:cluster/c" }, workload))],
    ["no principal", trusting({ Version: "2012-10-17", Statement: [] })],
    ["a text that is no policy", observed({ AssumeRolePolicyDocument: "x" })],
    ["no document", observed({})],
  ])("of %s is told", (_, role) => {
    expect(trustFailure({ pods, roleArn: ARN }, role)).toMatchObject({
      reason: "RoleNotTrusting",
      terminal: true,
      message: expect.stringContaining("ServiceAccount 'team/app' assume it by IRSA") as string,
    });
  });
});

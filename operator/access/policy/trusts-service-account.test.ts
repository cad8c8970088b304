import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Statement } from "../../aws/policy/document.ts";
import { isTrusted } from "../testing/requests.ts";
import { policyDocument, type WorkloadIdentity } from "./model.ts";
import { trustPolicy } from "./trust.ts";
import { trustsServiceAccount } from "./trusts-service-account.ts";

const ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE";
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;
const CLUSTER = "arn:aws:eks:eu-central-1:111122223333:cluster/prod";
const IRSA: WorkloadIdentity = { type: "IRSA", oidcProviderArn: PROVIDER };
const POD_IDENTITY: WorkloadIdentity = { type: "PodIdentity", clusterArn: CLUSTER };
const WORKLOAD = { namespace: "team", serviceAccount: "api" };
const SUB = "system:serviceaccount:team:api";

const outcome = (identity: WorkloadIdentity, ...statements: object[]) =>
  trustsServiceAccount(policyDocument(statements as Statement[]), identity, WORKLOAD).outcome;

describe("with IRSA", () => {
  const allow = (Condition: object, changes: object = {}) => ({
    Effect: "Allow",
    Principal: { Federated: PROVIDER },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition,
    ...changes,
  });
  const like = (sub: string) => ({ StringLike: { [`${ISSUER}:sub`]: sub } });

  test.each<[string, object, string]>([
    [
      "as Terraform writes it",
      allow({ StringEquals: { [`${ISSUER}:sub`]: SUB, [`${ISSUER}:aud`]: "sts.amazonaws.com" } }),
      "Allowed",
    ],
    ["of several ServiceAccounts", allow({ StringEquals: { [`${ISSUER}:sub`]: ["x", SUB] } }), "Allowed"],
    ["of every ServiceAccount of the namespace", allow(like("system:serviceaccount:team:*")), "Allowed"],
    ["without conditions", allow({}), "Allowed"],
    ["of another namespace", allow(like("system:serviceaccount:other:*")), "NotAllowed"],
    ["of another audience", allow({ StringEquals: { [`${ISSUER}:aud`]: "vault" } }), "NotAllowed"],
    ["of another provider", allow({}, { Principal: { Federated: `${PROVIDER}2` } }), "NotAllowed"],
    ["of another issuer's claims", allow({ StringEquals: { [`${ISSUER}2:sub`]: SUB } }), "Depends"],
    ["of a service", allow({}, { Principal: { Service: "pods.eks.amazonaws.com" } }), "NotAllowed"],
    ["of another action", allow({}, { Action: "sts:AssumeRole" }), "NotAllowed"],
    ["of any action of STS", allow({}, { Action: "sts:*" }), "Allowed"],
    ["by network", allow({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }), "Depends"],
    ["with a source identity", allow({ StringEquals: { "sts:SourceIdentity": "a" } }), "Depends"],
    ["of everyone", allow({}, { Principal: "*" }), "Depends"],
  ])("a trust policy %s", (_, statement, expected) => {
    expect(outcome(IRSA, statement)).toBe(expected);
  });

  test("a Deny overrides, and one for other ServiceAccounts does not", () => {
    const deny = { Effect: "Deny", Principal: { Federated: PROVIDER }, Action: "sts:*" };
    expect(outcome(IRSA, allow({}), deny)).toBe("Denied");
    const others = { StringNotEquals: { [`${ISSUER}:sub`]: SUB } };
    expect(outcome(IRSA, allow({}), { ...deny, Condition: others })).toBe("Allowed");
    expect(outcome(IRSA, allow({}), { ...deny, Principal: undefined, NotPrincipal: { AWS: "a" } })).toBe("Depends");
  });
});

describe("with Pod Identity", () => {
  const allow = (Condition: object, changes: object = {}) => ({
    Effect: "Allow",
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition,
    ...changes,
  });
  const tag = (name: string) => `aws:RequestTag/${name}`;

  test.each<[string, object, string]>([
    ["without conditions", allow({}), "Allowed"],
    ["by namespace", allow({ StringEquals: { [tag("kubernetes-namespace")]: ["team"] } }), "Allowed"],
    ["by another namespace", allow({ StringEquals: { [tag("kubernetes-namespace")]: "other" } }), "NotAllowed"],
    ["by account", allow({ StringEquals: { "aws:SourceAccount": "111122223333" } }), "Allowed"],
    ["by another account", allow({ StringEquals: { "aws:SourceAccount": "444455556666" } }), "NotAllowed"],
    ["by cluster", allow({ ArnEquals: { "aws:SourceArn": CLUSTER } }), "Allowed"],
    ["by organization", allow({ StringEquals: { "aws:SourceOrgID": "o-1" } }), "Depends"],
    ["by the Pod's name", allow({ StringLike: { [tag("kubernetes-pod-name")]: "api-*" } }), "Depends"],
    ["without sts:TagSession", allow({}, { Action: "sts:AssumeRole" }), "NotAllowed"],
    ["of EC2", allow({}, { Principal: { Service: "ec2.amazonaws.com" } }), "NotAllowed"],
  ])("a trust policy %s", (_, statement, expected) => {
    expect(outcome(POD_IDENTITY, statement)).toBe(expected);
  });
});

test("the operator's own trust policies trust their ServiceAccount, as the third-party evaluator says", async () => {
  const name = fc.constantFrom("team", "api", "a.b", "team-api");
  const workload = fc.record({ namespace: name, serviceAccount: name });
  const property = fc.asyncProperty(workload, workload, async (trusted, asking) => {
    const trust = trustPolicy(IRSA, trusted);
    const evaluated = await isTrusted(trust, PROVIDER, "sts:AssumeRoleWithWebIdentity", {
      [`${ISSUER}:sub`]: `system:serviceaccount:${asking.namespace}:${asking.serviceAccount}`,
      [`${ISSUER}:aud`]: "sts.amazonaws.com",
    });
    expect(trustsServiceAccount(trust, IRSA, asking).outcome === "Allowed").toBe(evaluated);
    const same = trusted.namespace === asking.namespace && trusted.serviceAccount === asking.serviceAccount;
    const byAssociation = trustsServiceAccount(trustPolicy(POD_IDENTITY, trusted), POD_IDENTITY, asking);
    expect(byAssociation.outcome === "Allowed").toBe(same);
  });
  await fc.assert(property, { numRuns: 40 });
});

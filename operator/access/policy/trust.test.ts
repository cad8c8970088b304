import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clusterArn } from "../../aws/arn.ts";
import { isTrusted } from "../testing/requests.ts";
import { tokenTrustPolicy, trustPolicy } from "./trust.ts";

const ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE";
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;
const CLUSTER = clusterArn("aws", "eu-central-1", "111122223333", "prod");
const WORKLOAD = { namespace: "team", serviceAccount: "api" };

/** Namespaces and ServiceAccounts with similar names, and wildcards. */
const name = fc.constantFrom("team", "api", "team-api", "a", "api.team", "*", "api*", "te?m");
const workloads = fc.record({ namespace: name, serviceAccount: name });

test("trustPolicy returns the documents of IRSA and Pod Identity", () => {
  expect(trustPolicy({ type: "IRSA", oidcProviderArn: PROVIDER }, WORKLOAD)).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: PROVIDER },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { [`${ISSUER}:sub`]: "system:serviceaccount:team:api", [`${ISSUER}:aud`]: "sts.amazonaws.com" },
        },
      },
    ],
  });
  expect(trustPolicy({ type: "PodIdentity", clusterArn: CLUSTER }, WORKLOAD)).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: {
          StringEquals: {
            "aws:RequestTag/eks-cluster-arn": "arn:aws:eks:eu-central-1:111122223333:cluster/prod",
            "aws:RequestTag/kubernetes-namespace": "team",
            "aws:RequestTag/kubernetes-service-account": "api",
          },
        },
      },
    ],
  });
});

describe("trustPolicy for IRSA", () => {
  const trust = trustPolicy({ type: "IRSA", oidcProviderArn: PROVIDER }, WORKLOAD);
  const trusts = (sub: string, aud = "sts.amazonaws.com", provider = PROVIDER) =>
    isTrusted(trust, provider, "sts:AssumeRoleWithWebIdentity", { [`${ISSUER}:sub`]: sub, [`${ISSUER}:aud`]: aud });

  test("trusts the ServiceAccount, and no other", async () => {
    const property = fc.asyncProperty(workloads, async ({ namespace, serviceAccount }) => {
      const sub = `system:serviceaccount:${namespace}:${serviceAccount}`;
      expect(await trusts(sub)).toBe(sub === "system:serviceaccount:team:api");
    });
    await fc.assert(property, { numRuns: 30, examples: [[WORKLOAD]] });
  });

  test("does not trust a token for another audience, of another issuer, or for another action", async () => {
    const sub = "system:serviceaccount:team:api";
    expect(await trusts(sub)).toBe(true);
    expect(await trusts(sub, "vault")).toBe(false);
    expect(await trusts(sub, "sts.amazonaws.com", `${PROVIDER}2`)).toBe(false);
    expect(await isTrusted(trust, PROVIDER, "sts:AssumeRole", { [`${ISSUER}:sub`]: sub })).toBe(false);
    expect(await isTrusted(trust, PROVIDER, "sts:AssumeRoleWithWebIdentity", { [`${ISSUER}:sub`]: sub })).toBe(false);
  });
});

describe("trustPolicy for Pod Identity", () => {
  const trust = trustPolicy({ type: "PodIdentity", clusterArn: CLUSTER }, WORKLOAD);
  const trusts = (namespace: string, serviceAccount: string, cluster = CLUSTER, service = "pods.eks.amazonaws.com") =>
    isTrusted(trust, service, "sts:AssumeRole", {
      "aws:RequestTag/eks-cluster-arn": cluster,
      "aws:RequestTag/kubernetes-namespace": namespace,
      "aws:RequestTag/kubernetes-service-account": serviceAccount,
    });

  test("trusts the ServiceAccount, and no other", async () => {
    const property = fc.asyncProperty(workloads, async ({ namespace, serviceAccount }) => {
      expect(await trusts(namespace, serviceAccount)).toBe(namespace === "team" && serviceAccount === "api");
    });
    await fc.assert(property, { numRuns: 30, examples: [[WORKLOAD]] });
  });

  test("does not trust another cluster, another service, or a session without tags", async () => {
    expect(await trusts("team", "api")).toBe(true);
    expect(await trusts("team", "api", `${CLUSTER}-2`)).toBe(false);
    expect(await trusts("team", "api", CLUSTER.replace("111122223333", "444455556666"))).toBe(false);
    expect(await trusts("team", "api", CLUSTER, "ec2.amazonaws.com")).toBe(false);
    expect(await isTrusted(trust, "pods.eks.amazonaws.com", "sts:AssumeRole", {})).toBe(false);
  });
});

describe("trustPolicy for an issuer with", () => {
  test.each([
    ["a trailing slash", "westeurope.oic.prod-aks.azure.com/11111111-2222/33333333-4444/"],
    ["a port and a path", "issuer.example.com:8443/clusters/a_b.c-d"],
    ["a path", "storage.googleapis.com/issuer/main"],
  ])("%s trusts its tokens, and no others", async (_, issuer) => {
    const provider = `arn:aws:iam::111122223333:oidc-provider/${issuer}`;
    const trust = trustPolicy({ type: "IRSA", oidcProviderArn: provider }, WORKLOAD);
    const trusts = (from: string, sub: string) =>
      isTrusted(trust, provider, "sts:AssumeRoleWithWebIdentity", {
        [`${from}:sub`]: sub,
        [`${from}:aud`]: "sts.amazonaws.com",
      });
    expect(await trusts(issuer, "system:serviceaccount:team:api")).toBe(true);
    expect(await trusts(issuer, "system:serviceaccount:team:other")).toBe(false);
    expect(await trusts(`${issuer}x`, "system:serviceaccount:team:api")).toBe(false);
  });
});

describe("tokenTrustPolicy", () => {
  const GITHUB = "token.actions.githubusercontent.com";
  const providerArn = `arn:aws:iam::111122223333:oidc-provider/${GITHUB}`;
  const trusts = (subjects: readonly string[], sub: string, aud = "sts.amazonaws.com") =>
    isTrusted(
      tokenTrustPolicy({ providerArn, subjects, audience: "sts.amazonaws.com" }),
      providerArn,
      "sts:AssumeRoleWithWebIdentity",
      { [`${GITHUB}:sub`]: sub, [`${GITHUB}:aud`]: aud },
    );

  test("trusts each of its subjects, for its audience, and no other", async () => {
    const subjects = ["repo:acme/site:ref:refs/heads/main", "repo:acme/site:environment:prod"];
    for (const sub of subjects) {
      expect(await trusts(subjects, sub)).toBe(true);
      expect(await trusts(subjects, sub, "vault")).toBe(false);
      expect(await trusts(subjects, `${sub}2`)).toBe(false);
    }
  });

  /** What passes no validation must not widen the policy either. */
  test("takes wildcards and policy variables in subjects for ordinary characters", async () => {
    const part = fc.constantFrom("repo:acme/", "*", "?", "$", "{", "}", "${*}", "${aws:userid}", "main");
    const text = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
    const property = fc.asyncProperty(text, text, async (subject, sub) => {
      expect(await trusts([subject], subject)).toBe(true);
      expect(await trusts([subject], sub)).toBe(sub === subject);
      expect(await trusts([subject], subject.replaceAll("*", "zz").replaceAll("?", "z"))).toBe(!/[*?]/.test(subject));
    });
    await fc.assert(property, { numRuns: 60 });
  });
});

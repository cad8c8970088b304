import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clusterArn } from "../../aws/arn.ts";
import { isTrusted } from "../testing/requests.ts";
import { trustPolicy } from "./trust.ts";

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

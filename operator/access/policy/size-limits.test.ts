import { describe, expect, test } from "vitest";
import type { Grant } from "../../api/types.ts";
import { BUCKET } from "../testing/requests.ts";
import { policyDocument } from "./model.ts";
import { sessionPolicy } from "./session.ts";
import { tooLong, type DocumentUse } from "./size-limits.ts";
import { trustPolicy } from "./trust.ts";

describe("tooLong", () => {
  const documentOf = (length: number) => {
    const documentOn = (Resource: string) => policyDocument([{ Effect: "Allow", Action: "s3:GetObject", Resource }]);
    return documentOn("ü".repeat(length - JSON.stringify(documentOn("")).length));
  };

  test.each<[DocumentUse, number]>([
    ["permissions", 10_240],
    ["trust", 2_048],
    ["session", 2_048],
  ])("allows a %s policy of %i characters, not bytes, and no longer one", (use, limit) => {
    expect(tooLong(use, documentOf(limit))).toBeUndefined();
    expect(tooLong(use, documentOf(limit + 1))).toMatchObject({ reason: "PolicyTooLarge", terminal: true });
  });

  test("says how long the policy is, and what to do", () => {
    expect(tooLong("permissions", documentOf(12_345))?.message).toBe(
      "The role's policy is too long: state fewer or shorter prefixes in spec.grants, such as one that holds them all. " +
        "It would have 12,345 characters, of 10,240 that AWS allows",
    );
  });

  test("allows a trust policy with the longest names of Kubernetes", () => {
    const workload = { namespace: "n".repeat(63), serviceAccount: "s".repeat(253) };
    const clusterArn = `arn:aws-us-gov:eks:us-gov-west-1:111122223333:cluster/${"c".repeat(100)}`;
    const oidcProviderArn = `arn:aws-us-gov:iam::111122223333:oidc-provider/${"i".repeat(255)}`;
    expect(tooLong("trust", trustPolicy({ type: "PodIdentity", clusterArn }, workload))).toBeUndefined();
    expect(tooLong("trust", trustPolicy({ type: "IRSA", oidcProviderArn }, workload))).toBeUndefined();
  });
});

describe("sessionPolicy", () => {
  const grants = (count: number): Grant[] =>
    Array.from({ length: count }, (_, index) => ({
      prefix: `team-${index}/data/`,
      permissions: ["Read", "Write", "Delete", "List"],
    }));

  test("returns a policy for ten prefixes of usual length", () => {
    expect(sessionPolicy(grants(10), BUCKET).policy?.Statement).toHaveLength(2);
  });

  test("returns a failure for a hundred prefixes", () => {
    const { policy, failure } = sessionPolicy(grants(100), BUCKET);
    expect(policy).toBeUndefined();
    expect(failure).toMatchObject({
      reason: "PolicyTooLarge",
      message: expect.stringContaining("remove spec.role"),
    });
  });
});

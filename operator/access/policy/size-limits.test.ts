import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Grant } from "../../api/types.ts";
import { BUCKET } from "../testing/requests.ts";
import { policyDocument } from "./model.ts";
import { sessionPolicy } from "./session.ts";
import { fittingTogether, policyLength, tooLong, type DocumentUse } from "./size-limits.ts";
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
      "The role's policies are too long: state fewer or shorter prefixes in spec.grants, such as one that holds them all. " +
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

  test("fits for ten prefixes of usual length", () => {
    const policy = sessionPolicy([{ grants: grants(10), bucket: BUCKET }]);
    expect(policy.Statement).toHaveLength(2);
    expect(tooLong("session", policy)).toBeUndefined();
  });

  test("is too long for a hundred prefixes", () => {
    const failure = tooLong("session", sessionPolicy([{ grants: grants(100), bucket: BUCKET }]));
    expect(failure).toMatchObject({ reason: "PolicyTooLarge", message: expect.stringContaining("remove spec.role") });
  });
});

describe("documents that share a quota", () => {
  test("name the other BucketAccesses", () => {
    const document = policyDocument([{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }]);
    const sharing = { names: ["logs", "chunks"], length: 10_240 };
    expect(tooLong("permissions", document, sharing)?.message).toContain(
      `Together with BucketAccess 'logs', 'chunks', it would have ${(10_240 + policyLength(document)).toLocaleString("en")} characters`,
    );
    expect(tooLong("permissions", document, { names: ["logs"], length: 10_240 - policyLength(document) })).toBe(
      undefined,
    );
  });

  test("fit oldest first; one that is too long leaves the room to younger ones", () => {
    const total = (lengths: readonly number[]) => lengths.reduce((sum, length) => sum + length, 0);
    expect(fittingTogether("session", [1_000, 1_040, 9, 8, 1], total)).toEqual([1_000, 1_040, 8]);
    const property = fc.property(fc.array(fc.nat(12_000)), (lengths) => {
      const fit = fittingTogether("permissions", lengths, total);
      expect(total(fit)).toBeLessThanOrEqual(10_240);
      if (lengths[0] !== undefined && lengths[0] <= 10_240) expect(fit[0]).toBe(lengths[0]);
      if (total(lengths) <= 10_240) expect(fit).toEqual(lengths);
    });
    fc.assert(property);
  });
});

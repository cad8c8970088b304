import { describe, expect, test } from "vitest";
import { usability } from "./resolution.ts";

describe("whether a key can be used", () => {
  const failure = { reason: "KMSKeyNotUsable", message: "it is disabled" } as const;

  test.each([
    ["yes", { arn: "arn:key" }, "True", "Succeeded"],
    ["no", { failure: { ...failure, terminal: true } }, "False", "KMSKeyNotUsable"],
    ["no, KMS denies it", { failure: { ...failure, reason: "AccessDenied" } }, "False", "AccessDenied"],
    ["perhaps, KMS did not answer", { failure: { ...failure, reason: "Throttled" } }, "Unknown", "Throttled"],
    ["perhaps, another account keeps it to itself", { arn: "arn:key", unseen: "denied" }, "Unknown", "AccessDenied"],
  ] as const)("%s", (_case, resolution, status, reason) => {
    expect(usability(resolution, {})).toMatchObject({ status, reason });
  });

  test("not yet, as nothing may be written", () => {
    const changes = [{ path: "kmsKey.managed.alias", desired: "alias/docs", actual: "" }];
    expect(usability({ arn: undefined, changes }, {})).toEqual({
      status: "False",
      reason: "ChangesPlanned",
      message: "Observe mode: KMS key 'alias/docs' would be created",
    });
  });

  test("yes, and for CloudFront the policy of a key of others is theirs to write", () => {
    const policy = { cloudFrontDistributions: ["arn:aws:cloudfront::111122223333:distribution/A"] };
    const message = (kmsKey: object) =>
      usability({ arn: "arn:key" }, { policy, encryption: { sseAlgorithm: "aws:kms", kmsKey } }).message;
    expect(message({ alias: "alias/docs" })).toContain("cloudfront.amazonaws.com");
    expect(message({ managed: {} })).toBe("KMS key 'arn:key' can be used");
  });
});

import { describe, expect, test } from "vitest";
import type { AWSAccountSpec, Guardrails, S3BucketSpec } from "../api/types.ts";
import { failureIn } from "../reconcile/outcome.ts";
import { bucketViolation } from "./guardrails.ts";
import { resolveAddress } from "./target.ts";
import { awsAccount, s3Bucket } from "./testing/fixtures.ts";

const FOREIGN = "999999999999";
const ALL_ON = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };

function refusal(spec: S3BucketSpec, account: Partial<AWSAccountSpec>) {
  const directory = { accounts: () => [awsAccount({ default: true, ...account })], namespace: () => undefined };
  const object = s3Bucket({ bucketName: "docs", ...spec });
  return failureIn(bucketViolation(object, resolveAddress({ directory, cluster: "prod" }, object)));
}

describe("bucketViolation: the bucket name", () => {
  const naming = (...allowedPatterns: string[]) => ({ naming: { allowedPatterns } });

  test.each<[string, string[], boolean]>([
    ["acme-docs", ["other-*", "acme-*"], true],
    ["acme-docs", ["acme"], false],
    ["acme-docs", ["acme-????"], true],
    ["acme-docs", ["acme-???"], false],
    ["acme.docs", ["acme-docs"], false],
    ["team-docs", ["{namespace}-*"], true],
    ["others-docs", ["{namespace}-*"], false],
    ["prod-111122223333-eu-central-1-docs", ["{cluster}-{account}-{region}-{name}"], true],
  ])("the name %s with the patterns %j is allowed: %s", (bucketName, patterns, allowed) => {
    expect(refusal({ bucketName }, naming(...patterns))?.reason).toBe(allowed ? undefined : "BucketNameNotAllowed");
  });

  test("names only patterns for the object's own namespace in the message", () => {
    const message = refusal({ bucketName: "mine" }, naming("secret-project-*", "acme-{namespace}-*"))?.message;
    expect(message).toContain("acme-team-*");
    expect(message).not.toContain("secret-project");
  });

  test("refers to the platform team when the naming template does not match the patterns", () => {
    const account = { naming: { template: "x-{hash}", allowedPatterns: ["acme-*"] } };
    const object = s3Bucket();
    const directory = { accounts: () => [awsAccount({ default: true, ...account })], namespace: () => undefined };
    const outcome = failureIn(bucketViolation(object, resolveAddress({ directory, cluster: "prod" }, object)));
    expect(outcome).toMatchObject({
      terminal: true,
      reason: "BucketNameNotAllowed",
      message: expect.stringContaining("ask the platform team") as string,
    });
  });
});

describe("bucketViolation: guardrails", () => {
  const arn = (service: string, resource: string) => `arn:aws:${service}:eu-central-1:${FOREIGN}:${resource}`;
  const destination = (account?: string) => ({ bucket: "arn:aws:s3:::elsewhere", ...(account && { account }) });
  const replication = (account?: string) => ({
    roleArn: "arn:aws:iam::111122223333:role/replication",
    rules: [{ id: "all", priority: 1, status: "Enabled" as const, destination: destination(account) }],
  });
  const inventory = (accountId: string) => ({
    id: "i",
    includedObjectVersions: "Current" as const,
    frequency: "Daily" as const,
    destination: {
      ...destination(),
      accountId,
      format: "CSV" as const,
      encryption: { sseAlgorithm: "aws:kms" as const, kmsKeyArn: arn("kms", "key/1234") },
    },
  });
  const events: ["s3:ObjectCreated:*"] = ["s3:ObjectCreated:*"];
  const noAccounts: Guardrails = { allowedAccounts: [] };
  const noPublic: Guardrails = { allowPublicAccess: false };

  test.each<[string, S3BucketSpec, Guardrails]>([
    [
      "spec.policy.statements[Share]",
      {
        policy: {
          statements: [{ sid: "Share", effect: "Allow", principals: { aws: [FOREIGN] }, actions: ["s3:GetObject"] }],
        },
      },
      noAccounts,
    ],
    [
      "spec.policy.statements[Site]",
      {
        policy: {
          statements: [{ sid: "Site", effect: "Allow", principals: { aws: ["*"] }, actions: ["s3:GetObject"] }],
        },
      },
      noPublic,
    ],
    [
      "spec.policy.cloudFrontDistributions",
      { policy: { cloudFrontDistributions: [`arn:aws:cloudfront::${FOREIGN}:distribution/E1A2B3C4D5E6F7`] } },
      noAccounts,
    ],
    [
      "spec.policy.logDelivery",
      { policy: { logDelivery: [{ service: "cloudtrail.amazonaws.com", sourceAccounts: [FOREIGN] }] } },
      noAccounts,
    ],
    [
      "spec.encryption.kmsKey.arn",
      { encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn: arn("kms", "key/1234") } } },
      noAccounts,
    ],
    ["spec.replication.rules[all].destination.account", { replication: replication(FOREIGN) }, noAccounts],
    ["spec.replication.rules[all].destination.account", { replication: replication() }, noAccounts],
    [
      "spec.inventory.configurations[i].destination.accountId",
      { inventory: { configurations: [inventory(FOREIGN)] } },
      noAccounts,
    ],
    [
      "spec.inventory.configurations[i].destination.encryption.kmsKeyArn",
      { inventory: { configurations: [inventory("111122223333")] } },
      noAccounts,
    ],
    [
      "spec.notifications.queues[q]",
      { notifications: { queues: [{ id: "q", queueArn: arn("sqs", "q"), events }] } },
      noAccounts,
    ],
    [
      "spec.notifications.topics[t]",
      { notifications: { topics: [{ id: "t", topicArn: arn("sns", "t"), events }] } },
      noAccounts,
    ],
    [
      "spec.notifications.lambdaFunctions[f]",
      { notifications: { lambdaFunctions: [{ id: "f", lambdaFunctionArn: arn("lambda", "function:f"), events }] } },
      noAccounts,
    ],
    [
      "spec.analytics.configurations[a].dataExport.bucketAccountId",
      { analytics: { configurations: [{ id: "a", dataExport: { bucket: "arn:aws:s3:::elsewhere" } }] } },
      noAccounts,
    ],
    [
      "spec.publicAccessBlock.blockPublicPolicy",
      { publicAccessBlock: { ...ALL_ON, blockPublicPolicy: false } },
      noPublic,
    ],
    [
      "spec.publicAccessBlock.restrictPublicBuckets",
      { publicAccessBlock: { ...ALL_ON, restrictPublicBuckets: false } },
      noPublic,
    ],
    ["spec.objectOwnership", { objectOwnership: "ObjectWriter" }, noPublic],
    ["spec.encryption.sseAlgorithm", { encryption: { sseAlgorithm: "AES256" } }, { requireKMS: true }],
    ["spec.encryption.sseAlgorithm", { encryption: { blockedEncryptionTypes: ["SSE-C"] } }, { requireKMS: true }],
    ["spec.encryption.sseAlgorithm", {}, { requireKMS: true }],
    [
      "spec.encryption.sseAlgorithm",
      { policy: { logDelivery: [{ service: "cloudtrail.amazonaws.com" }] } },
      { requireKMS: true },
    ],
  ])("names %s when it violates the guardrails", (field, spec, guardrails) => {
    const refused = refusal(spec, { guardrails });
    expect(refused?.reason).toBe("GuardrailViolated");
    expect(refused?.message).toContain(`${field} `);
    expect(refusal(spec, {})).toBeUndefined();
  });

  test.each<[string, S3BucketSpec, Guardrails]>([
    ["an empty spec", {}, { allowedAccounts: [], allowPublicAccess: false }],
    [
      "a full publicAccessBlock, with ACLs enabled",
      { publicAccessBlock: ALL_ON, objectOwnership: "BucketOwnerPreferred" },
      noPublic,
    ],
    ["ACLs with the baseline Secure", { baseline: "Secure", objectOwnership: "ObjectWriter" }, noPublic],
    ["encryption with KMS", { encryption: { sseAlgorithm: "aws:kms" } }, { requireKMS: true }],
    [
      "SSE-S3 in a bucket for logs that need it",
      { policy: { logDelivery: [{ service: "logging.s3.amazonaws.com" }] } },
      { requireKMS: true },
    ],
    [
      "a statement that denies another account",
      { policy: { statements: [{ sid: "No", effect: "Deny", principals: { aws: [FOREIGN] }, actions: ["s3:*"] }] } },
      noAccounts,
    ],
    [
      "log delivery within the account",
      { policy: { logDelivery: [{ service: "logging.s3.amazonaws.com" }] } },
      noAccounts,
    ],
    ["replication to an allowed account", { replication: replication(FOREIGN) }, { allowedAccounts: [FOREIGN] }],
  ])("allow %s", (_case, spec, guardrails) => {
    expect(refusal(spec, { guardrails })).toBeUndefined();
  });
});

import { describe, expect, test } from "vitest";
import type { AWSAccountSpec, Guardrails, S3Bucket, S3BucketSpec } from "../api/types.ts";
import { OutcomeError } from "../kube/outcome.ts";
import { failureIn } from "../reconcile/outcome.ts";
import { bucketViolation } from "./guardrails.ts";
import { declaredLocation } from "./locate.ts";
import { awsAccount, OWNER, s3Bucket } from "./testing/fixtures.ts";

const FOREIGN = "999999999999";
const ALL_ON = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };

/** S3Buckets besides the one in question, and names of buckets that are verified as theirs. */
interface Others {
  known?: S3Bucket[];
  own?: string[];
}

function outcome(object: S3Bucket, account: Partial<AWSAccountSpec>, { known = [], own = [] }: Others = {}) {
  const limited = awsAccount({ default: true, ...account });
  const directory = { accounts: () => [limited], namespace: () => undefined };
  const others = { knownBuckets: () => [object, ...known], ownBucketNames: () => new Set(own), directory };
  const address = { account: limited, owner: OWNER, ...declaredLocation(object, limited, OWNER) };
  return bucketViolation(object, address, others);
}

function refusal(spec: S3BucketSpec, account: Partial<AWSAccountSpec>, others?: Others) {
  return failureIn(outcome(s3Bucket({ bucketName: "docs", ...spec }), account, others));
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
    expect(failureIn(outcome(s3Bucket(), account))).toMatchObject({
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
    ["spec.replication.roleArn", { replication: replication(FOREIGN) }, {}],
    ["spec.replication.rules[all].destination.bucket", { replication: replication() }, {}],
    ["spec.replication.rules[all].destination.bucket", { replication: replication("111122223333") }, {}],
    ["spec.logging.targetBucket", { logging: { targetBucket: "victim-secrets" } }, {}],
    [
      "spec.inventory.configurations[i].destination.bucket",
      { inventory: { configurations: [inventory("111122223333")] } },
      {},
    ],
    [
      "spec.analytics.configurations[a].dataExport.bucket",
      { analytics: { configurations: [{ id: "a", dataExport: { bucket: "arn:aws:s3:::elsewhere" } }] } },
      {},
    ],
    [
      "spec.encryption.kmsKey.managed.alias",
      { encryption: { sseAlgorithm: "aws:kms", kmsKey: { managed: { alias: "alias/payments" } } } },
      {},
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
    [
      "spec.objectOwnership",
      { objectOwnership: "ObjectWriter", publicAccessBlock: { blockPublicPolicy: true, blockPublicAcls: true } },
      noPublic,
    ],
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
    expect(refusal(spec, {}), "no guardrails").toBeUndefined();
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
    [
      "replication to an allowed account with an allowed role",
      { replication: replication(FOREIGN) },
      { allowedAccounts: [FOREIGN], allowedRoles: ["arn:aws:iam::111122223333:role/*"] },
    ],
    ["logging to the bucket itself", { logging: { targetBucket: "docs", targetPrefix: "logs/" } }, noAccounts],
    [
      "a managed key with the operator's alias",
      { encryption: { sseAlgorithm: "aws:kms", kmsKey: { managed: {} } } },
      {},
    ],
  ])("allow %s", (_case, spec, guardrails) => {
    expect(refusal(spec, { guardrails })).toBeUndefined();
  });
});

describe("bucketViolation: destinations in the namespace", () => {
  const guardrails: Guardrails = {};
  const logging = { targetBucket: "acme-logs" };
  const logs = s3Bucket({ bucketName: "acme-logs" }, { name: "logs" });

  test("allows a bucket that an S3Bucket of the namespace owns", () => {
    expect(refusal({ logging }, { guardrails }, { known: [logs], own: ["acme-logs"] })).toBeUndefined();
  });

  test("waits for a bucket that an S3Bucket of the namespace only declares", () => {
    const waits = outcome(s3Bucket({ logging }), { guardrails }, { known: [logs] });
    expect(waits).toBeInstanceOf(OutcomeError);
    expect(waits?.outcome).toMatchObject({
      kind: "waiting",
      reason: "DestinationNotReady",
      message: "Waiting until S3Bucket 'team/logs' owns bucket 'acme-logs', a destination in the spec",
    });
  });

  test.each([
    ["acme-logs", "acme-archive"],
    ["acme-archive", "acme-logs"],
  ])("with %s owned, waits for %s", (own, awaited) => {
    const destination = { bucket: "acme-archive" };
    const spec = { logging, inventory: { configurations: [{ id: "all", destination }] } } as unknown as S3BucketSpec;
    const known = [logs, s3Bucket({ bucketName: "acme-archive" }, { name: "archive" })];
    const waits = outcome(s3Bucket(spec), { guardrails }, { known, own: [own] });
    expect(waits?.message).toContain(`owns bucket '${awaited}'`);
  });

  test("waits for a bucket whose name comes from the account's template", () => {
    const account = { guardrails, naming: { template: "acme-{name}" } };
    const waits = outcome(s3Bucket({ logging }), account, { known: [s3Bucket({}, { name: "logs" })] });
    expect(waits?.outcome.kind).toBe("waiting");
  });

  test.each<[string, S3Bucket]>([
    ["an S3Bucket in another namespace", s3Bucket({ bucketName: "acme-logs" }, { namespace: "victim" })],
    [
      "an S3Bucket in an account that is not available",
      s3Bucket({ bucketName: "acme-logs", accountRef: { name: "x" } }),
    ],
    [
      "the status of an S3Bucket",
      s3Bucket({ bucketName: "other" }, { name: "logs", status: { bucketName: "acme-logs" } }),
    ],
  ])("does not count what is declared by %s", (_case, other) => {
    expect(refusal({ logging }, { guardrails }, { known: [other] })?.reason).toBe("GuardrailViolated");
  });

  test("names another violation at once, whatever it waits for", () => {
    const spec: S3BucketSpec = { logging, encryption: { sseAlgorithm: "AES256" } };
    expect(refusal(spec, { guardrails: { requireKMS: true } }, { known: [logs] })?.message).toContain("requireKMS");
  });
});

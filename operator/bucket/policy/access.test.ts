/** What the composed policy allows, according to an independent IAM evaluator. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Policy, PolicyStatement, S3BucketSpec } from "../../api/types.ts";
import type { Statement } from "../../aws/policy/document.ts";
import { CONFIGURATION_ACTIONS } from "../iam-actions.ts";
import { policy as setting } from "../settings/policy.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { compose } from "./compose.ts";
import { ACCOUNT, BUCKET_ARN, KEY_ARN } from "./testing/context.ts";
import {
  ANONYMOUS,
  APP,
  ENDPOINT,
  operator,
  ORGANIZATION,
  OUTSIDER,
  ROOT,
  service,
  verdict,
} from "./testing/requests.ts";

const DISTRIBUTION = `arn:aws:cloudfront::${ACCOUNT}:distribution/A`;
const OTHER_ACCOUNT = "444455556666";
type LogService = NonNullable<Policy["logDelivery"]>[number]["service"];

/** Few, because each run evaluates many requests. */
const RUNS = { numRuns: 12 };

/** Statements of users and of other tools, none about keys below `data/` and `logs/`. */
const OTHER_STATEMENTS: Statement[] = [
  { Effect: "Allow", Principal: { AWS: OTHER_ACCOUNT }, Action: "s3:GetObject", Resource: `${BUCKET_ARN}/theirs/*` },
  { Sid: "Theirs", Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `${BUCKET_ARN}/public/*` },
  { Sid: "Lock", Effect: "Deny", Principal: "*", Action: "s3:DeleteObject", Resource: `${BUCKET_ARN}/locked/*` },
];
const USER_STATEMENTS: PolicyStatement[] = [
  {
    sid: "Read",
    effect: "Allow",
    principals: { aws: [OTHER_ACCOUNT] },
    actions: ["s3:Get*"],
    resources: ["{bucket}/a/*"],
  },
  { sid: "Keep", effect: "Deny", principals: { aws: ["*"] }, actions: ["s3:DeleteObject*", "s3:DeleteBucket"] },
];

const encryption = fc.constantFrom<NonNullable<S3BucketSpec["encryption"]>>(
  { sseAlgorithm: "AES256" },
  { sseAlgorithm: "aws:kms" },
  { sseAlgorithm: "aws:kms", kmsKey: { arn: KEY_ARN }, bucketKeyEnabled: true },
  { sseAlgorithm: "aws:kms:dsse", kmsKey: { arn: KEY_ARN } },
);

const policySpec: fc.Arbitrary<Policy> = fc.record(
  {
    minimumTLSVersion: fc.constantFrom("1.2" as const, "1.3" as const),
    vpcEndpoints: fc.constantFrom([ENDPOINT], [ENDPOINT, "vpce-01234567"]),
    organizationId: fc.constant(ORGANIZATION),
    enforceEncryption: fc.boolean(),
    cloudFrontDistributions: fc.constantFrom([DISTRIBUTION], [`${DISTRIBUTION}2`, DISTRIBUTION]),
    logDelivery: fc.constant([
      { service: "cloudtrail.amazonaws.com" as const, prefixes: ["logs/"] },
      { service: "logging.s3.amazonaws.com" as const, prefixes: ["logs/s3/"] },
    ]),
    statements: fc.subarray(USER_STATEMENTS),
    unmanagedStatements: fc.constantFrom("Keep" as const, "Remove" as const),
  },
  { requiredKeys: [] },
);

/** A spec with the given parts of the policy and arbitrary others, and statements of other tools. */
function specs(required: Policy): fc.Arbitrary<{ spec: S3BucketSpec & { policy: Policy }; foreign: Statement[] }> {
  const spec = fc.record({ policy: policySpec.map((policy) => ({ ...policy, ...required })), encryption });
  return fc.record({ spec, foreign: fc.subarray(OTHER_STATEMENTS) });
}

function composed(spec: S3BucketSpec, foreign: readonly Statement[]): Statement[] {
  const kmsKeyArn = spec.encryption?.kmsKey?.arn;
  const context = settingContextWith({ baseline: true, ...(kmsKeyArn !== undefined && { kmsKeyArn }) });
  const wanted = setting.desired(spec, context) as { statements: Statement[]; refusal?: object };
  expect(wanted.refusal).toBeUndefined();
  return compose(foreign, wanted.statements, spec.policy?.unmanagedStatements ?? "Keep");
}

/** Asserts for the policies of arbitrary such specs. */
async function always(
  required: Policy,
  check: (policy: Statement[], spec: S3BucketSpec) => Promise<void>,
): Promise<void> {
  const property = fc.asyncProperty(specs(required), ({ spec, foreign }) => check(composed(spec, foreign), spec));
  await fc.assert(property, RUNS);
}

const INSIDE = { "aws:SourceVpce": ENDPOINT };

test("composes the same policy again, byte for byte", async () => {
  await always({}, async (policy, spec) => {
    expect(JSON.stringify(composed(spec, policy))).toBe(JSON.stringify(policy));
  });
});

test("denies plain HTTP and old TLS, and allows TLS from inside", async () => {
  await always({}, async (policy) => {
    const get = (request: Record<string, string>) =>
      verdict(policy, APP, "s3:GetObject", "data/k", { ...INSIDE, ...request });
    expect(await get({})).toBe("Allowed");
    expect(await get({ "aws:SecureTransport": "false" })).toBe("ExplicitlyDenied");
    expect(await get({ "s3:TlsVersion": "1.1" })).toBe("ExplicitlyDenied");
    expect(await verdict(policy, APP, "s3:ListBucket", undefined, { ...INSIDE, "s3:TlsVersion": "1" })).toBe(
      "ExplicitlyDenied",
    );
  });
});

test("denies requests outside the VPC endpoints, except of the root user, the operator and services", async () => {
  await always({ vpcEndpoints: [ENDPOINT] }, async (policy) => {
    expect(await verdict(policy, APP, "s3:GetObject", "data/k")).toBe("ExplicitlyDenied");
    expect(await verdict(policy, APP, "s3:GetObject", "data/k", { "aws:SourceVpce": "vpce-2" })).toBe(
      "ExplicitlyDenied",
    );
    expect(await verdict(policy, APP, "s3:PutBucketPolicy", undefined)).toBe("ExplicitlyDenied");
    expect(await verdict(policy, ANONYMOUS, "s3:GetObject", "public/k")).toBe("ExplicitlyDenied");
    expect(await verdict(policy, APP, "s3:GetObject", "data/k", { "aws:ViaAWSService": "true" })).toBe("Allowed");
    expect(await verdict(policy, ROOT, "s3:PutBucketPolicy", undefined)).toBe("Allowed");
    const serviceLinked = {
      "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/aws-service-role/config.amazonaws.com/R`,
    };
    expect(await verdict(policy, APP, "s3:GetObject", "data/k", serviceLinked)).toBe("Allowed");
    expect(await verdict(policy, service("macie.amazonaws.com"), "s3:GetObject", "data/k")).toBe("ImplicitlyDenied");
  });
});

test("denies callers outside the organization, except the root user, the operator and services", async () => {
  await always({ organizationId: ORGANIZATION }, async (policy) => {
    expect(await verdict(policy, OUTSIDER, "s3:GetObject", "theirs/k", INSIDE)).toBe("ExplicitlyDenied");
    expect(
      await verdict(policy, OUTSIDER, "s3:GetObject", "theirs/k", { ...INSIDE, "aws:ViaAWSService": "true" }),
    ).toBe("ExplicitlyDenied");
    expect(await verdict(policy, ANONYMOUS, "s3:GetObject", "public/k", INSIDE)).toBe("ExplicitlyDenied");
    expect(await verdict(policy, APP, "s3:GetObject", "data/k", INSIDE)).toBe("Allowed");
    expect(await verdict(policy, service("macie.amazonaws.com"), "s3:GetObject", "data/k")).toBe("ImplicitlyDenied");
    expect(await verdict(policy, ROOT, "s3:DeleteBucketPolicy", undefined, { "aws:PrincipalOrgID": "o-new" })).toBe(
      "Allowed",
    );
  });
});

test("allows uploads with the declared encryption or without encryption headers, and denies others", async () => {
  const ALGORITHM = "s3:x-amz-server-side-encryption";
  const KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id";
  await always({ enforceEncryption: true }, async (policy, { encryption }) => {
    const { sseAlgorithm = "", kmsKey } = encryption ?? {};
    const put = (headers: Record<string, string>) =>
      verdict(policy, APP, "s3:PutObject", "data/k", { ...INSIDE, ...headers });
    const right = { [ALGORITHM]: sseAlgorithm, ...(kmsKey && { [KEY]: KEY_ARN }) };
    expect(await put({})).toBe("Allowed");
    expect(await put(right)).toBe("Allowed");
    expect(await put({ ...right, "s3:x-amz-server-side-encryption-bucket-key-enabled": "true" })).toBe("Allowed");
    for (const other of ["AES256", "aws:kms", "aws:kms:dsse", "aws:fsx"].filter((name) => name !== sseAlgorithm)) {
      expect(await put({ ...right, [ALGORITHM]: other })).toBe("ExplicitlyDenied");
    }
    expect(await put({ [`${ALGORITHM}-customer-algorithm`]: "AES256" })).toBe("ExplicitlyDenied");
    if (kmsKey === undefined) return;
    expect(await put({ ...right, [KEY]: `${KEY_ARN}0` })).toBe("ExplicitlyDenied");
    expect(await put({ [ALGORITHM]: sseAlgorithm })).toBe("ExplicitlyDenied");
  });
});

test("allows CloudFront of the named distributions to read, and nothing else", async () => {
  await always({ cloudFrontDistributions: [DISTRIBUTION] }, async (policy) => {
    const cloudFront = (SourceArn: string) => service("cloudfront.amazonaws.com", { "aws:SourceArn": SourceArn });
    expect(await verdict(policy, cloudFront(DISTRIBUTION), "s3:GetObject", "data/k")).toBe("Allowed");
    expect(await verdict(policy, cloudFront(`${DISTRIBUTION}0`), "s3:GetObject", "data/k")).toBe("ImplicitlyDenied");
    expect(await verdict(policy, cloudFront(DISTRIBUTION), "s3:PutObject", "data/k")).toBe("ImplicitlyDenied");
    expect(await verdict(policy, cloudFront(DISTRIBUTION), "s3:ListBucket", undefined)).toBe("ImplicitlyDenied");
  });
});

describe("allows log delivery for the right accounts, below their prefixes, with any other templates", () => {
  const source = (accountId: string, arn: string) => ({ "aws:SourceAccount": accountId, "aws:SourceArn": arn });
  const acl = { "s3:x-amz-acl": "bucket-owner-full-control" };

  test.each<[LogService, string, (account: string) => string, Record<string, string>]>([
    ["logging.s3.amazonaws.com", "2026-01-01", () => "arn:aws:s3:::source", {}],
    [
      "logdelivery.elasticloadbalancing.amazonaws.com",
      `AWSLogs/${ACCOUNT}/elasticloadbalancing/l`,
      (account) => `arn:aws:elasticloadbalancing:eu-central-1:${account}:loadbalancer/app/a/b`,
      {},
    ],
    [
      "cloudtrail.amazonaws.com",
      `AWSLogs/${ACCOUNT}/CloudTrail/l`,
      (account) => `arn:aws:cloudtrail:eu-central-1:${account}:trail/t`,
      acl,
    ],
    [
      "delivery.logs.amazonaws.com",
      `AWSLogs/${ACCOUNT}/vpcflowlogs/l`,
      (account) => `arn:aws:logs:eu-central-1:${account}:*`,
      acl,
    ],
    [
      "config.amazonaws.com",
      `AWSLogs/${ACCOUNT}/Config/l`,
      (account) => `arn:aws:config:eu-central-1:${account}:x`,
      acl,
    ],
  ])("%s", async (name, key, arnOf, headers) => {
    await always({ logDelivery: [{ service: name, prefixes: ["logs/"] }] }, async (policy) => {
      const put = (accountId: string, key: string, request: Record<string, string> = headers) =>
        verdict(policy, service(name, source(accountId, arnOf(accountId))), "s3:PutObject", key, request);
      expect(await put(ACCOUNT, `logs/${key}`)).toBe("Allowed");
      expect(await put(OTHER_ACCOUNT, `logs/${key}`)).toBe("ImplicitlyDenied");
      expect(await put(ACCOUNT, key)).toBe("ImplicitlyDenied");
      if (headers === acl) {
        expect(await put(ACCOUNT, `logs/${key}`, {})).toBe("ImplicitlyDenied");
        const look = service(name, source(ACCOUNT, arnOf(ACCOUNT)));
        expect(await verdict(policy, look, "s3:GetBucketAcl", undefined)).toBe("Allowed");
      }
    });
  });
});

describe("the operator", () => {
  const outside = { "aws:PrincipalOrgID": "o-elsewhere0" };

  test("is denied none of its actions, with all templates at once", async () => {
    const policy = composed(
      {
        encryption: { sseAlgorithm: "aws:kms", kmsKey: { arn: KEY_ARN } },
        policy: {
          minimumTLSVersion: "1.3",
          vpcEndpoints: [ENDPOINT],
          organizationId: ORGANIZATION,
          enforceEncryption: true,
          cloudFrontDistributions: [DISTRIBUTION],
          logDelivery: [{ service: "cloudtrail.amazonaws.com" }],
          statements: USER_STATEMENTS,
        },
      },
      OTHER_STATEMENTS,
    );
    for (const action of CONFIGURATION_ACTIONS) {
      expect(await verdict(policy, operator(), action, undefined, outside), action).toBe("Allowed");
    }
  });

  test("is denied none of its actions by any template, from any network and with any role path", async () => {
    const action = fc.constantFrom(...CONFIGURATION_ACTIONS);
    const path = fc.constantFrom("", "team/", "a/b/");
    const property = fc.asyncProperty(specs({}), action, path, async ({ spec, foreign }, action, path) => {
      expect(await verdict(composed(spec, foreign), operator(path), action, undefined, outside)).toBe("Allowed");
    });
    await fc.assert(property, { numRuns: 100 });
  });
});

import { expect, test } from "vitest";
import type { S3BucketSpec } from "../api/types.ts";
import type { Statement } from "../aws/policy/document.ts";
import { withoutEffect } from "./combinations.ts";
import { planSettings, relevantSettings } from "./plan.ts";
import { SETTINGS } from "./settings/index.ts";
import { settingContextWith } from "./testing/fixtures.ts";

const context = settingContextWith({ baseline: true });
const { bucket } = context;

/** The message about a setting, by default the website, of a bucket in this state. */
function says(spec: S3BucketSpec, observed: object = {}, baseline = true, setting = "website"): string {
  const given = { ...context, baseline };
  const found = { policy: { Statement: [] }, publicAccessBlock: {}, encryption: {}, ...observed } as const;
  const settings = relevantSettings(SETTINGS, spec, given, new Map());
  const values = settings.map(({ name }) => [name, { value: found[name as keyof typeof found] ?? {} }] as const);
  const plans = planSettings(settings, spec, given, new Map(), new Map(values), { arn: undefined });
  return withoutEffect(plans, spec, bucket).get(setting) ?? "";
}

const OPEN = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: false, restrictPublicBuckets: false };
const READ = {
  sid: "Read",
  effect: "Allow",
  principals: { aws: ["*"] },
  actions: ["s3:GetObject"],
  resources: ["{bucket}/*"],
} as const;
const statements = [READ] as unknown as NonNullable<S3BucketSpec["policy"]>["statements"];
const policy = { minimumTLSVersion: "None", statements } as NonNullable<S3BucketSpec["policy"]>;
const website = { indexDocument: "index.html" };
/** A website that works. */
const SITE: S3BucketSpec = { website, publicAccessBlock: OPEN, policy };

const TLS = "spec.policy.minimumTLSVersion to None";
const PUBLIC = "anonymous callers may read";

const deny: Statement = {
  Sid: "OnlyTLS",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [bucket.arn, `${bucket.arn}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};

test.for<[what: string, spec: S3BucketSpec, message: string[]]>([
  ["the baseline's deny of requests without TLS", { ...SITE, policy: { statements } as typeof policy }, [TLS]],
  ["a private bucket", { website, policy: { minimumTLSVersion: "None" } }, [PUBLIC, "restrictPublicBuckets"]],
  ["no public statement", { ...SITE, policy: { minimumTLSVersion: "None" } }, [PUBLIC, "add a statement"]],
  ["requester pays", { ...SITE, requestPayment: "Requester" }, ["spec.requestPayment to BucketOwner"]],
  ["a KMS key", { ...SITE, encryption: { sseAlgorithm: "aws:kms" } }, ["spec.encryption.sseAlgorithm to AES256"]],
  ["the whole baseline", { website }, [TLS, PUBLIC]],
  [
    "requester pays, and only redirects",
    { website: { redirectAllRequestsTo: { hostName: "example.com" } }, requestPayment: "Requester" },
    ["spec.requestPayment to BucketOwner"],
  ],
])("a website beside %s is without effect, and the message says what to do", ([, spec, messages]) => {
  for (const message of messages) expect(says(spec)).toContain(message);
});

test.for<[what: string, spec: S3BucketSpec]>([
  ["none", { publicAccessBlock: OPEN }],
  ["one that serves", SITE],
  ["one that redirects all requests", { website: { redirectAllRequestsTo: { hostName: "example.com" } } }],
  [
    "one that redirects what is denied",
    {
      website: {
        ...website,
        routingRules: [{ condition: { httpErrorCodeReturnedEquals: "403" }, redirect: { hostName: "example.com" } }],
      },
    },
  ],
])("no word about a website: %s", ([, spec]) => {
  expect(says(spec)).toBe("");
});

test("statements of other writers count too", () => {
  const theirs = { policy: { Statement: [deny] } };
  expect(says(SITE, theirs)).toContain("statement 'OnlyTLS'");
  expect(says(SITE, theirs)).not.toContain(TLS);
  const { Condition: _, ...allow } = { ...deny, Sid: "Theirs", Effect: "Allow" as const };
  const open = { ...SITE, policy: { minimumTLSVersion: "None" } as const };
  expect(says(open, { policy: { Statement: [allow] } })).toBe("");
  const office: Statement = { ...allow, Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } };
  const restricted = { website, policy: { minimumTLSVersion: "None" } as const };
  expect(says(restricted, { policy: { Statement: [allow] } })).toContain(PUBLIC);
  expect(says(restricted, { policy: { Statement: [office] } }), "not public, so not restricted").toBe("");
});

test("ACLs of objects may allow reading", () => {
  const publicAccessBlock = { ...OPEN, blockPublicAcls: false, ignorePublicAcls: false };
  const open: S3BucketSpec = { website, policy: { minimumTLSVersion: "None" }, publicAccessBlock };
  expect(says({ ...open, objectOwnership: "ObjectWriter" })).toBe("");
  expect(says({ ...open, objectOwnership: "BucketOwnerEnforced" })).toContain(PUBLIC);
});

test("what the bucket has counts where the spec and the baseline say nothing", () => {
  const observed = { objectOwnership: "BucketOwnerEnforced", publicAccessBlock: { RestrictPublicBuckets: true } };
  expect(says({ website }, observed, false)).toContain(PUBLIC);
  const KMS = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } };
  const allow: Statement = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `${bucket.arn}/*` };
  const open = { policy: { Statement: [allow] }, encryption: KMS };
  expect(says({ website }, open, false)).toContain("AES256");
});

test("lifecycle rules beside MFA delete are without effect", () => {
  const spec = { versioning: "Enabled", lifecycle: { rules: [] } } as unknown as S3BucketSpec;
  const withMFA = (mfaDelete: string) =>
    says(spec, { lifecycle: { rules: [] }, versioning: { status: "Enabled", mfaDelete } }, true, "lifecycle");
  expect(withMFA("Enabled")).toContain("MFA delete");
  expect(withMFA("Disabled")).toBe("");
});

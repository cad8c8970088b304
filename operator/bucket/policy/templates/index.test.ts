import { describe, expect, test } from "vitest";
import type { PolicyStatement } from "../../../api/types.ts";
import { BUCKET_ARN, EXEMPT, policyContextWith } from "../testing/context.ts";
import { statementsOf } from "./index.ts";

const everything = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [BUCKET_ARN, `${BUCKET_ARN}/*`] };

/** The exact form that auditing tools check: `"false"` as a string, and both ARNs (Security Hub S3.5, CIS 2.1.1). */
function transport(version: string) {
  return [
    {
      Sid: "S3OperatorDenyInsecureTransport",
      ...everything,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    { Sid: "S3OperatorDenyOldTLS", ...everything, Condition: { NumericLessThan: { "s3:TlsVersion": version } } },
  ];
}

describe("transport", () => {
  test.each([
    ["nothing", undefined, false, []],
    ["the baseline", undefined, true, transport("1.2")],
    ["an empty spec", {}, false, []],
    ["an empty spec on the baseline", {}, true, transport("1.2")],
    ["a version without the baseline", { minimumTLSVersion: "1.3" as const }, false, transport("1.3")],
    ["a version on the baseline", { minimumTLSVersion: "1.3" as const }, true, transport("1.3")],
    ["None on the baseline", { minimumTLSVersion: "None" as const }, true, []],
  ])("%s", (_case, spec, baseline, expected) => {
    expect(statementsOf(spec, policyContextWith({ baseline }))).toStrictEqual(expected);
  });
});

test("CloudFront reads objects, and nothing else, for the named distributions alone", () => {
  const cloudFrontDistributions = ["arn:aws:cloudfront::111122223333:distribution/A"];
  expect(statementsOf({ cloudFrontDistributions }, policyContextWith())).toStrictEqual([
    {
      Sid: "S3OperatorAllowCloudFront",
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "s3:GetObject",
      Resource: `${BUCKET_ARN}/*`,
      Condition: { StringEquals: { "AWS:SourceArn": cloudFrontDistributions } },
    },
  ]);
  expect(statementsOf({ cloudFrontDistributions: [] }, policyContextWith())).toEqual([]);
});

test("VPC endpoints deny all other requests, except by services, root and the operator", () => {
  const endpoints = ["vpce-0123456789abcdef0", "vpce-01234567"];
  expect(statementsOf({ vpcEndpoints: endpoints }, policyContextWith())).toStrictEqual([
    {
      Sid: "S3OperatorDenyOutsideVPCEndpoints",
      ...everything,
      Condition: {
        StringNotEqualsIfExists: { "aws:SourceVpce": endpoints },
        BoolIfExists: { "aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false" },
        ArnNotLikeIfExists: {
          "aws:PrincipalArn": [...EXEMPT, "arn:aws:iam::111122223333:role/aws-service-role/*"],
        },
      },
    },
  ]);
});

test("an organization denies all other principals, except services, root and the operator", () => {
  expect(statementsOf({ organizationId: "o-a1b2c3d4e5" }, policyContextWith())).toStrictEqual([
    {
      Sid: "S3OperatorDenyOutsideOrganization",
      ...everything,
      Condition: {
        StringNotEqualsIfExists: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" },
        BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
        ArnNotLikeIfExists: { "aws:PrincipalArn": EXEMPT },
      },
    },
  ]);
});

test("the operator as the root is exempt once", () => {
  const callerArn = "arn:aws:iam::111122223333:root";
  const [statement] = statementsOf({ organizationId: "o-a1b2c3d4e5" }, policyContextWith({ callerArn }));
  expect(statement?.Condition?.["ArnNotLikeIfExists"]).toEqual({ "aws:PrincipalArn": [callerArn] });
});

test("templates first, then the user's own in their order, each Sid once", () => {
  const statements = ["B", "A"].map((sid): PolicyStatement => ({
    sid,
    effect: "Allow",
    principals: { aws: ["111122223333"] },
    actions: ["s3:PutObject"],
  }));
  const spec = {
    vpcEndpoints: ["vpce-01234567"],
    organizationId: "o-a1b2c3d4e5",
    enforceEncryption: true,
    cloudFrontDistributions: ["arn:aws:cloudfront::111122223333:distribution/A"],
    logDelivery: [{ service: "cloudtrail.amazonaws.com" as const }],
    statements,
  };
  const context = policyContextWith({ baseline: true, encryption: { sseAlgorithm: "AES256" } });
  const sids = statementsOf(spec, context).map(({ Sid }) => Sid);
  expect(sids).toEqual([
    "S3OperatorDenyInsecureTransport",
    "S3OperatorDenyOldTLS",
    "S3OperatorDenyOutsideVPCEndpoints",
    "S3OperatorDenyOutsideOrganization",
    "S3OperatorDenyOtherAlgorithm",
    "S3OperatorDenyCustomerKey",
    "S3OperatorAllowCloudFront",
    "S3OperatorAllowCloudTrailWrite",
    "S3OperatorAllowCloudTrailLook",
    "S3OperatorSpecB",
    "S3OperatorSpecA",
  ]);
});

import { describe, expect, test } from "vitest";
import { statementsOf } from "./templates.ts";

const bucketArn = "arn:aws-cn:s3:::docs";
const everything = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [bucketArn, `${bucketArn}/*`] };

/** To the letter: auditing tools look for this shape, `"false"` as a string, and both ARNs (Security Hub S3.5, CIS 2.1.1). */
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
    expect(statementsOf(spec, { baseline, bucketArn })).toStrictEqual(expected);
  });
});

test("CloudFront reads objects, and nothing else, for the named distributions alone", () => {
  const cloudFrontDistributions = ["arn:aws:cloudfront::111122223333:distribution/A"];
  expect(statementsOf({ cloudFrontDistributions }, { baseline: false, bucketArn })).toStrictEqual([
    {
      Sid: "S3OperatorAllowCloudFront",
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "s3:GetObject",
      Resource: `${bucketArn}/*`,
      Condition: { StringEquals: { "AWS:SourceArn": cloudFrontDistributions } },
    },
  ]);
  expect(statementsOf({ cloudFrontDistributions: [] }, { baseline: false, bucketArn })).toEqual([]);
});

test("templates first, then the user's own, in their order", () => {
  const principals = { service: ["logging.s3.amazonaws.com"] };
  const statements = ["B", "A"].map((sid) => ({
    sid,
    effect: "Allow" as const,
    principals,
    actions: ["s3:PutObject"],
  }));
  const sids = statementsOf({ statements }, { baseline: true, bucketArn }).map(({ Sid }) => Sid);
  expect(sids).toEqual([
    "S3OperatorDenyInsecureTransport",
    "S3OperatorDenyOldTLS",
    "S3OperatorSpecB",
    "S3OperatorSpecA",
  ]);
});

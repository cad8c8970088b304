import { describe, expect, test } from "vitest";
import type { Policy } from "../../../api/types.ts";
import { BUCKET_ARN, policyContextWith } from "../testing/context.ts";
import { logDelivery } from "./log-delivery.ts";

type Delivery = NonNullable<Policy["logDelivery"]>[number];

const OWN = "111122223333";
const ACL = { "s3:x-amz-acl": "bucket-owner-full-control" };

function statements(...logs: Delivery[]) {
  return logDelivery({ logDelivery: logs }, policyContextWith());
}

function allow(Sid: string, Service: string, rest: object) {
  return { Sid: `S3OperatorAllow${Sid}`, Effect: "Allow", Principal: { Service }, ...rest };
}

// As AWS documents each; log-delivery.ts names the pages.
describe("without prefixes and sources: at the top of the bucket, for the bucket's own account", () => {
  test("S3", () => {
    const service = "logging.s3.amazonaws.com";
    expect(statements({ service })).toStrictEqual([
      allow("S3Write", service, {
        Action: "s3:PutObject",
        Resource: [`${BUCKET_ARN}/*`],
        Condition: { StringEquals: { "aws:SourceAccount": [OWN] } },
      }),
    ]);
  });

  test("load balancers", () => {
    const service = "logdelivery.elasticloadbalancing.amazonaws.com";
    expect(statements({ service })).toStrictEqual([
      allow("ElasticLoadBalancingWrite", service, {
        Action: "s3:PutObject",
        Resource: [`${BUCKET_ARN}/AWSLogs/${OWN}/*`],
        Condition: { ArnLike: { "aws:SourceArn": [`arn:aws:elasticloadbalancing:*:${OWN}:loadbalancer/*`] } },
      }),
    ]);
  });

  test("CloudTrail", () => {
    const service = "cloudtrail.amazonaws.com";
    const source = { ArnLike: { "aws:SourceArn": [`arn:aws:cloudtrail:*:${OWN}:trail/*`] } };
    expect(statements({ service })).toStrictEqual([
      allow("CloudTrailWrite", service, {
        Action: "s3:PutObject",
        Resource: [`${BUCKET_ARN}/AWSLogs/${OWN}/*`],
        Condition: { ...source, StringEquals: ACL },
      }),
      allow("CloudTrailLook", service, { Action: ["s3:GetBucketAcl"], Resource: BUCKET_ARN, Condition: source }),
    ]);
  });

  test("CloudWatch Logs, with both forms of keys of VPC flow logs", () => {
    const service = "delivery.logs.amazonaws.com";
    const ArnLike = { "aws:SourceArn": [`arn:aws:logs:*:${OWN}:*`] };
    expect(statements({ service })).toStrictEqual([
      allow("LogsWrite", service, {
        Action: "s3:PutObject",
        Resource: [`${BUCKET_ARN}/AWSLogs/${OWN}/*`, `${BUCKET_ARN}/AWSLogs/aws-account-id=${OWN}/*`],
        Condition: { StringEquals: { "aws:SourceAccount": [OWN], ...ACL }, ArnLike },
      }),
      allow("LogsLook", service, {
        Action: ["s3:GetBucketAcl", "s3:ListBucket"],
        Resource: BUCKET_ARN,
        Condition: { StringEquals: { "aws:SourceAccount": [OWN] }, ArnLike },
      }),
    ]);
  });

  test("Config", () => {
    const service = "config.amazonaws.com";
    const StringEquals = { "aws:SourceAccount": [OWN] };
    expect(statements({ service })).toStrictEqual([
      allow("ConfigWrite", service, {
        Action: "s3:PutObject",
        Resource: [`${BUCKET_ARN}/AWSLogs/${OWN}/Config/*`],
        Condition: { StringEquals: { ...StringEquals, ...ACL } },
      }),
      allow("ConfigLook", service, {
        Action: ["s3:GetBucketAcl", "s3:ListBucket"],
        Resource: BUCKET_ARN,
        Condition: { StringEquals },
      }),
    ]);
  });
});

test("combines each prefix with each account", () => {
  const [write] = statements({
    service: "cloudtrail.amazonaws.com",
    prefixes: ["a/", "b/c/"],
    sourceAccounts: [OWN, "444455556666"],
  });
  expect(write?.Resource).toEqual([
    `${BUCKET_ARN}/a/AWSLogs/${OWN}/*`,
    `${BUCKET_ARN}/a/AWSLogs/444455556666/*`,
    `${BUCKET_ARN}/b/c/AWSLogs/${OWN}/*`,
    `${BUCKET_ARN}/b/c/AWSLogs/444455556666/*`,
  ]);
  expect(write?.Condition).toMatchObject({
    ArnLike: {
      "aws:SourceArn": [`arn:aws:cloudtrail:*:${OWN}:trail/*`, "arn:aws:cloudtrail:*:444455556666:trail/*"],
    },
  });
});

test("S3: lists each prefix once for any number of accounts", () => {
  const [write] = statements({
    service: "logging.s3.amazonaws.com",
    prefixes: ["s3/"],
    sourceAccounts: [OWN, "444455556666"],
  });
  expect(write?.Resource).toEqual([`${BUCKET_ARN}/s3/*`]);
});

test("named sources replace the pattern for the accounts, which stay", () => {
  const sourceArns = ["arn:aws:s3:::source"];
  const [write] = statements({ service: "logging.s3.amazonaws.com", sourceArns });
  expect(write?.Condition).toEqual({
    StringEquals: { "aws:SourceAccount": [OWN] },
    ArnLike: { "aws:SourceArn": sourceArns },
  });
});

test("in another partition", () => {
  const context = policyContextWith({ partition: "aws-cn", bucketArn: "arn:aws-cn:s3:::docs" });
  const [write] = logDelivery({ logDelivery: [{ service: "cloudtrail.amazonaws.com" }] }, context);
  expect(write).toMatchObject({
    Resource: [`arn:aws-cn:s3:::docs/AWSLogs/${OWN}/*`],
    Condition: { ArnLike: { "aws:SourceArn": [`arn:aws-cn:cloudtrail:*:${OWN}:trail/*`] } },
  });
});

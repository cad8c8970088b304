import { describe, expect, test } from "vitest";
import { bucketArn, dnsSuffix, keyArnOf, parseArn, partitionOf, rootArn } from "./arn.ts";

describe("partitions", () => {
  test.each([
    ["us-east-1", "aws", "amazonaws.com"],
    ["eu-central-1", "aws", "amazonaws.com"],
    ["ap-southeast-99", "aws", "amazonaws.com"],
    ["cn-north-1", "aws-cn", "amazonaws.com.cn"],
    ["us-gov-west-1", "aws-us-gov", "amazonaws.com"],
    ["eusc-de-east-1", "aws-eusc", "amazonaws.eu"],
    ["us-iso-east-1", "aws-iso", "c2s.ic.gov"],
  ])("%s is in %s, below %s", (region, partition, suffix) => {
    expect(partitionOf(region)).toBe(partition);
    expect(dnsSuffix(region)).toBe(suffix);
  });
});

describe("ARNs", () => {
  test.each([
    ["arn:aws:s3:::docs", { partition: "aws", service: "s3", region: "", accountId: "", resource: "docs" }],
    [
      "arn:aws-cn:kms:cn-north-1:111122223333:key/1234abcd",
      {
        partition: "aws-cn",
        service: "kms",
        region: "cn-north-1",
        accountId: "111122223333",
        resource: "key/1234abcd",
      },
    ],
    [
      "arn:aws-us-gov:sts::111122223333:assumed-role/operator/a:b",
      {
        partition: "aws-us-gov",
        service: "sts",
        region: "",
        accountId: "111122223333",
        resource: "assumed-role/operator/a:b",
      },
    ],
  ])("parses %s", (arn, parts) => {
    expect(parseArn(arn)).toEqual(parts);
  });

  test.each([
    "",
    "docs",
    "arn:aws:s3:::",
    "arn:aws:s3::docs",
    "arn:AWS:s3:::docs",
    "arn:minio:s3:::docs",
    "arn:aws:s3::12345:docs",
    "arn:aws:s3:::docs\n",
    "arn:aws:s3:::do cs",
    " arn:aws:s3:::docs",
    "arn:aws:*:::docs",
  ])("%j is not an ARN", (text) => {
    expect(parseArn(text)).toBeUndefined();
  });

  test("builds the ARN of a bucket in its partition", () => {
    expect(bucketArn(partitionOf("cn-north-1"), "docs")).toBe("arn:aws-cn:s3:::docs");
  });

  test("builds the ARN of an account's root user", () => {
    expect(rootArn("aws-us-gov", "111122223333")).toBe("arn:aws-us-gov:iam::111122223333:root");
  });

  test("builds the ARN of a key from its id, alias or ARN", () => {
    const place = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };
    expect(keyArnOf(place, "1234")).toBe("arn:aws:kms:eu-central-1:111122223333:key/1234");
    expect(keyArnOf(place, "alias/a")).toBe("arn:aws:kms:eu-central-1:111122223333:alias/a");
    expect(keyArnOf(place, "arn:aws:kms:us-east-1:1:key/1")).toBe("arn:aws:kms:us-east-1:1:key/1");
  });
});

import { describe, expect, test } from "vitest";
import { describeDenial, parseDenial } from "./denial.ts";

describe("denials", () => {
  test.each([
    [
      'User: arn:aws:iam::111122223333:user/op is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::docs" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.',
      {
        principal: "arn:aws:iam::111122223333:user/op",
        action: "s3:PutBucketPolicy",
        resource: "arn:aws:s3:::docs",
        because: "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
      },
    ],
    [
      "User: arn:aws:sts::111122223333:assumed-role/op/s is not authorized to perform: kms:DescribeKey on resource: arn:aws:kms:eu-west-1:111122223333:key/1 with an explicit deny in a service control policy",
      {
        principal: "arn:aws:sts::111122223333:assumed-role/op",
        action: "kms:DescribeKey",
        resource: "arn:aws:kms:eu-west-1:111122223333:key/1",
        because: "an explicit deny in a service control policy",
      },
    ],
    [
      "User: arn:aws:iam::111122223333:user/op is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/s3",
      {
        principal: "arn:aws:iam::111122223333:user/op",
        action: "sts:AssumeRole",
        resource: "arn:aws:iam::111122223333:role/s3",
      },
    ],
    [
      "This account's Block Public Access is managed by its organization.",
      { because: "This account's Block Public Access is managed by its organization." },
    ],
    ["Access Denied", {}],
    ["AccessDenied", {}],
    ["UnknownError", {}],
    ["", {}],
  ])("%s", (message, parts) => {
    expect(parseDenial(message)).toEqual(parts);
  });

  const call = { action: "s3:PutBucketPolicy", resource: "arn:aws:s3:::docs" };

  test("proposes the statement for a missing Allow", () => {
    expect(
      describeDenial({ ...call, because: "no identity-based policy allows the s3:PutBucketPolicy action" }),
    ).toContain(
      'Add to the operator\'s IAM policy: {"Effect":"Allow","Action":"s3:PutBucketPolicy","Resource":"arn:aws:s3:::docs"}.',
    );
  });

  test.each([
    "an explicit deny in a service control policy",
    "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
    "This account's Block Public Access is managed by its organization.",
  ])("proposes no statement where an Allow would not help: %s", (because) => {
    const text = describeDenial({ ...call, because });
    expect(text).toContain(because.replace(/\.$/, ""));
    expect(text).not.toContain("Effect");
  });

  test.each([
    ["no permissions boundary allows the s3:PutBucketPolicy action", "permissions boundary of the operator's role"],
    ["no service control policy allows the s3:PutBucketPolicy action", "service control policies"],
    ["no resource control policy allows the s3:PutBucketPolicy action", "resource control policies"],
    ["no session policy allows the s3:PutBucketPolicy action", "session policy"],
    ["no VPC endpoint policy allows the s3:PutBucketPolicy action", "policy of the VPC endpoint"],
    ["no resource-based policy allows the s3:PutBucketPolicy action", "policy of the bucket, key or role"],
  ])("names the policy that lacks the Allow: %s", (because, place) => {
    const text = describeDenial({ ...call, because });
    expect(text).toContain("Add to the ");
    expect(text).toContain(place);
    expect(text).toContain('{"Effect":"Allow","Action":"s3:PutBucketPolicy","Resource":"arn:aws:s3:::docs"}');
    expect(text).not.toContain("operator's IAM policy");
  });

  test.each([
    ["an explicit deny in an identity-based policy", "in the operator's IAM policy"],
    ["an explicit deny in a permissions boundary", "in the permissions boundary"],
    ["an explicit deny in a service control policy", "in the organization's service control policies"],
    ["an explicit deny in a resource-based policy", "in the policy of the bucket, key or role itself"],
    ["an explicit deny in a VPC endpoint policy", "in the policy of the VPC endpoint"],
    ["an explicit deny", "Remove the Deny statement, or exempt the operator"],
  ])("names the policy that contains the Deny: %s", (because, place) => {
    expect(describeDenial({ ...call, because })).toContain(place);
  });

  test("mentions the trust policy for sts:AssumeRole", () => {
    const text = describeDenial({ action: "sts:AssumeRole", resource: "arn:aws:iam::111122223333:role/s3" });
    expect(text).toContain("trust policy");
    expect(text).toContain("external ID");
  });

  test("names possible causes if AWS names none", () => {
    expect(describeDenial({})).toContain("another account owns the resource");
  });
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeDenial, parseDenial, stable } from "./messages.ts";

describe("stable text", () => {
  test.each([
    [
      "Denied (Service: S3; Status Code: 403; Request ID: 4442587FB7D0A2F9; Proxy: null)",
      "Denied (Service: S3; Status Code: 403; Proxy: null)",
    ],
    ["Denied. RequestId: 4442587FB7D0A2F9, HostId: abc+/=", "Denied."],
    ["Denied. Encoded authorization failure message: AbC-_d9f", "Denied."],
    [
      "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z",
      "Signature expired: … is now earlier than …",
    ],
    ["Expired at 2026-01-01T00:00:00.123Z", "Expired at …"],
    [
      "Token expired: current date/time 1700000000 must be before 1699999999",
      "Token expired: current date/time … must be before …",
    ],
    [
      "User: arn:aws:sts::111122223333:assumed-role/op/session-1 is",
      "User: arn:aws:sts::111122223333:assumed-role/op is",
    ],
    ["account 111122223333 and 1234567890123456", "account 111122223333 and 1234567890123456"],
    ["two\nlines\tand\u0000more", "two lines and more"],
  ])("%j reads %j", (message, expected) => {
    expect(stable(message)).toBe(expected);
  });

  test("is bounded, and on one line, whatever an endpoint sends", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5000, unit: "binary" }), (message) => {
        const text = stable(message);
        expect(text.length).toBeLessThanOrEqual(1024);
        expect(text).not.toMatch(/\p{Cc}/u);
        expect(stable(text)).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  test("takes no time that an endpoint could make long", () => {
    const startedAt = performance.now();
    for (const part of ["User: arn:", "request id", "a".repeat(20), "1", ":assumed-role/", " "]) {
      parseDenial(part.repeat(1_000_000 / part.length));
    }
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

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

  test("a missing allow comes with the statement", () => {
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
  ])("where an allow would not help none is proposed: %s", (because) => {
    const text = describeDenial({ ...call, because });
    expect(text).toContain(because.replace(/\.$/, ""));
    expect(text).not.toContain("Effect");
  });

  test("a role needs its trust policy too", () => {
    const text = describeDenial({ action: "sts:AssumeRole", resource: "arn:aws:iam::111122223333:role/s3" });
    expect(text).toContain("trust policy");
    expect(text).toContain("external ID");
  });

  test("about nothing known it still says who may be to blame", () => {
    expect(describeDenial({})).toContain("another account owns it");
  });
});

import { describe, expect, test } from "vitest";
import type { PolicyStatement } from "../../../api/types.ts";
import { isOurs } from "../compose.ts";
import { userStatement } from "./user-statement.ts";

const ARN = "arn:aws:s3:::docs";
const BASE: PolicyStatement = { sid: "Read", effect: "Allow", principals: { aws: ["*"] }, actions: ["s3:GetObject"] };

test("the whole statement", () => {
  const statement: PolicyStatement = {
    sid: "Logs",
    effect: "Allow",
    principals: {
      aws: ["111122223333"],
      service: ["logging.s3.amazonaws.com"],
      federated: ["f"],
      canonicalUser: ["c"],
    },
    actions: ["s3:PutObject"],
    resources: ["{bucket}/logs/*"],
    conditions: [
      { operator: "StringEquals", key: "aws:SourceAccount", values: ["111122223333"] },
      { operator: "StringEquals", key: "s3:x-amz-acl", values: ["a", "b"] },
      { operator: "Bool", key: "aws:SecureTransport", values: ["true"] },
    ],
  };
  expect(userStatement(statement, ARN)).toStrictEqual({
    Sid: "S3OperatorSpecLogs",
    Effect: "Allow",
    Principal: {
      AWS: ["111122223333"],
      Service: ["logging.s3.amazonaws.com"],
      Federated: ["f"],
      CanonicalUser: ["c"],
    },
    Action: ["s3:PutObject"],
    Resource: [`${ARN}/logs/*`],
    Condition: {
      StringEquals: { "aws:SourceAccount": ["111122223333"], "s3:x-amz-acl": ["a", "b"] },
      Bool: { "aws:SecureTransport": ["true"] },
    },
  });
});

test("the opposites", () => {
  const statement: PolicyStatement = {
    sid: "Only",
    effect: "Deny",
    notPrincipals: { aws: ["arn:aws:iam::111122223333:role/r"] },
    notActions: ["s3:GetObject"],
    notResources: ["{bucket}", "{bucket}/open/*"],
  };
  expect(userStatement(statement, ARN)).toStrictEqual({
    Sid: "S3OperatorSpecOnly",
    Effect: "Deny",
    NotPrincipal: { AWS: ["arn:aws:iam::111122223333:role/r"] },
    NotAction: ["s3:GetObject"],
    NotResource: [ARN, `${ARN}/open/*`],
  });
});

test("is known as ours, whatever its sid", () => {
  expect(isOurs(userStatement(BASE, ARN))).toBe(true);
});

test("all principals have the form that auditing tools check", () => {
  expect(userStatement(BASE, ARN).Principal).toBe("*");
});

describe("resources", () => {
  test.each([
    [undefined, [ARN, `${ARN}/*`]],
    [["{bucket}"], [ARN]],
    [
      ["{bucket}/raw/*", "{bucket}/{bucket}"],
      [`${ARN}/raw/*`, `${ARN}/{bucket}`],
    ],
    // A replacement pattern of String.replace, and a policy variable: neither is ours to touch.
    [["{bucket}/$&/${aws:username}/*"], [`${ARN}/$&/\${aws:username}/*`]],
  ])("%j", (resources, expected) => {
    expect(userStatement({ ...BASE, ...(resources && { resources }) }, ARN).Resource).toEqual(expected);
  });
});

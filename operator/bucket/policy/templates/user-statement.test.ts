import { describe, expect, test } from "vitest";
import type { PolicyStatement } from "../../../api/types.ts";
import { isOurs } from "../compose.ts";
import { userSid, userStatement } from "./user-statement.ts";

const ARN = "arn:aws:s3:::docs";
const BASE: PolicyStatement = { sid: "Read", effect: "Allow", principals: { aws: ["*"] }, actions: ["s3:GetObject"] };

test("converts a whole statement", () => {
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
    Sid: expect.stringMatching(/^S3OperatorSpecLogsNames[0-9a-f]{8}$/) as string,
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

test("converts the negated elements", () => {
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

test("counts as ours with any sid", () => {
  expect(isOurs(userStatement(BASE, ARN))).toBe(true);
});

test("writes all principals in the form that Security Hub checks", () => {
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
    // A replacement pattern of String.replace and a policy variable stay as they are.
    [["{bucket}/$&/${aws:username}/*"], [`${ARN}/$&/\${aws:username}/*`]],
  ])("%j", (resources, expected) => {
    expect(userStatement({ ...BASE, ...(resources && { resources }) }, ARN).Resource).toEqual(expected);
  });
});

describe("a statement with principals that S3 returns under another name", () => {
  const sidOf = (principals: PolicyStatement["principals"]) =>
    userStatement({ ...BASE, ...(principals && { principals }) }, ARN).Sid ?? "";
  const [one, other] = ["0123456789abcdef".repeat(4), "fedcba9876543210".repeat(4)];

  test("has another Sid for other names, so that an edit of the spec is a difference", () => {
    expect(sidOf({ canonicalUser: [one] })).not.toBe(sidOf({ canonicalUser: [other] }));
    expect(sidOf({ aws: ["AROACKCEVSQ6C2EXAMPLE"] })).not.toBe(sidOf({ aws: ["AROACKCEVSQ6C3EXAMPLE"] }));
    expect(sidOf({ canonicalUser: [one, other] })).toBe(sidOf({ canonicalUser: [other, one] }));
  });

  test("is named as in the spec", () => {
    expect(userSid(sidOf({ canonicalUser: [one] }))).toBe(BASE.sid);
    expect(userSid(sidOf({ aws: ["111122223333"] }))).toBe(BASE.sid);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Grant } from "../../api/types.ts";
import { permissionsPolicy } from "./permissions.ts";
import { buckets, grantLists } from "../testing/arbitrary-grants.ts";
import { BUCKET, KEY_ARN } from "../testing/requests.ts";

const WRITE = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];

const statementsOf = (...grants: Grant[]) => permissionsPolicy(grants, BUCKET).Statement;

test("the whole document", () => {
  const grants: Grant[] = [
    { prefix: "raw/invoices/", permissions: ["Read", "Write"] },
    { prefix: "curated/", permissions: ["List", "Read"] },
  ];
  const encryption = { kmsKeyArn: KEY_ARN, contexts: ["Bucket"] as const };
  expect(permissionsPolicy(grants, { ...BUCKET, encryption })).toEqual({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::docs/curated/*" },
      { Effect: "Allow", Action: ["s3:GetObject", ...WRITE], Resource: "arn:aws:s3:::docs/raw/invoices/*" },
      {
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: "arn:aws:s3:::docs",
        Condition: { StringLike: { "s3:prefix": "curated/*" } },
      },
      {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: KEY_ARN,
        Condition: {
          StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
          StringLike: { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::docs" },
        },
      },
    ],
  });
});

test("a grant that another one holds adds nothing", () => {
  const whole: Grant = { prefix: "a/", permissions: ["Read", "List"] };
  expect(statementsOf(whole, { prefix: "a/b/", permissions: ["Read"] })).toEqual(statementsOf(whole));
  expect(statementsOf(whole, { prefix: "*", permissions: ["Read", "List"] })).toEqual(
    statementsOf({ prefix: "*", permissions: ["Read", "List"] }),
  );
});

test("a grant below another one adds what that one lacks, there", () => {
  expect(
    statementsOf({ prefix: "a/", permissions: ["Read"] }, { prefix: "a/b/", permissions: ["Read", "Delete"] }),
  ).toEqual([
    { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::docs/a/*" },
    { Effect: "Allow", Action: "s3:DeleteObject", Resource: "arn:aws:s3:::docs/a/b/*" },
  ]);
});

test("the whole bucket is listed without condition", () => {
  expect(statementsOf({ prefix: "*", permissions: ["List"] })).toEqual([
    { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::docs" },
  ]);
});

describe("the shorter form", () => {
  const long = (name: string) => `${name.padEnd(200, "x")}/`;

  test("long prefixes are not repeated", () => {
    const statements = statementsOf(
      { prefix: long("a"), permissions: ["Read"] },
      { prefix: long("b"), permissions: ["Read", "Write", "Delete"] },
    );
    expect(statements.map(({ Action }) => Action)).toEqual([
      "s3:GetObject",
      ["s3:GetObject", ...WRITE, "s3:DeleteObject"],
    ]);
  });

  test("long lists of actions are not", () => {
    const statements = statementsOf(
      { prefix: "a/", permissions: ["Read", "Write"] },
      { prefix: "b/", permissions: ["Write", "Delete"] },
      { prefix: "c/", permissions: ["Read", "Write", "Delete"] },
    );
    expect(statements.map(({ Action }) => Action)).toEqual(["s3:GetObject", WRITE, "s3:DeleteObject"]);
  });
});

describe("the same meaning, the same document", () => {
  const text = (grants: Grant[]) => JSON.stringify(permissionsPolicy(grants, BUCKET));

  test("in any order", () => {
    const property = fc.property(grantLists, (grants) => {
      const reversed = grants.map(({ prefix, permissions }) => ({ prefix, permissions: permissions.toReversed() }));
      expect(text(reversed.reverse())).toBe(text(grants));
    });
    fc.assert(property);
  });

  test("never longer than a policy of each grant by itself", () => {
    const property = fc.property(grantLists, buckets, (grants, bucket) => {
      const apart = grants.flatMap((grant) => permissionsPolicy([grant], bucket).Statement);
      expect(JSON.stringify(permissionsPolicy(grants, bucket).Statement).length).toBeLessThanOrEqual(
        JSON.stringify(apart).length,
      );
    });
    fc.assert(property, { numRuns: 500 });
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Grant } from "../../api/types.ts";
import { asList, type Statement } from "../../aws/policy/document.ts";
import { buckets, grantLists } from "../testing/arbitrary-grants.ts";
import { BUCKET, KEY_ARN } from "../testing/requests.ts";
import { reachOf } from "./grants.ts";
import { bucketStatements, permissionsPolicy } from "./permissions.ts";

const WRITE = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];

const OWNED = { StringEquals: { "aws:ResourceAccount": "111122223333" } };

const statementsOf = (...grants: Grant[]) => permissionsPolicy(grants, BUCKET).Statement;

test("permissionsPolicy returns statements for objects, list and key", () => {
  const grants: Grant[] = [
    { prefix: "raw/invoices/", permissions: ["Read", "Write"] },
    { prefix: "curated/", permissions: ["List", "Read"] },
  ];
  const encryption = { kmsKeyArn: KEY_ARN, contexts: ["Bucket"] as const };
  expect(permissionsPolicy(grants, { ...BUCKET, encryption })).toEqual({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::docs/curated/*", Condition: OWNED },
      {
        Effect: "Allow",
        Action: ["s3:GetObject", ...WRITE, "s3:GetBucketLocation"],
        Resource: ["arn:aws:s3:::docs/raw/invoices/*", "arn:aws:s3:::docs"],
        Condition: OWNED,
      },
      {
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: "arn:aws:s3:::docs",
        Condition: { ...OWNED, StringLike: { "s3:prefix": "curated/*" } },
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

test("permissionsPolicy omits a grant that another one covers", () => {
  const whole: Grant = { prefix: "a/", permissions: ["Read", "List"] };
  expect(statementsOf(whole, { prefix: "a/b/", permissions: ["Read"] })).toEqual(statementsOf(whole));
  expect(statementsOf(whole, { prefix: "*", permissions: ["Read", "List"] })).toEqual(
    statementsOf({ prefix: "*", permissions: ["Read", "List"] }),
  );
});

test("permissionsPolicy names a prefix below another one only for the permissions that it adds", () => {
  expect(
    statementsOf({ prefix: "a/", permissions: ["Read"] }, { prefix: "a/b/", permissions: ["Read", "Delete"] }),
  ).toEqual([
    { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::docs/a/*", Condition: OWNED },
    { Effect: "Allow", Action: "s3:DeleteObject", Resource: "arn:aws:s3:::docs/a/b/*", Condition: OWNED },
  ]);
});

test("permissionsPolicy allows everything on the whole bucket in one statement, without a condition on the prefix", () => {
  expect(statementsOf({ prefix: "*", permissions: ["Read", "List"] })).toEqual([
    {
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
      Resource: ["arn:aws:s3:::docs/*", "arn:aws:s3:::docs"],
      Condition: OWNED,
    },
  ]);
});

test("every statement on S3 says whose bucket it means, and no statement of a bucket policy does", () => {
  const property = fc.property(grantLists, buckets, (grants, bucket) => {
    const onS3 = ({ Action }: Statement) => asList(Action).some((action) => action.startsWith("s3:"));
    for (const statement of permissionsPolicy(grants, bucket).Statement.filter(onS3))
      expect(statement.Condition).toMatchObject({ StringEquals: { "aws:ResourceAccount": bucket.accountId } });
    expect(JSON.stringify(bucketStatements(reachOf(grants), { arn: bucket.arn }))).not.toContain("ResourceAccount");
  });
  fc.assert(property);
});

describe("permissionsPolicy takes the shorter form", () => {
  const long = (name: string) => `${name.padEnd(200, "x")}/`;

  test("and does not repeat long prefixes", () => {
    const statements = statementsOf(
      { prefix: long("a"), permissions: ["Read"] },
      { prefix: long("b"), permissions: ["Read", "Write", "Delete"] },
    );
    expect(statements.map(({ Action }) => Action)).toEqual([
      "s3:GetObject",
      ["s3:GetObject", ...WRITE, "s3:DeleteObject"],
    ]);
  });

  test("and does not repeat long lists of actions", () => {
    const statements = statementsOf(
      { prefix: "a/", permissions: ["Read", "Write"] },
      { prefix: "b/", permissions: ["Write", "Delete"] },
      { prefix: "c/", permissions: ["Read", "Write", "Delete"] },
    );
    expect(statements.map(({ Action }) => Action)).toEqual(["s3:GetObject", WRITE, "s3:DeleteObject"]);
  });
});

describe("permissionsPolicy", () => {
  const text = (grants: Grant[]) => JSON.stringify(permissionsPolicy(grants, BUCKET));

  test("returns the same document for grants in any order", () => {
    const property = fc.property(grantLists, (grants) => {
      const reversed = grants.map(({ prefix, permissions }) => ({ prefix, permissions: permissions.toReversed() }));
      expect(text(reversed.reverse())).toBe(text(grants));
    });
    fc.assert(property);
  });

  test("is never longer than the policies of the single grants together", () => {
    const property = fc.property(grantLists, buckets, (grants, bucket) => {
      const apart = grants.flatMap((grant) => permissionsPolicy([grant], bucket).Statement);
      expect(JSON.stringify(permissionsPolicy(grants, bucket).Statement).length).toBeLessThanOrEqual(
        JSON.stringify(apart).length,
      );
    });
    fc.assert(property, { numRuns: 500 });
  });
});

import { describe, expect, test } from "vitest";
import { isOurs } from "../../bucket/policy/compose.ts";
import { BUCKET, KEY_ARN, READER } from "../testing/requests.ts";
import { contributionOf } from "./contribution.ts";

const OWNER = { cluster: "prod", namespace: "team", name: "docs" };
const GRANTS = [{ prefix: "out/", permissions: ["Read" as const, "List" as const] }];
const ENCRYPTED = { ...BUCKET, encryption: { kmsKeyArn: KEY_ARN, contexts: ["Object" as const] } };

test("contributionOf returns statements for the bucket and its key, with the principals", () => {
  const { bucket, key } = contributionOf(OWNER, [READER, `${READER}-2`, READER], GRANTS, ENCRYPTED);
  const Principal = { AWS: [READER, `${READER}-2`] };
  const Sid = expect.stringMatching(/^S3OperatorAccess[0-9a-f]{16}n[12]$/);
  expect(bucket).toEqual([
    {
      Sid,
      Effect: "Allow",
      Principal,
      Action: ["s3:GetObject", "s3:GetBucketLocation"],
      Resource: ["arn:aws:s3:::docs/out/*", "arn:aws:s3:::docs"],
    },
    {
      Sid,
      Effect: "Allow",
      Principal,
      Action: "s3:ListBucket",
      Resource: "arn:aws:s3:::docs",
      Condition: { StringLike: { "s3:prefix": "out/*" } },
    },
  ]);
  expect(key).toEqual([
    {
      Sid,
      Effect: "Allow",
      Principal,
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: {
        StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
        StringLike: { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::docs/out/*" },
      },
    },
  ]);
});

test("contributionOf returns no statement for a key when the bucket has none", () => {
  expect(contributionOf(OWNER, [READER], GRANTS, BUCKET).key).toEqual([]);
});

describe("the Sids of contributionOf", () => {
  const sidsOf = (owner: typeof OWNER) =>
    contributionOf(owner, [READER], GRANTS, BUCKET).bucket.map((statement) => statement.Sid);

  test("begin with the operator's prefix and are different in each statement", () => {
    const { bucket } = contributionOf(OWNER, [READER], GRANTS, BUCKET);
    expect(bucket.every(isOurs)).toBe(true);
    expect(new Set(sidsOf(OWNER)).size).toBe(2);
  });

  test("stay the same, and are different for each object", () => {
    expect(sidsOf(OWNER)).toEqual(sidsOf({ ...OWNER }));
    const others = [
      { ...OWNER, cluster: "test" },
      { ...OWNER, namespace: "team-docs", name: "x" },
      { ...OWNER, namespace: "team", name: "docs-x" },
    ].flatMap(sidsOf);
    expect(new Set([...others, ...sidsOf(OWNER)]).size).toBe(8);
  });
});

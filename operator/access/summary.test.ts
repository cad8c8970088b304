import fc from "fast-check";
import { expect, test } from "vitest";
import { summarize } from "./summary.ts";
import { buckets, grantLists } from "./testing/arbitrary-grants.ts";
import { BUCKET, KEY_ARN, READER } from "./testing/requests.ts";

const API = { workloads: [{ namespace: "team", serviceAccount: "api" }], identity: "IRSA" as const };

test("summarize names bucket, grantee, actions, prefixes and key", () => {
  const grants = [
    { prefix: "raw/", permissions: ["Write" as const, "Read" as const] },
    { prefix: "raw/old/", permissions: ["Read" as const] },
    { prefix: "*", permissions: ["List" as const] },
  ];
  const encryption = { kmsKeyArn: KEY_ARN, contexts: ["Bucket" as const] };
  expect(summarize(API, grants, { ...BUCKET, encryption })).toEqual([
    "In bucket docs, ServiceAccount team/api by IRSA may",
    "s3:ListBucket, s3:ListBucketMultipartUploads on every key",
    "s3:GetObject, s3:PutObject, s3:AbortMultipartUpload, s3:ListMultipartUploadParts below raw/",
    "s3:GetBucketLocation on the bucket",
    `kms:Decrypt, kms:GenerateDataKey with ${KEY_ARN}, through S3 only`,
  ]);
});

test("summarize names all workloads, all web identities, and all prefixes", () => {
  const workloads = ["b", "a"].map((serviceAccount) => ({ namespace: "team", serviceAccount }));
  const grants = ["x/", "y/"].map((prefix) => ({ prefix, permissions: ["Read" as const] }));
  const [line, onKeys] = summarize({ workloads, identity: "PodIdentity" }, grants, BUCKET);
  expect(line).toBe("In bucket docs, ServiceAccount team/a, team/b by PodIdentity may");
  expect(onKeys).toBe("s3:GetObject below x/, y/");
  const [ofSubjects] = summarize({ subjects: ["repo:b", "repo:a"] }, grants, BUCKET);
  expect(ofSubjects).toBe("In bucket docs, the web identities repo:a, repo:b may");
});

test("summarize sorts principals", () => {
  const [line] = summarize({ principals: [`${READER}2`, READER] }, [{ prefix: "a/", permissions: ["Read"] }], BUCKET);
  expect(line).toBe(`In bucket docs, ${READER}, ${READER}2 may`);
});

test("summarize stays within the bounds of the CRD", () => {
  const long = grantLists.map((grants) =>
    grants.map(({ prefix, permissions }) => ({ prefix: prefix.repeat(200), permissions })),
  );
  const property = fc.property(fc.oneof(grantLists, long), buckets, (grants, bucket) => {
    const lines = summarize(API, grants, bucket);
    expect(lines.length).toBeLessThanOrEqual(32);
    expect(lines.every((line) => line.length <= 1024)).toBe(true);
  });
  fc.assert(property);
});

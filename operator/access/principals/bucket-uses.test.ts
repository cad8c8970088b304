import { expect, test } from "vitest";
import type { BucketAccess } from "../../api/types.ts";
import { awsAccount, OWNER, s3Bucket } from "../../bucket/testing/fixtures.ts";
import { bucketAccess, directoryOf } from "../testing/objects.ts";
import { createBucketUses } from "./bucket-uses.ts";

const ROLE = "arn:aws:iam::444455556666:role/reader";
const BUCKET = {
  name: "docs",
  arn: "arn:aws:s3:::docs",
  region: "eu-central-1",
  partition: "aws",
  accountId: "111122223333",
};
const KEY = "arn:aws:kms:eu-central-1:111122223333:key/1";
const own = { namespace: OWNER.namespace };

function contributed(accesses: BucketAccess[], account = awsAccount({ default: true }), keyArn?: string) {
  const bucket = s3Bucket({ encryption: { sseAlgorithm: "aws:kms", kmsKey: { managed: {} } } });
  const uses = createBucketUses(directoryOf([bucket], [account]), () => accesses, OWNER.cluster);
  return uses.contributionsOf(bucket, account, BUCKET, keyArn);
}

test("contributionsOf has the statements of all accesses in a fixed order", () => {
  const accesses = ["b", "a"].map((name) => bucketAccess({ principals: [ROLE] }, { ...own, name }));
  const { bucketPolicy, keyPolicy } = contributed(accesses);
  expect(bucketPolicy).toHaveLength(2);
  expect(contributed(accesses.toReversed()).bucketPolicy).toEqual(bucketPolicy);
  expect(keyPolicy).toEqual([]);
});

test("contributionsOf has statements for the key once its ARN is known", () => {
  const access = bucketAccess({ principals: [ROLE] }, own);
  expect(contributed([access], undefined, KEY).keyPolicy).toMatchObject([{ Principal: { AWS: ROLE }, Resource: "*" }]);
});

test("contributionsOf leaves the statements of a paused access as they are while it is allowed", () => {
  const annotations = { "s3-operator.io/paused": "true" };
  const paused = bucketAccess({ principals: [ROLE] }, { ...own, annotations });
  const { bucketPolicy, keyPolicy, pausedSids } = contributed([paused], undefined, KEY);
  expect({ bucketPolicy, keyPolicy }).toEqual({ bucketPolicy: [], keyPolicy: [] });
  expect(pausedSids).toEqual([expect.stringMatching(/^S3OperatorAccess[0-9a-f]{16}n$/)]);
  const guarded = awsAccount({ default: true, guardrails: { allowedAccounts: ["999988887777"] } });
  expect(contributed([paused], guarded).pausedSids).toEqual([]);
  const deletionTimestamp = "2026-11-22T00:00:00Z";
  const deleted = bucketAccess({ principals: [ROLE] }, { ...own, annotations, deletionTimestamp });
  const notAdmitted = bucketAccess({ principals: [ROLE] }, { namespace: "elsewhere", annotations });
  expect(contributed([deleted, notAdmitted]).pausedSids).toEqual([]);
});

test("contributionsOf omits an access that is being deleted, is not allowed, or is for a ServiceAccount", () => {
  const principals = [ROLE];
  const accesses = [
    bucketAccess({}, own),
    bucketAccess({ principals }, { ...own, deletionTimestamp: "2026-11-22T00:00:00Z" }),
    bucketAccess({ principals }, { namespace: "elsewhere" }),
  ];
  expect(contributed(accesses)).toEqual({ bucketPolicy: [], keyPolicy: [], pausedSids: [] });
  const guarded = awsAccount({ default: true, guardrails: { allowedAccounts: ["999988887777"] } });
  expect(contributed([bucketAccess({ principals }, own)], guarded).bucketPolicy).toEqual([]);
  const closed = awsAccount({ default: true, allowedNamespaces: { names: [] } });
  expect(contributed([bucketAccess({ principals }, own)], closed).bucketPolicy).toEqual([]);
});

import { describe, expect, test } from "vitest";
import { bucketAccess } from "../access/testing/objects.ts";
import { FINALIZER } from "../api/names.ts";
import type { AWSAccount, BucketAccessSpec } from "../api/types.ts";
import { awsAccount, s3Bucket } from "../bucket/testing/fixtures.ts";
import { usersIn } from "./testing/users.ts";
import { isInUse, usersOf } from "./users.ts";

const ID = "111122223333";
const OTHER_ID = "444455556666";
const finalizers = [FINALIZER];
const named = { accountRef: { name: "main" } };
const external = { bucketRef: undefined, bucket: { name: "landing" } } as unknown as Partial<BucketAccessSpec>;
const roles = [{ name: "r", arn: `arn:aws:iam::${ID}:role/r`, serviceAccount: "app" }] as never;

const main = (spec: Partial<AWSAccount["spec"]> = {}) => awsAccount(spec);
const other = (spec: Partial<AWSAccount["spec"]> = {}) => awsAccount({ default: true, ...spec }, "other");
const goingAway = (account: AWSAccount): AWSAccount => ({
  ...account,
  metadata: { ...account.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" },
});

type Given = Parameters<typeof usersIn>[0];

function users(account: AWSAccount, { accounts = [], ...objects }: Given): string[] {
  const directory = usersIn({ ...objects, accounts: [account, ...accounts] });
  return [...usersOf(directory, account)].map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
}

describe("an AWSAccount is used by", () => {
  test.each<[string, AWSAccount, Given]>([
    ["an S3Bucket that names it", main(), { buckets: [s3Bucket(named)] }],
    ["an S3Bucket in mode Observe", main(), { buckets: [s3Bucket({ ...named, mode: "Observe" })] }],
    [
      "an S3Bucket that is being deleted",
      goingAway(main()),
      { buckets: [s3Bucket(named, { deletionTimestamp: "x" })] },
    ],
    ["a paused S3Bucket", main(), { buckets: [s3Bucket(named, { annotations: { "s3-operator.io/paused": "true" } })] }],
    ["an S3Bucket without accountRef, as the default", main({ default: true }), { buckets: [s3Bucket()] }],
    [
      "an S3Bucket that it no longer admits, with a bucket in the AWS account",
      main({ allowedNamespaces: { names: [] } }),
      { buckets: [s3Bucket(named, { finalizers, status: { accountId: ID } })] },
    ],
    [
      "an S3Bucket in its AWS account, beside another default account",
      main({ default: true }),
      { accounts: [other({ accountId: OTHER_ID })], buckets: [s3Bucket({}, { status: { accountId: ID } })] },
    ],
    [
      "an S3Bucket whose other default account is being deleted as well",
      main({ default: true }),
      { accounts: [goingAway(other())], buckets: [s3Bucket({}, { status: { accountId: ID } })] },
    ],
    ["a BucketAccess that names it", main(), { accesses: [bucketAccess({ ...external, ...named })] }],
    ["a BucketAccess without accountRef", main({ default: true }), { accesses: [bucketAccess(external)] }],
    [
      "a BucketAccess with roles, if no other AWSAccount of the AWS account is left",
      main(),
      {
        accounts: [other({ accountId: OTHER_ID }), goingAway(other())],
        accesses: [bucketAccess({}, { finalizers }, { accountId: ID, roles })],
      },
    ],
  ])("%s", (_, account, given) => {
    expect(users(account, given)).toHaveLength(1);
  });

  test("an S3Bucket and the BucketAccesses that refer to it", () => {
    const found = users(main(), { buckets: [s3Bucket(named)], accesses: [bucketAccess({}, { namespace: "team" })] });
    expect(found).toEqual(["S3Bucket team/docs", "BucketAccess team/reader"]);
  });
});

describe("an AWSAccount is not used by", () => {
  test.each<[string, AWSAccount, Given]>([
    ["an S3Bucket that names another", main({ default: true }), { buckets: [s3Bucket({ accountRef: { name: "x" } })] }],
    ["an S3Bucket without accountRef, if it is not the default", main(), { buckets: [s3Bucket()] }],
    [
      "an S3Bucket that it does not admit, and that has nothing in the AWS account",
      main({ allowedNamespaces: { names: [] } }),
      { buckets: [s3Bucket(named, { finalizers })] },
    ],
    [
      "an S3Bucket that another default account of the AWS account serves",
      main({ default: true }),
      { accounts: [other()], buckets: [s3Bucket({}, { status: { accountId: ID } })] },
    ],
    [
      "an S3Bucket with nothing at AWS, beside another default account",
      main({ default: true }),
      { accounts: [other({ accountId: OTHER_ID })], buckets: [s3Bucket()] },
    ],
    [
      "an S3Bucket in the AWS account of another default account",
      main({ default: true }),
      { accounts: [other({ accountId: OTHER_ID })], buckets: [s3Bucket({}, { status: { accountId: OTHER_ID } })] },
    ],
    [
      "a BucketAccess with roles that another AWSAccount can delete",
      main(),
      { accounts: [other()], accesses: [bucketAccess({}, { finalizers }, { accountId: ID, roles })] },
    ],
    [
      "a BucketAccess whose roles are revoked",
      main(),
      { accesses: [bucketAccess({}, { finalizers }, { accountId: ID, roles: [] })] },
    ],
    ["a BucketAccess whose S3Bucket does not exist", main({ default: true }), { accesses: [bucketAccess()] }],
  ])("%s", (_, account, given) => {
    expect(users(account, given)).toEqual([]);
    expect(isInUse(usersIn({ ...given, accounts: [account, ...(given.accounts ?? [])] }), account)).toBe(false);
  });
});

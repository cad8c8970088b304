import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asList, testsOf, type Statement } from "../../aws/policy/document.ts";
import { buckets, grantLists } from "../testing/arbitrary-grants.ts";
import { BUCKET, KEY_ARN, OTHER_ACCOUNT } from "../testing/requests.ts";
import { joinStatements } from "./join.ts";
import { policyDocument, type AccessBucket, type BucketGrants } from "./model.ts";
import { permissionsPolicy } from "./permissions.ts";
import { sessionPolicy } from "./session.ts";
import { policyLength } from "./size-limits.ts";

const named = (bucket: AccessBucket, name: string, accountId = bucket.accountId) => ({
  ...bucket,
  name,
  arn: `arn:aws:s3:::${name}`,
  accountId,
});

/** Grants on up to three buckets, one of them of another account. */
const accesses: fc.Arbitrary<BucketGrants[]> = fc
  .tuple(buckets, buckets, buckets)
  .map(([docs, logs, theirs]) => [docs, named(logs, "logs"), named(theirs, "theirs", OTHER_ACCOUNT)])
  .chain((known) =>
    fc.array(fc.record({ grants: grantLists, bucket: fc.constantFrom(...known) }), { minLength: 1, maxLength: 4 }),
  );

/** Each combination of an action, a resource and one value of each condition, which a statement allows. */
function combinations(statements: readonly Statement[]): Set<string> {
  const all = statements.flatMap(({ Action, Resource, Condition }) => {
    const tests = testsOf(Condition).map(({ operator, key, values }) =>
      values.map((value) => `${operator} ${key} ${value}`),
    );
    return [asList(Action), asList(Resource), ...tests.sort()].reduce<string[]>(
      (combined, list) => combined.flatMap((start) => list.map((value) => `${start} | ${value}`)),
      [""],
    );
  });
  return new Set(all);
}

describe("sessionPolicy", () => {
  test("of one access is its permissions policy", () => {
    const property = fc.property(grantLists, buckets, (grants, bucket) => {
      const apart = permissionsPolicy(grants, bucket);
      const session = sessionPolicy([{ grants, bucket }]);
      expect(combinations(session.Statement)).toEqual(combinations(apart.Statement));
      expect(policyLength(session)).toBeLessThanOrEqual(policyLength(apart));
    });
    fc.assert(property);
  });

  test("is never longer than the policies of the accesses together", () => {
    const property = fc.property(accesses, (all) => {
      const apart = policyDocument(all.flatMap(({ grants, bucket }) => permissionsPolicy(grants, bucket).Statement));
      expect(policyLength(sessionPolicy(all))).toBeLessThanOrEqual(policyLength(apart));
    });
    fc.assert(property);
  });

  test("has one statement for the objects of two buckets with the same permissions, and one for a key of both", () => {
    const encryption = { kmsKeyArn: KEY_ARN, contexts: ["Bucket"] as const };
    const grants = [{ prefix: "*", permissions: ["Read" as const, "Write" as const, "List" as const] }];
    const { Statement } = sessionPolicy(
      ["chunks", "ruler"].map((name) => ({ grants, bucket: { ...named(BUCKET, name), encryption } })),
    );
    expect(Statement.map(({ Resource }) => Resource)).toEqual([
      ["arn:aws:s3:::chunks/*", "arn:aws:s3:::chunks", "arn:aws:s3:::ruler/*", "arn:aws:s3:::ruler"],
      KEY_ARN,
    ]);
    expect(Statement[1]?.Condition?.["StringLike"]).toEqual({
      "kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::chunks", "arn:aws:s3:::ruler"],
    });
  });

  test("does not join the buckets of two accounts", () => {
    const grants = [{ prefix: "a/", permissions: ["Read" as const] }];
    const { Statement } = sessionPolicy([
      { grants, bucket: BUCKET },
      { grants, bucket: named(BUCKET, "theirs", OTHER_ACCOUNT) },
    ]);
    expect(Statement.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { "aws:ResourceAccount": BUCKET.accountId } },
      { StringEquals: { "aws:ResourceAccount": OTHER_ACCOUNT } },
    ]);
  });
});

test("joinStatements allows the same combinations in as few or fewer statements", () => {
  const some = (...values: string[]) => fc.subarray(values, { minLength: 1 });
  const statement = fc
    .tuple(some("s3:a", "s3:b", "s3:c"), some("r1", "r2"), fc.option(some("x", "y", "z")), fc.option(some("1", "2")))
    .map(([Action, Resource, prefixes, accounts]): Statement => {
      const Condition = {
        ...(accounts && { StringEquals: { "aws:ResourceAccount": accounts } }),
        ...(prefixes && { StringLike: { "s3:prefix": prefixes } }),
      };
      return { Effect: "Allow", Action, Resource, ...(Object.keys(Condition).length > 0 && { Condition }) };
    });
  const property = fc.property(fc.array(statement, { maxLength: 8 }), (statements) => {
    const joined = joinStatements(statements);
    expect(combinations(joined)).toEqual(combinations(statements));
    expect(joined.length).toBeLessThanOrEqual(statements.length);
    expect(joinStatements(joined)).toEqual(joined);
  });
  fc.assert(property, { numRuns: 500 });
});

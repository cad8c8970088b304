/** What policies allow on buckets of several accounts, as a third-party evaluator of IAM policies decides. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Grant } from "../api/types.ts";
import { PERMISSIONS } from "./policy/grants.ts";
import type { AccessBucket, BucketGrants, EncryptionContext } from "./policy/model.ts";
import { permissionsPolicy } from "./policy/permissions.ts";
import { sessionPolicy } from "./policy/session.ts";
import { contributionOf } from "./principals/contribution.ts";
import { buckets, grantLists, keysAround } from "./testing/arbitrary-grants.ts";
import { expectVerdicts, requestsAt, requestsOnBucket, type Expected } from "./testing/expected-requests.ts";
import { BUCKET, KEY_ARN, OTHER_ACCOUNT, ownRole, rootDecides, sharedRole, type Rights } from "./testing/requests.ts";

const CONTEXTS: EncryptionContext[][] = [["Bucket"], ["Object"], ["Bucket", "Object"]];
const OTHER_KEY_ARN = KEY_ARN.replace("111122223333", OTHER_ACCOUNT);

/** A bucket of another account. */
function external(bucket: AccessBucket, name = "theirs"): AccessBucket {
  const { encryption } = bucket;
  return {
    ...bucket,
    name,
    arn: `arn:aws:s3:::${name}`,
    accountId: OTHER_ACCOUNT,
    ...(encryption && { encryption: { ...encryption, kmsKeyArn: OTHER_KEY_ARN } }),
  };
}

/** Buckets of every account let the role's account decide. */
const invited = (rights: Rights): Rights => ({ ...rights, bucket: [rootDecides()] });

const denied = (requests: readonly Expected[]): Expected[] => requests.map(([request]) => [request, false]);
const elsewhere = (requests: readonly Expected[], owner: string): Expected[] =>
  denied(requests).map(([request, allowed]) => [{ ...request, owner }, allowed]);
const onS3 = ([{ action }]: Expected) => action.startsWith("s3:");

describe.each(PERMISSIONS)("%s", (permission) => {
  const grants: Grant[] = [{ prefix: "team-a/", permissions: [permission] }];
  const keys = ["team-a/k", "team-a/deep/k", ...keysAround("team-a/"), ""];
  const variants: [string, AccessBucket][] = CONTEXTS.flatMap((contexts) => {
    const bucket = { ...BUCKET, encryption: { kmsKeyArn: KEY_ARN, contexts } };
    return [
      [`with a key used for ${contexts.join(" and ")}`, bucket],
      [`of another account, with a key used for ${contexts.join(" and ")}`, external(bucket)],
    ] as [string, AccessBucket][];
  });

  test.each(variants)("a bucket %s: allowed inside, denied outside", async (_, bucket) => {
    const rights = invited(ownRole(permissionsPolicy(grants, bucket)));
    const requests = keys.flatMap((key) => requestsAt(key, grants, bucket));
    expect(requests.some(([, allowed]) => allowed)).toBe(true);
    await expectVerdicts(rights, [...requests, ...requestsOnBucket(grants, bucket)]);
  });

  test("denied in a bucket that another account creates under the same name", async () => {
    const everything: Grant[] = [...grants, { prefix: "*", permissions: [permission] }];
    for (const rights of [
      ownRole(permissionsPolicy(everything, BUCKET)),
      sharedRole(sessionPolicy([{ grants: everything, bucket: BUCKET }])),
    ]) {
      const requests = [...requestsAt("team-a/k", everything, BUCKET), ...requestsOnBucket(everything, BUCKET)];
      await expectVerdicts(invited(rights), [...requests, ...elsewhere(requests.filter(onS3), OTHER_ACCOUNT)]);
    }
  });
});

test("a bucket of another account that lets in this role only: both sides allow the same", async () => {
  const property = fc.asyncProperty(grantLists, buckets, fc.nat(), async (grants, own, choice) => {
    const bucket = external(own);
    const roleArn = "arn:aws:iam::111122223333:role/own";
    const owner = { cluster: "main", namespace: "team", name: "reader" };
    const theirs = contributionOf(owner, [roleArn], grants, bucket).bucket;
    const keys = grants.flatMap(({ prefix }) => keysAround(prefix));
    const some = [0, 1, 2].map((step) => keys[(choice + step * 5) % keys.length] ?? "k");
    const requests = [...some.flatMap((key) => requestsAt(key, grants, bucket)), ...requestsOnBucket(grants, bucket)];
    await expectVerdicts({ ...ownRole(permissionsPolicy(grants, bucket)), bucket: theirs }, requests);
    await expectVerdicts(ownRole(permissionsPolicy(grants, bucket)), denied(requests.filter(onS3)));
  });
  await fc.assert(property, { numRuns: 8 });
});

/** Two own buckets and one of another account, in any number of accesses. */
const accesses: fc.Arbitrary<BucketGrants[]> = fc
  .tuple(buckets, buckets, buckets)
  .map(([docs, logs, theirs]) => [docs, { ...logs, name: "logs", arn: "arn:aws:s3:::logs" }, external(theirs)])
  .chain((known) =>
    fc.array(fc.record({ grants: grantLists, bucket: fc.constantFrom(...known) }), { minLength: 2, maxLength: 4 }),
  );

describe.each<[string, (all: readonly BucketGrants[]) => Rights]>([
  ["a shared role's session", (all) => sharedRole(sessionPolicy(all))],
  [
    "a role with a policy for each access",
    (all) => {
      const [first, ...others] = all.map(({ grants, bucket }) => permissionsPolicy(grants, bucket));
      if (first === undefined) throw new Error("no access");
      return ownRole({ ...first, Statement: [first, ...others].flatMap(({ Statement }) => Statement) });
    },
  ],
])("%s", (_, rightsOf) => {
  test("may do on each bucket what the accesses to this bucket grant, and nothing else", async () => {
    const property = fc.asyncProperty(accesses, fc.nat(), async (all, choice) => {
      const rights = invited(rightsOf(all));
      const keys = all.flatMap(({ grants }) => grants.flatMap(({ prefix }) => keysAround(prefix)));
      const some = [0, 1].map((step) => keys[(choice + step * 7) % keys.length] ?? "k");
      for (const same of Map.groupBy(all, ({ bucket }) => bucket.arn).values()) {
        const bucket = same[0]?.bucket ?? BUCKET;
        const grants = same.flatMap((access) => access.grants);
        await expectVerdicts(
          rights,
          some.flatMap((key) => requestsAt(key, grants, bucket)),
        );
        await expectVerdicts(rights, requestsOnBucket(grants, bucket));
      }
      const unknown = { ...BUCKET, arn: "arn:aws:s3:::docs-2" };
      await expectVerdicts(rights, denied(requestsAt("team-a/k", [], unknown)));
    });
    await fc.assert(property, { numRuns: 10 });
  });
});
